import type { SqlType } from '../../types/sql-type.ts';
import type { FieldSpec } from './field-options.ts';
import { mix, partSeed, unit } from './numbers.ts';

const TEXT_BYTES = 8;

interface Rows {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

interface Texts {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
}

/** Texts and binaries of hex digits. */
export function randomTexts(type: SqlType, spec: FieldSpec, { seed, first, count }: Rows): Texts {
  const fixed = type.kind === 'char' || type.kind === 'binary' ? type.length : undefined;
  const length = spec.length ?? fixed ?? TEXT_BYTES;
  const bytes = new Uint8Array(count * length);
  const offsets = new Int32Array(count);
  const lengths = new Int32Array(count).fill(length);
  for (let k = 0; k < count; k++) {
    const start = k * length;
    offsets[k] = start;
    if (spec.varLen && length > 0) lengths[k] = 1 + Math.floor(unit(partSeed(seed, 0x6c656e), first + k) * length);
    let bits = 0;
    for (let i = 0; i < length; i++) {
      if (i % 8 === 0) bits = mix(i === 0 ? seed : partSeed(seed, i), first + k);
      const digit = bits & 15;
      bytes[start + i] = digit < 10 ? 0x30 + digit : 0x57 + digit;
      bits >>>= 4;
    }
  }
  return { bytes, offsets, lengths };
}

/** Numbers of a sequence as text. */
export function sequenceTexts(sequence: NonNullable<FieldSpec['sequence']>, { first, count }: Rows): Texts {
  const texts = Array.from({ length: count }, (_, k) => String(sequence.start + BigInt(first + k)));
  const lengths = Int32Array.from(texts, (text) => text.length);
  const offsets = new Int32Array(count);
  for (let k = 1; k < count; k++) offsets[k] = offsets[k - 1]! + lengths[k - 1]!;
  return { bytes: new TextEncoder().encode(texts.join('')), offsets, lengths };
}
