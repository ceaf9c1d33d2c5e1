import { allocateValues, type FixedValues } from './column.ts';
import type { Layout } from '../types/layout.ts';

/** Memory from which arrays are cut one after the other; what does not fit is allocated. */
export class Scratch {
  readonly #buffer: ArrayBufferLike;
  readonly #end: number;
  #at: number;

  constructor(buffer: ArrayBufferLike, start: number, end: number) {
    this.#buffer = buffer;
    this.#at = (start + 7) & ~7;
    this.#end = end;
  }

  /** Its content is unspecified. */
  int32(length: number): Int32Array {
    const at = this.#take(length * 4);
    return at < 0 ? new Int32Array(length) : new Int32Array(this.#buffer, at, length);
  }

  /** Zeroed, as `allocateValues`. */
  values(layout: Exclude<Layout, 'bytes'>, length: number): FixedValues {
    switch (layout) {
      case 'i32': {
        const values = this.int32(length);
        values.fill(0);
        return values;
      }
      case 'i64':
      case 'f64': {
        const at = this.#take(length * 8);
        if (at < 0) break;
        const values = new Float64Array(this.#buffer, at, length);
        values.fill(0);
        return layout === 'f64' ? values : new BigInt64Array(this.#buffer, at, length);
      }
      default:
        break;
    }
    return allocateValues(layout, length);
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#end - at) return -1;
    this.#at = (at + bytes + 7) & ~7;
    return at;
  }
}
