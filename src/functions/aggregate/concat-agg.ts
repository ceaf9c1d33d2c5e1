import { ByteSlice, encodeUtf8 } from '../../columnar/byte-slice.ts';
import { ColumnBuilder } from '../../columnar/builder.ts';
import type { BytesColumn, Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Aggregator, AggregateFunction, CallSite } from '../../contracts/function.ts';
import type { BytesStore, StateFactory } from '../../contracts/state.ts';
import { isString, VARCHAR } from '../../types/sql-type.ts';
import { aggregate } from './aggregate-definition.ts';
import { ValueList } from './value-list.ts';

/** Joins texts by arrival; the separator is a literal. */
function joining(
  name: string,
  syntax: string,
  doc: string,
  separatorFirst: boolean,
  standard: string,
): AggregateFunction {
  return aggregate({
    name,
    syntax: [syntax],
    doc,
    resolve(site) {
      const { types } = site;
      if (types.length < 1 || types.length > 2) return undefined;
      if (!types.every((type) => isString(type) || type.kind === 'null')) return undefined;
      const value = types.length === 2 && separatorFirst ? 1 : 0;
      const separator = types.length === 2 ? literalText(site, 1 - value) : encodeUtf8(standard);
      if (separator === undefined) return undefined;
      return {
        args: types.map(() => VARCHAR),
        returns: VARCHAR,
        retractable: true,
        create: (state, retracts) =>
          retracts ? new RetractableJoin(state, value, separator) : new JoinAggregator(state, value, separator),
      };
    },
  });
}

function literalText(site: CallSite, index: number): Uint8Array | undefined {
  const literal = site.literals[index];
  return literal instanceof ByteSlice ? literal.toBytes() : undefined;
}

export const joiningFunctions: readonly AggregateFunction[] = [
  joining(
    'CONCAT_AGG',
    'CONCAT_AGG([separator,] x)',
    'The texts joined in order of arrival, by a line feed where no separator is given; NULLs are left out.',
    true,
    '\n',
  ),
  joining(
    'LISTAGG',
    'LISTAGG(x [, separator])',
    'The texts joined in order of arrival, by a comma where no separator is given; NULLs are left out.',
    false,
    ',',
  ),
];

class JoinAggregator implements Aggregator {
  readonly #value: number;
  readonly #separator: Uint8Array;
  readonly #texts: BytesStore;
  readonly #present: PagedArray<'u8'>;
  readonly #held = new ByteSlice();
  #buffer = new Uint8Array(256);

  constructor(state: StateFactory, value: number, separator: Uint8Array) {
    this.#value = value;
    this.#separator = separator;
    this.#texts = state.bytes('text');
    this.#present = state.array('present', 'u8');
  }

  ensure(slotCount: number): void {
    this.#texts.ensure(slotCount);
    this.#present.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const { bytes, offsets, lengths, nulls } = args[this.#value] as BytesColumn;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls === null || nulls[row] === 0) this.#append(slots[k]!, bytes, offsets[row]!, lengths[row]!);
    }
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as JoinAggregator;
    const text = new ByteSlice();
    for (let k = 0; k < count; k++) {
      if (other.#present.get(fromSlots[k]!) === 0) continue;
      other.#texts.read(fromSlots[k]!, text);
      this.#append(slots[k]!, text.bytes, text.offset, text.length);
    }
  }

  result(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(VARCHAR, count);
    for (let k = 0; k < count; k++) {
      if (this.#present.get(slots[k]!) === 0) {
        builder.appendNull();
      } else {
        this.#texts.read(slots[k]!, this.#held);
        builder.append(this.#held);
      }
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#texts.clear(slot);
    this.#present.set(slot, 0);
  }

  #append(slot: number, bytes: Uint8Array, offset: number, length: number): void {
    if (this.#present.get(slot) === 0) {
      this.#present.set(slot, 1);
      this.#texts.set(slot, bytes, offset, length);
      return;
    }
    const held = this.#held;
    this.#texts.read(slot, held);
    const total = held.length + this.#separator.length + length;
    if (this.#buffer.length < total) this.#buffer = new Uint8Array(total * 2);
    this.#buffer.set(held.bytes.subarray(held.offset, held.offset + held.length), 0);
    this.#buffer.set(this.#separator, held.length);
    this.#buffer.set(bytes.subarray(offset, offset + length), held.length + this.#separator.length);
    this.#texts.set(slot, this.#buffer, 0, total);
  }
}

/** Keeps the texts apart, because any may be taken back. */
class RetractableJoin implements Aggregator {
  readonly #value: number;
  readonly #separator: Uint8Array;
  readonly #list: ValueList;

  constructor(state: StateFactory, value: number, separator: Uint8Array) {
    this.#value = value;
    this.#separator = separator;
    this.#list = new ValueList(state, VARCHAR);
  }

  ensure(slotCount: number): void {
    this.#list.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const column = args[this.#value]!;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (column.nulls === null || column.nulls[row] === 0) this.#list.add(slots[k]!, column, row, 0n);
    }
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const column = args[this.#value]!;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (column.nulls === null || column.nulls[row] === 0) this.#list.remove(slots[k]!, column, row, undefined);
    }
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = (from as RetractableJoin).#list;
    for (let k = 0; k < count; k++) this.#list.merge(other, fromSlots[k]!, slots[k]!);
  }

  result(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(VARCHAR, count);
    for (let k = 0; k < count; k++) {
      const parts: Uint8Array[] = [];
      for (let entry = this.#list.first(slots[k]!); entry >= 0; entry = this.#list.after(entry)) {
        if (parts.length > 0) parts.push(this.#separator);
        parts.push((this.#list.values.get(entry) as ByteSlice).toBytes());
      }
      if (parts.length === 0) {
        builder.appendNull();
      } else {
        const text = Buffer.concat(parts);
        builder.appendBytes(text, 0, text.length);
      }
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#list.clear(slot);
  }
}
