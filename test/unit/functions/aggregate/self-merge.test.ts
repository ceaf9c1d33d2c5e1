import { describe, expect, it } from 'vitest';
import type { Aggregator } from '../../../../src/contracts/function.ts';
import { createFunctionRegistry } from '../../../../src/functions/registry.ts';
import { StateRegistry } from '../../../../src/runtime/state/state-registry.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, rowsOfBatch } from '../../../support/runtime/batches.ts';
import { Batch } from '../../../../src/columnar/batch.ts';

const context = { compatibility: 'blink', timeZone: 'UTC', now: () => 0, regexpBacktracking: false } as const;

function resultOf(aggregator: Aggregator, slot: number, type: typeof VARCHAR): unknown {
  const column = aggregator.result(Int32Array.of(slot), 1);
  return rowsOfBatch(new Batch(schema([field('x', type)]), [column], 1))[0]?.[0];
}

/** Sessions that grow together are groups of one aggregator. */
describe('merging two groups of one aggregator', () => {
  const registry = createFunctionRegistry();
  it.each(
    ['MAX', 'MIN', 'FIRST_VALUE', 'LAST_VALUE', 'CONCAT_AGG', 'LISTAGG', 'MAX2ND', 'COUNT', 'JSON_ARRAYAGG'].flatMap(
      (name) => [
        { name, retracts: false },
        { name, retracts: true },
      ],
    ),
  )('$name gives what one group would give (retracting: $retracts)', ({ name, retracts }) => {
    const binding = registry.aggregate(name)?.resolve({ types: [VARCHAR], literals: [undefined], context });
    if (binding === undefined) throw new Error(`${name} does not take VARCHAR`);
    const input = schema([field('x', VARCHAR)]);
    for (const [left, right] of [
      [
        ['b', 'aa'],
        ['', 'b'],
      ],
      [
        ['', 'a'],
        ['c', 'bb'],
      ],
      [['z'], []],
      [[], ['y', 'x']],
    ] as const) {
      const all = [...left, ...right];
      const rows = Int32Array.from(all, (_, i) => i);
      const columns = batchOf(
        input,
        all.map((text) => [text]),
      ).columns;
      const merged = binding.create(new StateRegistry(), retracts);
      merged.ensure(2);
      merged.accumulate(
        columns,
        rows,
        Int32Array.from(all, (_, i) => (i < left.length ? 0 : 1)),
        all.length,
      );
      merged.merge(merged, Int32Array.of(1), Int32Array.of(0), 1);
      merged.clear(1);
      const straight = binding.create(new StateRegistry(), retracts);
      straight.ensure(2);
      straight.accumulate(columns, rows, new Int32Array(all.length), all.length);
      expect(resultOf(merged, 0, binding.returns)).toEqual(resultOf(straight, 0, binding.returns));
    }
  });
});
