import { describe, expect, it } from 'vitest';
import type { Batch, ChangeKind } from '../../../../src/columnar/batch.ts';
import type { TableBinding, TableExpander } from '../../../../src/contracts/function.ts';
import type { Message } from '../../../../src/contracts/operator.ts';
import type { CorrelateExec } from '../../../../src/planner/physical/plan.ts';
import { CorrelateOperator } from '../../../../src/runtime/operators/joins/correlate-operator.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { INT, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, changesOf, chunk, type Row } from '../../../support/runtime/batches.ts';
import { columnExpr, FakeSource, scan } from '../../../support/runtime/plans.ts';

const input = schema([field('n', INT), field('s', VARCHAR)]);

/** 0, 1 … n − 1; stops where the output is full. */
const upTo: TableExpander = {
  expand([column], row, from, out) {
    if (column?.layout !== 'i32' || column.nulls?.[row] === 1) return 0;
    const count = column.values[row]!;
    let i = from;
    for (; i < count && !out.isFull; i++) {
      out.columns[0]!.append(i);
      out.endRow();
    }
    return i < count ? i : 0;
  },
};

function operator(
  parts: Partial<Pick<CorrelateExec, 'joinType' | 'pass' | 'columns'>> = {},
  unwanted: AbortSignal = new AbortController().signal,
): CorrelateOperator {
  const binding: TableBinding = { args: [INT], columns: [field('i', INT)], create: () => upTo };
  const pass = parts.pass ?? [0, 1];
  const columns = parts.columns ?? [0];
  return new CorrelateOperator(
    {
      kind: 'correlate',
      id: 'correlate',
      input: scan(input, new FakeSource([])),
      call: { name: 'UP_TO', binding },
      args: [columnExpr(input, 0)],
      joinType: parts.joinType ?? 'inner',
      pass,
      columns,
      schema: schema([...pass.map((at) => input.fields[at]!), ...columns.map((at) => binding.columns[at]!)]),
      changelog: 'insert-only',
    },
    unwanted,
  );
}

interface Collected {
  readonly lines: string[];
  readonly sizes: number[];
}

function collector(onBatch: () => void | Promise<void> = () => undefined): Collected & {
  push: (message: Message) => void;
  emit: (batch: Batch) => void | Promise<void>;
} {
  const lines: string[] = [];
  const sizes: number[] = [];
  const emit = (batch: Batch): void | Promise<void> => {
    lines.push(...changesOf(batch));
    sizes.push(batch.size);
    return onBatch();
  };
  return { lines, sizes, push: () => undefined, emit };
}

const rows: readonly Row[] = Array.from({ length: 50 }, (_, i) => [i % 7 === 3 ? null : i % 5, `r${i}`]);
const kinds: readonly ChangeKind[] = rows.map((_, i) => (['+I', '-U', '+U', '-D'] as const)[i % 4]!);

async function all(joinType: 'inner' | 'left', size: number): Promise<string[]> {
  const one = operator({ joinType });
  const out = collector();
  let at = 0;
  for (const part of chunk(rows, size)) {
    await one.process(batchOf(input, part, kinds.slice(at, (at += part.length))), out);
  }
  return out.lines;
}

describe('the correlate operator', () => {
  it('gives the same for any cut into batches, with the kind of each row', async () => {
    for (const joinType of ['inner', 'left'] as const) {
      const expected = rows.flatMap(([n, s], i) => {
        const made = Array.from({ length: Number(n ?? 0) }, (_, j) => `${kinds[i]} ${n} ${s} ${j}`);
        return made.length === 0 && joinType === 'left' ? [`${kinds[i]} ${n} ${s} null`] : made;
      });
      for (const size of [1, 7, 4096]) expect(await all(joinType, size), `${joinType} ${size}`).toEqual(expected);
    }
  });

  it('sees the rows of a selection alone', async () => {
    const out = collector();
    await operator().process(
      batchOf(input, [
        [1, 'a'],
        [2, 'b'],
        [1, 'c'],
      ]).select(Int32Array.of(0, 2)),
      out,
    );
    expect(out.lines).toEqual(['+I 1 a 0', '+I 1 c 0']);
  });

  it('carries only what is read', async () => {
    const out = collector();
    await operator({ pass: [1], columns: [] }).process(
      batchOf(input, [
        [2, 'a'],
        [0, 'b'],
      ]),
      out,
    );
    expect(out.lines).toEqual(['+I a', '+I a']);
    const bare = collector();
    await operator({ pass: [], columns: [] }).process(
      batchOf(input, [
        [2, 'a'],
        [1, 'b'],
      ]),
      bare,
    );
    expect(bare.sizes).toEqual([3]);
  });

  it('cuts what is more than a batch, also within a row, and waits for its reader', async () => {
    let waiting = 0;
    let most = 0;
    const out = collector(async () => {
      most = Math.max(most, ++waiting);
      await Promise.resolve();
      waiting--;
    });
    await operator().process(
      batchOf(input, [
        [3, 'a'],
        [10_000, 'b'],
        [2, 'c'],
      ]),
      out,
    );
    expect(out.lines.length).toBe(10_005);
    expect(out.lines[3]).toBe('+I 10000 b 0');
    expect(out.lines.at(-3)).toBe('+I 10000 b 9999');
    expect(out.lines.at(-1)).toBe('+I 2 c 1');
    expect(Math.max(...out.sizes)).toBe(4096);
    expect(most).toBe(1);
  });

  it('ends in the middle of a row when nobody wants the rows any more, and lets others have turns', async () => {
    const stop = new AbortController();
    const out = collector();
    setImmediate(() => stop.abort());
    await operator({}, stop.signal).process(batchOf(input, [[2_000_000_000, 'a']]), out);
    expect(out.lines.length).toBeLessThan(1_000_000);
  });
});
