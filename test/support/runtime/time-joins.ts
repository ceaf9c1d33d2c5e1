import type { ChangeKind } from '../../../src/columnar/batch.ts';
import type { Message, Operator } from '../../../src/contracts/operator.ts';
import type { Batch } from '../../../src/columnar/batch.ts';
import type { IntervalJoinExec, TemporalJoinExec } from '../../../src/planner/physical/time-joins.ts';
import { MemorySnapshot } from '../../../src/runtime/state/memory-snapshot.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../../src/types/sql-type.ts';
import { batchOf, changesOf, type Row } from './batches.ts';
import { FakeClock } from './fake-clock.ts';
import { inputOf } from './join-plans.ts';

/** Rows of both inputs: time, key, number. */
export const timed = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);
const both = schema([...timed.fields, ...timed.fields]);

export function intervalJoin(given: Partial<IntervalJoinExec> & Pick<IntervalJoinExec, 'joinType'>): IntervalJoinExec {
  return {
    kind: 'interval-join',
    id: 'join',
    schema: both,
    changelog: 'insert-only',
    left: inputOf(timed, 'insert-only'),
    right: inputOf(timed, 'insert-only'),
    leftKeys: [1],
    rightKeys: [1],
    leftTime: 0,
    rightTime: 0,
    lowerMs: -5,
    upperMs: 3,
    processingTime: false,
    condition: undefined,
    outputs: [0, 1, 2, 3, 4, 5],
    ...given,
  };
}

export function temporalJoin(given: Partial<TemporalJoinExec> & Pick<TemporalJoinExec, 'joinType'>): TemporalJoinExec {
  return {
    kind: 'temporal-join',
    id: 'join',
    schema: both,
    changelog: 'insert-only',
    left: inputOf(timed, 'insert-only'),
    right: inputOf(timed, 'insert-only'),
    leftKeys: [1],
    rightKeys: [1],
    times: { left: 0, right: 0 },
    condition: undefined,
    outputs: [0, 1, 2, 3, 4, 5],
    ...given,
  };
}

/** What arrives at an operator. */
export type Step =
  | { readonly input: 0 | 1; readonly rows: readonly Row[]; readonly kinds?: readonly ChangeKind[] }
  | { readonly watermark: number };

/** What came out, step by step; `W t` is a watermark. */
export type Answers = readonly (readonly string[])[];

/**
 * Runs an operator over steps, whose batches are split into `size` rows.
 * @param restartAfter step behind which the operator is replaced by a fresh one with its snapshot
 */
export async function runSteps(
  make: () => Operator,
  steps: readonly Step[],
  { size = Infinity, restartAfter = -1 }: { readonly size?: number; readonly restartAfter?: number } = {},
): Promise<Answers> {
  const clock = new FakeClock();
  let lines: string[] = [];
  const emit = (batch: Batch): void => {
    lines.push(...changesOf(batch));
  };
  const out = {
    push: (message: Message): void => {
      if (message.kind === 'batch') emit(message.batch);
      if (message.kind === 'watermark') lines.push(`W ${message.atMs}`);
    },
    emit,
  };
  const open = async (): Promise<Operator> => {
    const operator = make();
    await operator.open?.({
      now: () => clock.now(),
      metrics: { counter: () => ({ value: 0, add: () => undefined }), gauge: () => undefined },
      setTimer: () => undefined,
      warn: () => undefined,
    });
    return operator;
  };
  let operator = await open();
  const answers: string[][] = [];
  for (const [i, step] of steps.entries()) {
    if ('watermark' in step) {
      await operator.onWatermark?.(step.watermark, out);
    } else {
      const part = Math.min(size, Math.max(1, step.rows.length));
      for (let at = 0; at < step.rows.length; at += part) {
        const batch = batchOf(timed, step.rows.slice(at, at + part), step.kinds?.slice(at, at + part));
        await operator.process(batch, out, step.input);
      }
    }
    answers.push(lines);
    lines = [];
    if (i !== restartAfter) continue;
    const snapshot = new MemorySnapshot();
    operator.snapshot?.(snapshot.writer);
    operator = await open();
    operator.restore?.(snapshot.reader);
  }
  return answers;
}
