import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import type { Kernel } from '../define.ts';

/** A text kernel on JS strings for rare functions; its record's comment says why bytes will not do. */
export function slowText(compute: (...args: never[]) => string | null): Kernel {
  return (out: ByteSlice, ...args: Value[]) => {
    const result = compute(...(args.map(plain) as never[]));
    if (result === null) return false;
    out.setString(result);
    return true;
  };
}

function plain(value: Value): string | boolean | number | bigint | null {
  return value instanceof ByteSlice ? value.toString() : value;
}
