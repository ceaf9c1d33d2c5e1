import { describe, expect, it } from 'vitest';
import { checkDelivery, type Delivered } from './delivery-checker.ts';

const written = new Map([
  ['a', 3],
  ['b', 2],
]);
const right: readonly Delivered[] = [
  { key: 'a', n: 0 },
  { key: 'b', n: 0 },
  { key: 'a', n: 1 },
  { key: 'b', n: 1 },
  { key: 'a', n: 2 },
];

describe('the delivery checker', () => {
  it('finds nothing wrong in a right delivery, whatever the order between keys', () => {
    const report = { written: 5, delivered: 5, lost: [], repeated: 0, outOfOrder: [], unknown: [] };
    expect(checkDelivery(written, right)).toEqual(report);
  });

  it('sees a planted loss', () => {
    expect(
      checkDelivery(
        written,
        right.filter((one) => one.key !== 'a' || one.n !== 1),
      ).lost,
    ).toEqual(['a/1']);
    expect(checkDelivery(written, []).lost.length).toBe(5);
  });

  it('sees a planted swap', () => {
    const swapped = [right[2]!, right[0]!, ...right.slice(3), right[1]!];
    const report = checkDelivery(written, swapped);
    expect(report.outOfOrder).toEqual(['a/0', 'b/0']);
    expect(report.lost).toEqual([]);
  });

  it('counts repeats and does not take them for disorder', () => {
    const report = checkDelivery(written, [...right, right[0]!, right[2]!]);
    expect(report.repeated).toBe(2);
    expect(report.outOfOrder).toEqual([]);
  });

  it('names what nobody wrote', () => {
    expect(checkDelivery(written, [...right, { key: 'a', n: 3 }, { key: 'c', n: 0 }]).unknown).toEqual(['a/3', 'c/0']);
  });
});
