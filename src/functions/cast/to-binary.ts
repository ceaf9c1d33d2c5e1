import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { isBinary, isString, type SqlType } from '../../types/sql-type.ts';
import type { CastSite, Conversion } from './conversion.ts';

/** BINARY and VARBINARY from text: its UTF-8 bytes. Declared lengths bind under Flink only. */
export function castToBinary(site: CastSite, to: SqlType & { kind: 'binary' | 'varbinary' }): Conversion | undefined {
  if (!isString(site.from) && !isBinary(site.from)) return undefined;
  const { length } = to;
  if (length === undefined || !site.flink) return { kernel: alias };
  const pads = to.kind === 'binary';
  return {
    kernel: (out: ByteSlice, value: ByteSlice) => {
      if (value.length >= length || !pads) {
        out.view(value.bytes, value.offset, Math.min(value.length, length));
        return;
      }
      const target = out.reserve(length);
      target.set(value.bytes.subarray(value.offset, value.offset + value.length));
      target.fill(0, value.length, length);
    },
  };
}

function alias(out: ByteSlice, value: ByteSlice): void {
  out.alias(value);
}
