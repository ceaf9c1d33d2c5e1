import type { ReadResult, SplitReader } from '../contracts/connector.ts';
import { InternalError } from '../errors/sluice-error.ts';

/** A first answer is reckoned with this part of the budget: 4 MiB of the usual 64. */
const FIRST_READ_SHARE = 16;

/**
 * Raw bytes that the splits of a scan have read and that are not yet processed, and those that reads under way may
 * bring (as many as the last answer of the split had).
 */
export class InFlight {
  readonly firstRead: number;
  readonly #limit: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.firstRead = limit / FIRST_READ_SHARE;
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

  /** Takes so many bytes as soon as there is room; looking and taking is one step, so that not all waiters find the same room. */
  async takeRoom(bytes: number): Promise<void> {
    while (!this.hasRoom) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#bytes += bytes;
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
  /** One read; its share of the budget is already taken. */
  const read = async (): Promise<ReadResult | 'stopped'> => {
    const reserved = expected;
    try {
      const result = await readOnce(reader, signals);
      if (result !== 'stopped') inFlight.take((expected = result.rawBytes));
      return result;
    } finally {
      inFlight.give(reserved);
    }
  };
  await inFlight.takeRoom(expected);
  let reading = read();
  for (;;) {
    const result = await reading;
    if (result === 'stopped') return 'stopped';
    const more = result.status !== 'end';
    // Read ahead while the chain works, unless too much is under way: then only after this answer is through.
    const ahead = more && inFlight.hasRoom;
    if (ahead) {
      inFlight.take(expected);
      reading = read();
      // It may fail while the chain still works on the answer before it.
      reading.catch(() => undefined);
    }
    try {
      await deliver(result);
    } finally {
      inFlight.give(result.rawBytes);
    }
    if (signals.some((signal) => signal.aborted)) return 'stopped';
    if (!more) return 'ended';
    if (!ahead) {
      await inFlight.takeRoom(expected);
      reading = read();
    }
  }
}

/** One read; a stop wins over it, and what the reader does after a stop no longer matters. */
function readOnce(reader: SplitReader, signals: readonly AbortSignal[]): Promise<ReadResult | 'stopped'> {
  if (signals.some((signal) => signal.aborted)) return Promise.resolve('stopped');
  return new Promise<ReadResult | 'stopped'>((resolve, reject) => {
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
}
