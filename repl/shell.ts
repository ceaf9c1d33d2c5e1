import { SluiceError } from '../src/errors/sluice-error.ts';
import { suggest } from '../src/errors/suggest.ts';
import type { EngineApi, Job, Progress, QueryResult, ResultColumn, StatementResult } from '../src/index.ts';
import { errorText } from '../src/terminal/error-text.ts';
import { LiveView } from '../src/terminal/live-view.ts';
import { duration, ProgressMeter } from '../src/terminal/progress-text.ts';
import { ScriptTexts } from '../src/terminal/script-texts.ts';
import { ProgressLine, terminalWidth } from '../src/terminal/screen.ts';
import type { TerminalStream } from '../src/terminal/screen.ts';
import { expandedLines, rowCount, tableLines } from '../src/terminal/table.ts';
import type { Cells } from '../src/terminal/table.ts';
import { ChangelogTable } from '../src/terminal/changelog-table.ts';
import { scriptParts } from '../src/tooling.ts';
import type { ShellCommand } from './command.ts';

export interface ShellOptions {
  readonly engine: EngineApi;
  readonly output: TerminalStream;
  readonly errors: TerminalStream;
  readonly color: boolean;
  /** A person watches: streams are painted in place, long results are cut. */
  readonly interactive: boolean;
  readonly commands: readonly ShellCommand[];
}

/** More rows of one result than this are counted, not printed, when a person watches. */
const shownRows = 1000;

/** What the shell does with one statement or command; knows nothing of lines, prompts and keys. */
export class Shell {
  readonly engine: EngineApi;
  readonly commands: readonly ShellCommand[];
  readonly jobs = new Map<number, Job>();
  timing = false;
  expanded = false;
  /** `\q` was given. */
  closing = false;
  private readonly options: ShellOptions;
  private running: QueryResult | undefined;
  private cancelled = false;
  /** Ends what still connects. */
  private halt = new AbortController();
  private view: LiveView | undefined;
  /** Shown while a query that ends is still running. */
  private line: ProgressLine | undefined;
  private meter = new ProgressMeter();

  constructor(options: ShellOptions) {
    this.options = options;
    this.engine = options.engine;
    this.commands = options.commands;
  }

