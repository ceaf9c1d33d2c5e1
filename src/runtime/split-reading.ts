import type { ReadResult, SplitReader } from '../contracts/connector.ts';
import { InternalError } from '../errors/sluice-error.ts';

/** A first answer is reckoned with this part of the budget: 4 MiB of the usual 64. */
const FIRST_READ_SHARE = 16;

/**
 * Raw bytes that the splits of a scan have read and that are not yet processed, and those that reads under way may
 * bring: as many as the last answer of the split had, and a first answer's worth where that says nothing (the first
 * read, and one behind all that there was).
 */
export class InFlight {
  readonly firstRead: number;
  readonly #limit: number;
  #bytes = 0;
  /** First come, first served: otherwise a busy split could keep an idle one from ever looking. */
  readonly #waiting: { readonly bytes: number; readonly admit: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.firstRead = limit / FIRST_READ_SHARE;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    while (this.#bytes < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#bytes += next.bytes;
      next.admit();
    }
  }

  /** Takes so many bytes as soon as there is room; looking and taking is one step, so that not all waiters find the same room. */
  async takeRoom(bytes: number): Promise<void> {
    if (this.#bytes < this.#limit) this.#bytes += bytes;
    else await new Promise<void>((admit) => this.#waiting.push({ bytes, admit }));
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
  let expected = inFlight.firstRead;
  const read = async (): Promise<ReadResult | 'stopped'> => {
    // Without a share of the budget: hundreds of splits may wait for data at the same time.
    if (reader.ready !== undefined && (await untilStopped(() => reader.ready?.(), signals)) === 'stopped') {
      return 'stopped';
    }
    const reserved = expected;
    await inFlight.takeRoom(reserved);
    try {
      const result = await untilStopped(() => reader.read(), signals);
      if (result !== 'stopped') {
        inFlight.take(result.rawBytes);
        // What comes when there was nothing more may be anything. A reader that waits inside its read would keep others
        // from reading meanwhile.
        const unknown = result.status === 'caught-up' && reader.ready !== undefined;
        expected = unknown ? Math.max(inFlight.firstRead, result.rawBytes) : result.rawBytes;
      }
      return result;
    } finally {
      inFlight.give(reserved);
    }
  };
  let reading = read();
  for (;;) {
    const result = await reading;
    if (result === 'stopped') return 'stopped';
    const more = result.status !== 'end';
    if (more) {
      // Ahead while the chain works, as soon as there is room.
      reading = read();
      // It may fail while the chain still works on the answer before it.
      reading.catch(() => undefined);
    }
    let delivered = false;
    try {
      await deliver(result);
      delivered = true;
    } finally {
      inFlight.give(result.rawBytes);
      const leaves = !delivered || signals.some((signal) => signal.aborted);
      // What was read ahead goes nowhere: the room it takes belongs to the other splits.
      if (more && leaves)
        void reading.then(
          (ahead) => ahead !== 'stopped' && inFlight.give(ahead.rawBytes),
          () => {},
        );
    }
    if (signals.some((signal) => signal.aborted)) return 'stopped';
    if (!more) return 'ended';
  }
}

/** Work of a reader; a stop wins over it, and what the reader does after a stop no longer matters. */
export function untilStopped<T>(work: () => T | Promise<T>, signals: readonly AbortSignal[]): Promise<T | 'stopped'> {
  if (signals.some((signal) => signal.aborted)) return Promise.resolve('stopped');
  return new Promise<T | 'stopped'>((resolve, reject) => {
    const stop = (): void => resolve('stopped');
    for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
    Promise.resolve(work())
      .then(resolve, (error: unknown) => {
        if (signals.some((signal) => signal.aborted)) resolve('stopped');
        else reject(error instanceof Error ? error : new InternalError(String(error)));
      })
      .finally(() => {
        for (const signal of signals) signal.removeEventListener('abort', stop);
      });
  });
}
