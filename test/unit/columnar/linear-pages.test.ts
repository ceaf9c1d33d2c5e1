import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, LinearHost } from '../../../src/columnar/linear/linear-memory.ts';
import { addConstant, addLongs, gatherWords } from '../../../src/columnar/linear/paged-kernels.ts';
import { PagedArray } from '../../../src/columnar/paged-array.ts';

/** Slots in no order, on several pages, some of them twice; more than one call of a kernel takes. */
const slots = Int32Array.from({ length: 5003 }, (_, k) => (k * 7919) % 300_000);
const rows = Int32Array.from(slots, (_, k) => slots.length - 1 - k);
const values = BigInt64Array.from(slots, (_, k) => BigInt.asIntN(64, BigInt(k) * 0x9e3779b97f4a7c15n));

describe('pages in a linear memory', () => {
  it('stay where they are when the memory grows', () => {
    const host = new LinearHost();
    const array = new PagedArray('f64', host);
    array.ensure(300_000);
    for (let i = 0; i < 300_000; i++) array.set(i, i / 2);
    const pages = [...array.pages];
    array.ensure(3_000_000);
    expect(array.pages.slice(0, pages.length).every((page, i) => page === pages[i])).toBe(true);
    for (const i of [0, 131_071, 131_072, 299_999]) expect(array.get(i)).toBe(i / 2);
    expect(array.pages.every((page) => page.buffer instanceof SharedArrayBuffer)).toBe(true);
  });

  it('are made in a linear memory only when they are full', () => {
    const host = new LinearHost();
    const array = new PagedArray('i32', host);
    array.ensure(1 << 17);
    expect(array.linear?.memory).toBeUndefined();
    array.ensure((1 << 17) + 1);
    expect(array.linear?.memory).toBe(host.memory);
  });

  it('are zeros again after another array used them', () => {
    const host = new LinearHost();
    const first = new PagedArray('u8', host);
    first.ensure(BLOCK_BYTES * 3);
    for (const page of first.pages) page.fill(7);
    const size = host.memory?.bytes;
    first.clear();
    const second = new PagedArray('u8', host);
    second.ensure(BLOCK_BYTES * 3);
    expect(host.memory?.bytes).toBe(size);
    expect(second.pages.every((page) => page.every((byte) => byte === 0))).toBe(true);
  });

  it('are adopted as copies', () => {
    const from = new PagedArray('f64');
    from.ensure(300_000);
    from.set(299_999, 5);
    const array = new PagedArray('f64', new LinearHost());
    array.adopt(from.pages);
    from.set(299_999, 6);
    expect(array.get(299_999)).toBe(5);
    expect(array.linear?.memory).toBeDefined();
    array.ensure(500_000);
    expect(array.get(299_999)).toBe(5);
  });
});

describe('kernels', () => {
  const linear = <L extends 'f64' | 'i64'>(layout: L): PagedArray<L> => {
    const array = new PagedArray(layout, new LinearHost());
    array.ensure(300_000);
    return array;
  };

  it('add a constant to each slot as often as it comes', () => {
    const array = linear('f64');
    const model = new Float64Array(300_000);
    expect(addConstant(array, slots, slots.length, 1)).toBe(true);
    expect(addConstant(array, slots, 5, -2.5)).toBe(true);
    slots.forEach((slot, k) => (model[slot] = model[slot]! + (k < 5 ? -1.5 : 1)));
    expect([...model].every((value, slot) => array.get(slot) === value)).toBe(true);
  });

  it('add and subtract 64-bit integers of the rows, which wrap around', () => {
    const array = linear('i64');
    const model = new BigInt64Array(300_000);
    const words = new Int32Array(values.buffer);
    expect(addLongs(array, slots, rows, slots.length, words, 1)).toBe(true);
    expect(addLongs(array, slots, rows, slots.length, words, 1)).toBe(true);
    expect(addLongs(array, slots, rows, 1000, words, -1)).toBe(true);
    slots.forEach((slot, k) => (model[slot] = model[slot]! + values[rows[k]!]! * (k < 1000 ? 1n : 2n)));
    expect([...model].every((value, slot) => array.get(slot) === value)).toBe(true);
  });

  it('gather what lies in the slots', () => {
    const array = linear('i64');
    slots.forEach((slot, k) => array.set(slot, values[k]!));
    const into = new BigInt64Array(slots.length);
    expect(gatherWords(array, slots, slots.length, new Int32Array(into.buffer))).toBe(true);
    expect([...into]).toEqual([...slots].map((slot) => array.get(slot)));
  });

  it('leave arrays alone that do not lie in one', () => {
    const array = new PagedArray('f64');
    array.ensure(300_000);
    expect(addConstant(array, slots, slots.length, 1)).toBe(false);
    expect(array.get(slots[1]!)).toBe(0);
  });
});
