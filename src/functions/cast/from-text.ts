import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { TypeMismatchError } from '../../errors/sluice-error.ts';
import { typeName } from '../../types/sql-type.ts';
import type { CastSite, Conversion } from './conversion.ts';

/** Reads a value from a byte range; null when the text is none. */
export type TextParser = (bytes: Uint8Array, offset: number, length: number) => unknown;

/** A conversion from text: surrounding blanks are trimmed where `trims` is not false; bad text is NULL or fails the run. */
export function castFromText(site: CastSite, parse: TextParser, trims = true): Conversion {
  const { failing, to } = site;
  return {
    mayReturnNull: true,
    kernel: (text: ByteSlice) => {
      const { bytes } = text;
      let start = text.offset;
      let end = start + text.length;
      while (trims && start < end && bytes[start]! <= 0x20) start++;
      while (trims && end > start && bytes[end - 1]! <= 0x20) end--;
      const value = parse(bytes, start, end - start);
      if (value === null && failing) throw badText(text.toString(), typeName(to));
      return value;
    },
  };
}

function badText(text: string, type: string): TypeMismatchError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new TypeMismatchError('VALUE_INVALID', `text '${shown}' cannot be cast to ${type}`, {
    hint: 'TRY_CAST gives NULL where CAST fails.',
  });
}
