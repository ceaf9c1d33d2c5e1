import { colorsFor } from './colors.ts';

/** The part of a terminal stream that painting needs. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly isTTY?: boolean;
}

/** Characters a line has room for. Terminals whose size was never set say 0. */
export function terminalWidth({ columns }: Pick<TerminalStream, 'columns'>): number {
  return columns === undefined || columns === 0 ? 80 : columns;
}

/** Lines there are, as `terminalWidth`. */
export function terminalHeight({ rows }: Pick<TerminalStream, 'rows'>): number {
  return rows === undefined || rows === 0 ? 24 : rows;
}

const escape = '\u001b[';

/** A block of lines at the bottom of the terminal that is painted over in place. */
export class Screen {
  private readonly stream: TerminalStream;
  private height = 0;
  private hidden = false;

  constructor(stream: TerminalStream) {
    this.stream = stream;
  }

  get width(): number {
    return terminalWidth(this.stream);
  }

  /** Lines a block may have: one stays free for the cursor. */
  get room(): number {
    return Math.max(1, terminalHeight(this.stream) - 1);
  }

  /** Replaces the block. Lines must not be wider than the terminal. */
  paint(lines: readonly string[]): void {
    const shown = lines.slice(0, this.room);
    let text = this.hidden ? '' : `${escape}?25l`;
    this.hidden = true;
    text += this.home();
    for (const line of shown) text += `${line}${escape}K\n`;
    this.stream.write(`${text}${escape}J`);
    this.height = shown.length;
  }

  /** Takes the block away, so that other lines can be printed in its place. */
  clear(): void {
    if (this.height > 0) this.stream.write(`${this.home()}${escape}J`);
    this.height = 0;
  }

  /** Leaves the block as it is and gives the cursor back. */
  finish(): void {
    if (this.hidden) this.stream.write(`${escape}?25h`);
    this.hidden = false;
    this.height = 0;
  }

  private home(): string {
    return this.height > 0 ? `\r${escape}${Math.min(this.height, this.room)}A` : '\r';
  }
}

/** One line on stderr that is written over; nothing where it is not a terminal. */
export class ProgressLine {
  private readonly stream: TerminalStream;
  private readonly dim: (text: string) => string;
  private shown = false;

  constructor(stream: TerminalStream, color: boolean) {
    this.stream = stream;
    this.dim = colorsFor(color).dim;
  }

  update(text: string): void {
    if (this.stream.isTTY !== true) return;
    this.stream.write(`\r${this.dim(text.slice(0, Math.max(1, terminalWidth(this.stream) - 1)))}${escape}K`);
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.stream.write(`\r${escape}K`);
    this.shown = false;
  }
}
