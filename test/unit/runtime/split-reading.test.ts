import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ReadResult, SplitReader } from '../../../src/contracts/connector.ts';
import { InFlight, readSplit } from '../../../src/runtime/split-reading.ts';

const LIMIT = 64;
/** A sixteenth of the limit: what an answer has at most. */
const ANSWER = 4;
const SPLITS = 300;
const EMPTY = 3;
const FULL = 5;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Splits that had nothing for a while and then all have answers of the largest size at once. */
class Burst {
  /** Bytes of answers that came and are not yet through, now and at most. */
  held = 0;
  most = 0;
  /** Splits that wait for data, at most at the same time. */
  waiting = 0;
  mostWaiting = 0;
  /** Reads under way, at most. */
  reading = 0;
  mostReading = 0;
  readonly delivered = new Map<number, string[]>();
  #open: () => void = () => undefined;
  readonly data = new Promise<void>((resolve) => (this.#open = resolve));
  /** Empty answers so far. */
  idle = 0;

  begin(): void {
    this.#open();
  }

  reader(split: number): SplitReader {
    let reads = 0;
    return {
      ready: async () => {
        if (reads === 0) return;
        this.mostWaiting = Math.max(this.mostWaiting, ++this.waiting);
        if (reads === EMPTY) await this.data;
        else await turn();
        this.waiting--;
      },
      read: async (): Promise<ReadResult> => {
        this.mostReading = Math.max(this.mostReading, ++this.reading);
        await turn();
        this.reading--;
        const at = reads++;
        if (at < EMPTY) this.idle++;
        const rawBytes = at < EMPTY ? 0 : ANSWER;
        this.held += rawBytes;
        this.most = Math.max(this.most, this.held);
        const status = at < EMPTY ? 'caught-up' : at === EMPTY + FULL - 1 ? 'end' : 'more';
        return { batches: [], position: `${split}:${at}`, status, rawBytes };
      },
      close: () => undefined,
    };
  }

  async deliver(split: number, result: ReadResult): Promise<void> {
    const list = this.delivered.get(split) ?? [];
    this.delivered.set(split, [...list, result.position]);
    if (result.rawBytes > 0) await turn();
    this.held -= result.rawBytes;
  }
}

describe('reading hundreds of splits', () => {
  it('stays within the budget when all of them have data at once after a silence, in order', async () => {
    const burst = new Burst();
    const inFlight = new InFlight(LIMIT);
    const never = new AbortController().signal;
    setMaxListeners(0, never);
    const reads = Array.from({ length: SPLITS }, (_, split) =>
      readSplit(burst.reader(split), [never], inFlight, (result) => burst.deliver(split, result)),
    );
    while (burst.idle < SPLITS * EMPTY) await turn();
    for (let i = 0; i < 20; i++) await turn();
    // Waiting takes no room: all of them wait for data side by side.
    expect(burst.mostWaiting).toBe(SPLITS);
    expect(burst.waiting).toBe(SPLITS);
    burst.begin();
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['ended']));
    // The budget, and one answer that began when there was still a little room.
    expect(burst.most).toBeLessThanOrEqual(LIMIT + ANSWER);
    expect(burst.most).toBeGreaterThan(LIMIT / 2);
    expect(burst.mostReading).toBeLessThanOrEqual(LIMIT / ANSWER);
    for (const [split, positions] of burst.delivered) {
      expect(positions).toEqual(Array.from({ length: EMPTY + FULL }, (_, at) => `${split}:${at}`));
    }
    expect(burst.delivered.size).toBe(SPLITS);
  });

  it('ends at a stop, also for those that wait for data or for room', async () => {
    const burst = new Burst();
    const inFlight = new InFlight(LIMIT);
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    let through: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (through = resolve));
    const reads = Array.from({ length: SPLITS }, (_, split) =>
      readSplit(burst.reader(split), [stop.signal], inFlight, (result) =>
        result.rawBytes > 0 ? blocked : burst.deliver(split, result),
      ),
    );
    while (burst.idle < SPLITS * EMPTY) await turn();
    burst.begin();
    for (let i = 0; i < 50; i++) await turn();
    expect(burst.held).toBeLessThanOrEqual(LIMIT + ANSWER);
    stop.abort();
    through();
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['stopped']));
  });

  it('gives the room of what a leaving split has read ahead back to the others', async () => {
    const inFlight = new InFlight(LIMIT);
    // A small answer is being worked on and a large one is read behind it; then the split is given back.
    const leaveInTheMiddle = async (): Promise<void> => {
      const leave = new AbortController();
      let through: () => void = () => undefined;
      const working = new Promise<void>((resolve) => (through = resolve));
      let reads = 0;
      const reader: SplitReader = {
        read: async () => ({ batches: [], position: '', status: 'more', rawBytes: reads++ === 0 ? 0 : LIMIT / 4 }),
        close: () => undefined,
      };
      const reading = readSplit(reader, [leave.signal], inFlight, () => working);
      while (reads < 2) await turn();
      await turn();
      leave.abort();
      through();
      expect(await reading).toBe('stopped');
    };
    for (let i = 0; i < 5; i++) await leaveInTheMiddle();
    const last: SplitReader = {
      read: async () => ({ batches: [], position: 'last', status: 'end', rawBytes: 1 }),
      close: () => undefined,
    };
    const positions: string[] = [];
    const never = new AbortController().signal;
    const end = readSplit(last, [never], inFlight, async ({ position }) => void positions.push(position));
    // Without room it waits for ever.
    for (let i = 0; i < 20; i++) await turn();
    expect(positions).toEqual(['last']);
    expect(await end).toBe('ended');
  });
});
