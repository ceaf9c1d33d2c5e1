import { SluiceError } from '../errors/sluice-error.ts';

/** Writes to standard output with back-pressure; a reader that went away (`| head`) is an end, not an error. */
export class Output {
  /** Nobody reads any more: the command stops and ends with 0. */
  closed = false;
  private readonly stream: NodeJS.WritableStream;
  private onClosed: (() => void) | undefined;
  private failure: Error | undefined;

  constructor(stream: NodeJS.WritableStream = process.stdout) {
    this.stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.closed = true;
      if (error.code !== 'EPIPE') {
        this.failure = new SluiceError('FILE_FAILED', `standard output cannot be written: ${error.message}`, {
          domain: 'external',
          cause: error,
        });
      }
      this.onClosed?.();
    });
  }

  /** Called once when nobody reads any more. */
  whenClosed(act: () => void): void {
    this.onClosed = act;
    if (this.closed) act();
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.closed || chunk.length === 0) return;
    if (this.stream.write(chunk)) return;
    await new Promise<void>((resolve) => {
      const events = ['drain', 'error', 'close'] as const;
      const done = (): void => {
        for (const event of events) this.stream.removeListener(event, done);
        resolve();
      };
      for (const event of events) this.stream.once(event, done);
    });
  }
}
