import type { ReadResult, SplitReader } from '../contracts/connector.ts';
import { InternalError } from '../errors/sluice-error.ts';

/** Raw bytes that the splits of a scan have read and that are not yet processed. */
export class InFlight {
  readonly #limit: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get hasRoom(): boolean {
    return this.#bytes < this.#limit;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves when some were given; others may have taken them by then. */
  freed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/**
 * Reads a split answer by answer until it ends or a signal stops it, one answer ahead of what is processed where there
 * is room for it.
 * @param deliver resolves when an answer is through
 */
export async function readSplit(
  reader: SplitReader,
  signals: readonly AbortSignal[],
  inFlight: InFlight,
  deliver: (result: ReadResult) => Promise<void>,
): Promise<'ended' | 'stopped'> {
  let reading = readOnce(reader, signals);
  for (;;) {
    const result = await reading;
    if (result === 'stopped') return 'stopped';
    inFlight.take(result.rawBytes);
    const more = result.status !== 'end';
    // Read ahead while the chain works, unless too much is under way: then only after this answer is through.
    const ahead = more && inFlight.hasRoom;
    if (ahead) reading = readOnce(reader, signals);
    try {
      await deliver(result);
    } finally {
      inFlight.give(result.rawBytes);
    }
    if (signals.some((signal) => signal.aborted)) return 'stopped';
    if (!more) return 'ended';
    if (!ahead) {
      while (!inFlight.hasRoom) await inFlight.freed();
      reading = readOnce(reader, signals);
    }
  }
}

/** One read; a stop wins over it, and what the reader does after a stop no longer matters. */
function readOnce(reader: SplitReader, signals: readonly AbortSignal[]): Promise<ReadResult | 'stopped'> {
  if (signals.some((signal) => signal.aborted)) return Promise.resolve('stopped');
  const result = new Promise<ReadResult | 'stopped'>((resolve, reject) => {
    const stop = (): void => resolve('stopped');
    for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
    reader
      .read()
      .then(resolve, (error: unknown) => {
        if (signals.some((signal) => signal.aborted)) resolve('stopped');
        else reject(error instanceof Error ? error : new InternalError(String(error)));
      })
      .finally(() => {
        for (const signal of signals) signal.removeEventListener('abort', stop);
      });
  });
  // A read ahead may fail while the chain still works on the answer before it.
  result.catch(() => undefined);
  return result;
}
