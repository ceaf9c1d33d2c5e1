import type { Progress, QueryResult, TextBatch, ResultColumn } from '../index.ts';
import { ChangelogTable } from './changelog-table.ts';
import { colorsFor } from './colors.ts';
import { ProgressMeter } from './progress-text.ts';
import { Screen } from './screen.ts';
import type { TerminalStream } from './screen.ts';
import { rowCount, tableLines } from './table.ts';
import type { Cells } from './table.ts';
import { cutToWidth } from './text-width.ts';

export interface LiveViewOptions {
  readonly stream: TerminalStream;
  /** Insert-only results hold only their newest rows. */
  readonly result: Pick<QueryResult, 'schema' | 'updating' | 'upsertKey'>;
  readonly color: boolean;
  readonly timeZone?: string;
  /** The last words of the status line, `Ctrl-C stops`. */
  readonly hint?: string;
}

/** Repainting more often costs time and shows nothing more. */
const repaintMs = 100;
const keepLast = 2000;

/** A result that is painted over in place while its changes come in. */
export class LiveView {
  readonly table: ChangelogTable;
  private readonly options: LiveViewOptions;
  private readonly screen: Screen;
  private readonly meter = new ProgressMeter();
  private timer: NodeJS.Timeout | undefined;
  private status = '';

  constructor(options: LiveViewOptions) {
    this.options = options;
    this.screen = new Screen(options.stream);
    const { updating, upsertKey } = options.result;
    this.table = new ChangelogTable(updating ? { upsertKey } : { keepLast });
    this.schedule();
  }

  apply(batch: TextBatch): void {
    this.table.apply(batch);
    this.schedule();
  }

  progress(progress: Progress): void {
    this.status = this.meter.text(progress, this.options.timeZone);
    this.schedule();
  }

  /** Prints a line above the table. */
  note(line: string): void {
    this.screen.clear();
    this.options.stream.write(`${line}\n`);
    this.schedule();
  }

  /** Paints the last state without the status line and ends; the table stays on the terminal. */
  finish(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.screen.paint(this.lines(undefined));
    this.screen.finish();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const words = [rowCount(this.table.size).slice(1, -1), this.options.hint ?? '', this.status];
      this.screen.paint(this.lines(words.filter((part) => part !== '').join(' · ')));
    }, repaintMs);
  }

  private lines(status: string | undefined): string[] {
    const { result, color } = this.options;
    return liveLines(this.table, result.schema, { width: this.screen.width, height: this.screen.room, color, status });
  }
}

export interface FrameStyle {
  readonly width: number;
  readonly height: number;
  readonly color: boolean;
  /** Undefined: the last frame, which ends with the number of rows. */
  readonly status: string | undefined;
}

/** One frame: header, rule, as many of the newest rows as fit, one line of status; never higher than `height`. */
export function liveLines(table: ChangelogTable, columns: readonly ResultColumn[], style: FrameStyle): string[] {
  const { width, height, color, status } = style;
  const colors = colorsFor(color);
  // header, rule, status, and a line each that may tell of hidden rows and columns
  const rows: Cells[] = table.tail(Math.max(1, height - 5));
  const lines = tableLines(columns, rows, { maxWidth: width, color });
  const hidden = table.size - rows.length;
  if (hidden > 0) lines.splice(2, 0, colors.dim(cutToWidth(`… ${hidden.toLocaleString('en-US')} earlier rows`, width)));
  lines.push(colors.dim(cutToWidth(status ?? rowCount(table.size), width)));
  return lines;
}
