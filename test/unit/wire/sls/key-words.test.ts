import { describe, expect, it } from 'vitest';
import { keyOf, sameKey } from '../../../../src/wire/sls/key-words.ts';

describe('a key', () => {
  it('is itself wherever it lies, and no other that differs in one byte or in its length', () => {
    const text = 'abcdefghijklmnopq';
    for (let length = 0; length <= text.length; length++) {
      const key = keyOf(text.slice(0, length));
      for (const at of [0, 1, 2, 3]) {
        const body = new Uint8Array(at + length);
        body.set(Buffer.from(text.slice(0, length)), at);
        const view = new DataView(body.buffer);
        expect(sameKey(key, view, at, length)).toBe(true);
        if (length > 0) expect(sameKey(key, view, at, length - 1)).toBe(false);
        for (let i = 0; i < length; i++) {
          body[at + i]! ^= 0x80;
          expect(sameKey(key, view, at, length)).toBe(false);
          body[at + i]! ^= 0x80;
        }
      }
    }
  });
});
