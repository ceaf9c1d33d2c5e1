import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { isBinary, isString, type SqlType } from '../../types/sql-type.ts';
import { valueFormatter } from '../../values/format-value.ts';
import { countCodePoints, skipCodePoints } from '../../values/utf8.ts';
import type { CastSite, Conversion } from './conversion.ts';

type TextKernel = (out: ByteSlice, value: never) => void;

/**
 * CHAR and VARCHAR: the text form of any value. Declared lengths bind under Flink only, except that a CHAR(n) is filled
 * with blanks under both (CASE over literals of different lengths shows it, blink-sql.md 2.1).
 */
export function castToText(site: CastSite, to: SqlType & { kind: 'char' | 'varchar' }): Conversion {
  const { from, flink } = site;
  const plain: TextKernel =
    flink && from.kind === 'binary' && from.length !== undefined
      ? fixedBinary(from.length)
      : isBinary(from) || isString(from)
        ? (out: ByteSlice, value: ByteSlice) => {
            out.alias(value);
          }
        : valueFormatter(from, site.zone, flink ? 'flink' : 'blink');
  const { length } = to;
  if (length === undefined) return { kernel: plain };
  const pads = to.kind === 'char';
  if (!flink && !pads) return { kernel: plain };
  return {
    kernel: (out: ByteSlice, value: never) => {
      plain(out, value);
      fit(out, length, { cuts: flink, pads });
    },
  };
}

/** A BINARY(n) has n bytes, whatever a source gave. */
function fixedBinary(length: number): TextKernel {
  return (out: ByteSlice, value: ByteSlice) => {
    if (value.length >= length) {
      out.view(value.bytes, value.offset, length);
      return;
    }
    const target = out.reserve(length);
    target.set(value.bytes.subarray(value.offset, value.offset + value.length));
    target.fill(0, value.length, length);
  };
}

/** Brings the text of a register to `length` characters. */
function fit(out: ByteSlice, length: number, options: { readonly cuts: boolean; readonly pads: boolean }): void {
  const { bytes, offset } = out;
  const count = countCodePoints(bytes, offset, out.length);
  if (count > length && options.cuts) {
    out.view(bytes, offset, skipCodePoints(bytes, offset, offset + out.length, length) - offset);
  } else if (count < length && options.pads) {
    const used = out.length;
    const source = bytes.subarray(offset, offset + used).slice();
    const target = out.reserve(used + length - count);
    target.set(source);
    target.fill(0x20, used, used + length - count);
  }
}