  print(text: string): void {
    this.options.output.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  printError(error: unknown): void {
    this.options.errors.write(errorText(error, { color: this.options.color, engine: this.engine }));
  }

  /** A warning or the news of a job: above a live table, else a line of its own. */
  notice(line: string): void {
    this.line?.clear();
    if (this.view !== undefined) this.view.note(line);
    else this.options.errors.write(`${line}\n`);
  }

  progress(progress: Progress): void {
    this.view?.progress(progress);
    this.line?.update(this.meter.text(progress));
  }

  printRows(names: readonly string[], rows: readonly Cells[]): void {
    this.printTable(
      names.map((name) => ({ name, type: 'VARCHAR' })),
      rows,
      rows.length,
    );
  }

  /** 2: the text has to be changed, 1: something failed; the codes of the command line. */
  exitCodeOf(error: unknown): number {
    const mistake = error instanceof SluiceError && /^(PARSE|PLAN|TYPE|CLI|CONNECTOR|FILE_NOT)_/.test(error.code);
    return mistake && error.code !== 'CONNECTOR_FAILED' ? 2 : 1;
  }

  quit(): void {
    this.closing = true;
  }

  /** Before each line of a person: a Ctrl-C from here on is for what the line says. */
  begin(): void {
    if (!this.cancelled) return;
    this.cancelled = false;
    this.halt = new AbortController();
  }

  /** Ctrl-C: stops what runs, connects or is about to. @returns false where no query runs */
  interrupt(): boolean {
    this.cancelled = true;
    this.halt.abort();
    if (this.running === undefined) return false;
    // The loop over its rows ends, or throws what went wrong.
    this.running.stop().catch(() => undefined);
    return true;
  }

  /** @throws SluiceError of the command, also where it does not exist */
  async runCommand(line: string): Promise<void> {
    const [, name = '', argument = ''] = /^(\\\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
    const command = this.commands.find((one) => one.name === name.replace(/;$/, ''));
    if (command === undefined) {
      const close = suggest(
        name,
        this.commands.map((one) => one.name),
      );
      throw new SluiceError('CLI_USAGE', `command "${name}" does not exist in the shell`, {
        hint: close === undefined ? 'Type \\? for the list.' : `Did you mean "${close}"?`,
      });
    }
    await this.timed(async () => command.run(this, argument.trim()));
  }

  /** Runs statements in order and prints what each answers. @throws the first mistake; earlier ones stay done */
  async runScript(text: string, name: string): Promise<void> {
    const parts = scriptParts(text);
    const texts = new ScriptTexts();
    for (const part of parts) {
      if (this.cancelled) return;
      // A single statement keeps its text; of several, the others are blanked so that places in messages stay right.
      const one = parts.length === 1 ? text : texts.only({ name, text }, [part]);
      try {
        await this.timed(async () => {
          for (const result of await this.engine.execute(one, { name, signal: this.halt.signal }))
            await this.printResult(result);
        });
      } catch (error) {
        throw texts.restore(error);
      }
    }
  }

  /** Stops every job that still runs. */
  async close(): Promise<void> {
    const running = [...this.jobs.values()].filter((job) => job.status === 'running');
    await Promise.allSettled(running.map((job) => job.stop()));
  }

  private async timed(work: () => Promise<void>): Promise<void> {
    const start = performance.now();
    await work();
    if (this.timing) this.print(`time: ${duration(performance.now() - start)}`);
  }

  private async printResult(result: StatementResult): Promise<void> {
    // Ctrl-C came while the statement was prepared or connected.
    const gone = this.cancelled && (result.result !== undefined || result.job?.status === 'stopped');
    if (gone) this.print('stopped');
    else if (result.job !== undefined) this.watch(result.job, result.message);
    else if (result.result !== undefined) await this.printQuery(result.result);
    else if (result.columns !== undefined && result.rows !== undefined) {
      this.printTable(result.columns, result.rows, result.rows.length);
    } else this.print(result.message);
  }

  private watch(job: Job, message: string): void {
    const id = this.jobs.size + 1;
    this.jobs.set(id, job);
    this.print(
      this.options.interactive ? `job ${id} started (\\jobs lists jobs, \\stop ${id} ends this one)` : message,
    );
    job.done.then(
      () => {
        if (this.options.interactive && job.status === 'finished') this.notice(`job ${id} finished`);
      },
      (error: unknown) => {
        this.notice(`job ${id} failed`);
        this.printError(error);
      },
    );
  }

  private async printQuery(query: QueryResult): Promise<void> {
    this.running = query;
    try {
      if (!query.bounded && this.options.interactive) await this.printLive(query);
      else if (!query.bounded && query.updating) {
        throw new SluiceError('PLAN_UNBOUNDED', 'the query never ends and updates its rows, so it has no final rows', {
          hint: 'Bound its sources, or use the shell on a terminal.',
        });
      } else {
        if (this.options.interactive) this.line = new ProgressLine(this.options.output, this.options.color);
        this.meter = new ProgressMeter();
        await this.printFinal(query);
      }
    } finally {
      this.line?.clear();
      this.line = undefined;
      this.running = undefined;
    }
  }

  private async printLive(query: QueryResult): Promise<void> {
    const { output, color } = this.options;
    this.view = new LiveView({
      stream: output,
      result: query,
      color,
      hint: 'Ctrl-C stops',
    });
    try {
      for await (const batch of query.textBatches()) this.view.apply(batch);
    } finally {
      this.view.finish();
      this.view = undefined;
    }
  }

  private async printFinal(query: QueryResult): Promise<void> {
    const { interactive } = this.options;
    // An insert-only result is cut while it comes; an updating one only when all changes are in.
    const table = new ChangelogTable({ upsertKey: query.upsertKey });
    const rows: Cells[] = [];
    let count = 0;
    for await (const batch of query.textBatches()) {
      if (query.updating) {
        table.apply(batch);
        continue;
      }
      count += batch.cells.length;
      for (const cells of batch.cells) if (!interactive || rows.length < shownRows) rows.push(cells);
    }
    if (query.updating) {
      count = table.size;
      for (const cells of table.rows().slice(0, interactive ? shownRows : Infinity)) rows.push(cells);
    }
    this.line?.clear();
    this.printTable(query.schema, rows, count);
    if (this.cancelled) this.print('stopped: these are the rows as they stood');
  }

  private printTable(columns: readonly ResultColumn[], rows: readonly Cells[], count: number): void {
    const { output, color, interactive } = this.options;
    const style = { color, maxWidth: interactive ? terminalWidth(output) : undefined };
    const lines = this.expanded ? expandedLines(columns, rows, style) : tableLines(columns, rows, style);
    const cut = count > rows.length ? ` the first ${rows.length.toLocaleString('en-US')} are shown` : '';
    const narrowed =
      interactive && !this.expanded && lines.join('\n') !== tableLines(columns, rows, { color }).join('\n');
    const whole = narrowed ? ' cut to the width of the terminal: \\x shows whole values' : '';
    this.print([...lines, rowCount(count) + cut + whole].join('\n'));
  }
}
