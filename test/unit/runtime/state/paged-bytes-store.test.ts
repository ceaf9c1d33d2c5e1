import { describe, expect, it } from 'vitest';
import { ByteSlice, encodeUtf8 } from '../../../../src/columnar/byte-slice.ts';
import { PagedBytesStore } from '../../../../src/runtime/state/paged-bytes-store.ts';
import { StateRegistry } from '../../../../src/runtime/state/state-registry.ts';
import { MemorySnapshot } from '../../../../src/runtime/state/memory-snapshot.ts';

function text(store: { read(slot: number, into: ByteSlice): void }, slot: number): string {
  const slice = new ByteSlice();
  store.read(slot, slice);
  return slice.toString();
}

describe('bytes store', () => {
  it('keeps the last value of each slot while values are replaced often enough to be compacted', () => {
    const store = new PagedBytesStore();
    store.ensure(100);
    const model: string[] = Array.from({ length: 100 }, () => '');
    for (let i = 0; i < 20_000; i++) {
      const slot = (i * 37) % 100;
      model[slot] = 'v'.repeat((i * 13) % 900) + i;
      const bytes = encodeUtf8(`..${model[slot]}`);
      store.set(slot, bytes, 2, bytes.length - 2);
    }
    store.clear(7);
    model[7] = '';
    expect(Array.from({ length: 100 }, (_, slot) => text(store, slot))).toEqual(model);
    // Garbage is bounded by what lives and a page.
    expect(store.bytes).toBeLessThan(4 * (1 << 20));
  });
});

describe('state registry', () => {
  it('restores what was made before and what is made afterwards, in every scope', () => {
    const before = new StateRegistry();
    const counts = before.scope('sum').array('count', 'f64');
    counts.ensure(3);
    counts.set(2, 7);
    const bytes = before.bytes('min');
    bytes.ensure(1);
    bytes.set(0, encodeUtf8('hello'), 0, 5);
    const snapshot = new MemorySnapshot();
    before.snapshot(snapshot.writer.scope('agg'));
    counts.set(2, 8);

    const after = new StateRegistry();
    const restored = after.scope('sum').array('count', 'f64');
    after.restore(snapshot.reader.scope('agg'));
    expect(restored.get(2)).toBe(7);
    expect(text(after.bytes('min'), 0)).toBe('hello');
  });
});
