import { describe, expect, it } from 'vitest';
import { LaneFinder } from '../../../../src/connectors/sls/sink/lane-finder.ts';
import { ColumnBuilder } from '../../../../src/columnar/builder.ts';
import { VARCHAR } from '../../../../src/types/sql-type.ts';
import type { FieldTexts } from '../../../../src/wire/sls/log-fields.ts';

function texts(values: readonly (string | null)[]): FieldTexts {
  const builder = new ColumnBuilder(VARCHAR);
  for (const value of values) {
    if (value === null) builder.appendNull();
    else builder.appendString(value);
  }
  return builder.finish() as unknown as FieldTexts;
}

describe('the lane of a row', () => {
  it('is that of its attributes, NULL and the empty text apart only where the service tells them apart', () => {
    const finder = new LaneFinder((value) => `hash of ${value}`);
    const topic = texts(['a', 'a', 'b', null, '', 'a', 'ab', 'a']);
    const source = texts(['x', 'x', 'x', 'x', 'x', null, '', 'bx']);
    finder.load({ topic, source, partition: undefined });
    const lanes = topic.lengths.length;
    const keys = Array.from({ length: 8 }, (_, row) => finder.of(row).key);
    expect(lanes).toBeGreaterThanOrEqual(8);
    expect(keys).toEqual([
      { topic: 'a', source: 'x', hashKey: undefined },
      { topic: 'a', source: 'x', hashKey: undefined },
      { topic: 'b', source: 'x', hashKey: undefined },
      { topic: undefined, source: 'x', hashKey: undefined },
      { topic: '', source: 'x', hashKey: undefined },
      { topic: 'a', source: undefined, hashKey: undefined },
      { topic: 'ab', source: '', hashKey: undefined },
      { topic: 'a', source: 'bx', hashKey: undefined },
    ]);
    expect(finder.of(3).name).toBe(finder.of(4).name);
    expect(new Set([0, 2, 3, 5, 6, 7].map((row) => finder.of(row).name)).size).toBe(6);
  });

  it('hashes each partition value once, NULL as the empty text', () => {
    const hashed: string[] = [];
    const finder = new LaneFinder((value) => {
      hashed.push(value);
      return value;
    });
    const values = Array.from({ length: 1000 }, (_, row) => (row % 100 === 0 ? null : `user-${row % 100}`));
    for (let batch = 0; batch < 3; batch++) {
      finder.load({ topic: undefined, source: undefined, partition: texts(values) });
      const keys = values.map((_, row) => finder.of(row).key.hashKey);
      expect(keys).toEqual(values.map((value) => value ?? ''));
    }
    expect(hashed.toSorted()).toEqual([...new Set(values.map((value) => value ?? ''))].toSorted());
  });

  it('is right also when there are more of them than are remembered', () => {
    const finder = new LaneFinder((value) => value);
    const values = Array.from({ length: 70_000 }, (_, row) => `p${row}`);
    finder.load({ topic: undefined, source: undefined, partition: texts(values) });
    for (const pass of [0, 1]) {
      const wrong = values.filter((value, row) => finder.of(row).key.hashKey !== value);
      expect([pass, wrong]).toEqual([pass, []]);
    }
  });

  it('is one for all rows where no attribute has a column', () => {
    const finder = new LaneFinder((value) => value);
    finder.load({ topic: undefined, source: undefined, partition: undefined });
    expect(finder.of(0)).toBe(finder.of(1));
    expect(finder.of(0).key).toEqual({ topic: undefined, source: undefined, hashKey: undefined });
  });
});
