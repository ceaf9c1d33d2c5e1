import { describe, expect, it } from 'vitest';
import type { Batch, ChangeKind } from '../../../../src/columnar/batch.ts';
import { SluiceError } from '../../../../src/errors/sluice-error.ts';
import type { Changelog } from '../../../../src/planner/physical/plan.ts';
import type { SinkRules } from '../../../../src/planner/physical/sink-rules.ts';
import { MetricSet } from '../../../../src/runtime/metrics.ts';
import { sinkChecks } from '../../../../src/runtime/operators/sink-checks.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { INT, VARCHAR, type SqlType } from '../../../../src/types/sql-type.ts';
import { batchOf, changesOf, type Row } from '../../../support/runtime/batches.ts';
import { FakeSink, FakeSource, scan, sink } from '../../../support/runtime/plans.ts';

const nothing: SinkRules = { notNull: [], dropsNulls: false, lengths: 'ignore' };

function checked(
  types: readonly SqlType[],
  rules: Partial<SinkRules>,
  given: { rows: readonly Row[]; kinds?: readonly ChangeKind[]; changelog?: Changelog; selection?: readonly number[] },
): { lines: string[]; metrics: MetricSet } {
  const columns = schema(types.map((type, i) => field(`c${i}`, type)));
  const changelog = given.changelog ?? (given.kinds === undefined ? 'insert-only' : 'retract');
  const input = scan(columns, new FakeSource([{ answers: [] }]), { changelog });
  const metrics = new MetricSet();
  const check = sinkChecks({ ...sink(input, new FakeSink()), rules: { ...nothing, ...rules } }, metrics);
  let batch: Batch = batchOf(columns, given.rows, given.kinds);
  if (given.selection !== undefined) batch = batch.select(Int32Array.from(given.selection));
  return { lines: changesOf(check === undefined ? batch : check(batch)), metrics };
}

describe('NOT NULL columns of a sink', () => {
  const rows: readonly Row[] = [
    ['a', 1],
    [null, 2],
    ['c', null],
    [null, null],
  ];

  it('end the job with the names of column and table', () => {
    expect(() => checked([VARCHAR, INT], { notNull: [1] }, { rows })).toThrow(
      'column "c1" of table "out" is NOT NULL and the query gives NULL',
    );
    let error: unknown;
    try {
      checked([VARCHAR, INT], { notNull: [0] }, { rows });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(SluiceError);
    expect((error as SluiceError).code).toBe('ROW_CONSTRAINT');
  });

  it('drop and count rows where that is asked for', () => {
    const { lines, metrics } = checked([VARCHAR, INT], { notNull: [0, 1], dropsNulls: true }, { rows });
    expect(lines).toEqual(['+I a 1']);
    expect(metrics.counter('droppedNulls').value).toBe(3);
  });

  it('look at the rows of the batch alone', () => {
    expect(checked([VARCHAR, INT], { notNull: [0, 1] }, { rows, selection: [0] }).lines).toEqual(['+I a 1']);
    expect(checked([VARCHAR, INT], { notNull: [0], dropsNulls: true }, { rows, selection: [1, 2] }).lines).toEqual([
      '+I c null',
    ]);
  });

  it('take out what takes a dropped row back, and keep deletes by key', () => {
    const kinds: readonly ChangeKind[] = ['+I', '-U', '+U', '-D'];
    const dropped = checked(
      [VARCHAR, INT],
      { notNull: [1], dropsNulls: true },
      {
        rows: [
          ['a', 1],
          ['a', null],
          ['a', 2],
          ['a', null],
        ],
        kinds,
      },
    );
    expect(dropped.lines).toEqual(['+I a 1', '+U a 2']);
    const upsert = checked(
      [VARCHAR, INT],
      { notNull: [1], dropsNulls: true },
      {
        rows: [
          ['a', 1],
          ['a', null],
          ['b', null],
        ],
        kinds: ['+I', '+U', '-D'],
        changelog: 'upsert',
      },
    );
    expect(upsert.lines).toEqual(['+I a 1', '-D b null']);
    const failing = {
      rows: [
        ['a', null],
        ['b', null],
      ],
      kinds: ['-U', '-D'] as const,
    };
    expect(checked([VARCHAR, INT], { notNull: [1] }, failing).lines).toEqual(['-U a null', '-D b null']);
  });
});

describe('lengths of a sink', () => {
  const rows: readonly Row[] = [['äöüß'], ['ab'], [null], [''], ['😀😀😀😀']];
  const cut = (type: SqlType): string[] => checked([type], { lengths: 'trim-pad' }, { rows }).lines;

  it('cut texts by characters, and fill CHAR up', () => {
    expect(cut({ kind: 'varchar', length: 3 })).toEqual(['+I äöü', '+I ab', '+I null', '+I ', '+I 😀😀😀']);
    expect(cut({ kind: 'char', length: 3 })).toEqual(['+I äöü', '+I ab ', '+I null', '+I    ', '+I 😀😀😀']);
    expect(cut({ kind: 'varchar', length: 4 })).toEqual(['+I äöüß', '+I ab', '+I null', '+I ', '+I 😀😀😀😀']);
    expect(cut(VARCHAR)).toHaveLength(5);
  });

  it('count what was changed', () => {
    const { metrics } = checked([{ kind: 'char', length: 4 }], { lengths: 'trim-pad' }, { rows });
    expect(metrics.counter('fittedValues').value).toBe(2);
  });

  it('are ignored or end the job', () => {
    const type: SqlType = { kind: 'varchar', length: 3 };
    expect(checked([type], { lengths: 'ignore' }, { rows }).lines[0]).toBe('+I äöüß');
    expect(() => checked([type], { lengths: 'error' }, { rows })).toThrow(
      'is VARCHAR(3) and the query gives a value of length 4',
    );
    expect(checked([type], { lengths: 'error' }, { rows, selection: [1, 2, 3] }).lines).toHaveLength(3);
  });
});
