import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../../src/columnar/byte-slice.ts';
import { decimalToString } from '../../../src/values/decimal.ts';
import { formatDouble } from '../../../src/values/format-double.ts';
import { insertPoint, writeBigint, writeInt64, writeShortDouble } from '../../../src/values/write-number.ts';

const integers = [0n, 1n, 9n, 10n, 99n, 123n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 52n + 1n, 2n ** 53n - 1n]
  .concat([2n ** 53n, 2n ** 53n + 1n, 10n ** 18n, 2n ** 63n - 1n, 999_999_999_999_999_999n])
  .flatMap((one) => [one, -one])
  .concat(-(2n ** 63n));

/** What `write` leaves behind three bytes of somebody else. */
function written(write: (target: Uint8Array, at: number) => number): string {
  const target = new Uint8Array(64).fill(0x23);
  const end = write(target, 3);
  return decodeUtf8(target, 0, 3) === '###' ? decodeUtf8(target, 3, end - 3) : 'overwritten';
}

describe('numbers as bytes', () => {
  it('of 64 bits come out of two words as they went in', () => {
    for (const value of integers) {
      const words = new Int32Array(BigInt64Array.of(value).buffer);
      expect(written((target, at) => writeInt64(target, at, words[0]!, words[1]!))).toBe(String(value));
    }
  });

  it('get a point where the scale says, with zeros in front of it where digits are missing', () => {
    for (const value of integers) {
      for (const scale of [1, 2, 3, 9, 17, 18, 20]) {
        const text = written((target, at) => insertPoint(target, at, writeBigint(target, at, value), scale));
        expect(text).toBe(decimalToString(value, scale));
      }
    }
  });

  it('of at most six decimals are the shortest text of their double, all others are left to others', () => {
    let short = 0;
    const wrong: string[] = [];
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 4294967296) * below);
    };
    const check = (value: number): void => {
      const text = written((target, at) => Math.max(at, writeShortDouble(target, at, value)));
      if (text === '') return;
      short++;
      if (text !== formatDouble(value)) wrong.push(`${text} is not ${formatDouble(value)}`);
    };
    for (const value of [0, -0, NaN, Infinity, 1e7, 9999999, 9999999.999999, 1e-3, 0.000999, 0.1 + 0.2, 1 / 3, 5e-324])
      for (const signed of [value, -value]) check(signed);
    for (let i = 0; i < 20_000; i++) {
      const value = (random(2_000_000_000) - 1_000_000_000) / 10 ** random(10);
      check(value);
      check(value + Number.EPSILON * value);
      check(Math.sqrt(i));
    }
    expect(wrong).toEqual([]);
    expect(short).toBeGreaterThan(5000);
    expect(written((target, at) => writeShortDouble(target, at, 0.25))).toBe('0.25');
    expect(written((target, at) => writeShortDouble(target, at, -12))).toBe('-12.0');
  });
});
