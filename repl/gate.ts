import { Writable } from 'node:stream';
import { terminalHeight, terminalWidth, type TerminalStream } from '../src/terminal/screen.ts';

/**
 * The output that node:readline writes to. Closed while a statement runs, so that keys typed ahead are kept but do not
 * disturb what is painted.
 */
export class Gate extends Writable {
  open = true;
  private readonly target: TerminalStream;

  constructor(target: TerminalStream) {
    super({ decodeStrings: false });
    this.target = target;
  }

  get columns(): number {
    return terminalWidth(this.target);
  }

  get rows(): number {
    return terminalHeight(this.target);
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.open) this.target.write(chunk.toString());
    done();
  }
}
