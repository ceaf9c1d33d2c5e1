import type { Message, Operator } from '../../../src/contracts/operator.ts';
import type { Batch } from '../../../src/columnar/batch.ts';
import { changesOf } from './batches.ts';
import type { FakeClock } from './fake-clock.ts';

/** An operator outside of any chain: what it emits is listed, its timers follow the clock. */
export interface DrivenOperator {
  /** Pushes a batch and returns the changes that came out of it. */
  push(batch: Batch, input?: number): Promise<string[]>;
  watermark(atMs: number): Promise<string[]>;
  /** Moves the clock on and returns what timers emitted. */
  advance(ms: number): string[];
}

export async function driveOperator(operator: Operator, clock: FakeClock): Promise<DrivenOperator> {
  let lines: string[] = [];
  const taken = (): string[] => {
    const all = lines;
    lines = [];
    return all;
  };
  const out = {
    push: (message: Message): void => {
      if (message.kind === 'batch') lines.push(...changesOf(message.batch));
    },
    emit: (batch: Batch): void => {
      lines.push(...changesOf(batch));
    },
  };
  await operator.open?.({
    now: () => clock.now(),
    metrics: { counter: () => ({ value: 0, add: () => undefined }), gauge: () => undefined },
    setTimer: (atMs) => void clock.after(atMs - clock.now(), () => void operator.onTimer?.(clock.now(), out)),
    warn: () => undefined,
  });
  return {
    push: async (batch, input = 0) => {
      await operator.process(batch, out, input);
      return taken();
    },
    watermark: async (atMs) => {
      await operator.onWatermark?.(atMs, out);
      return taken();
    },
    advance: (ms) => {
      clock.advance(ms);
      return taken();
    },
  };
}
