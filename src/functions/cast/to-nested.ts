import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayReader, ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { distinctEntries, sameValues } from '../../columnar/nested/equality.ts';
import { MapReader, MapWriter } from '../../columnar/nested/map-codec.ts';
import { RowReader, RowWriter } from '../../columnar/nested/row-codec.ts';
import { sameForm } from '../../types/coercion.ts';
import { layoutOf } from '../../types/layout.ts';
import { INT, isString, type NestedType, type SqlType } from '../../types/sql-type.ts';
import type { CastSite, Conversion } from './conversion.ts';

type Find = (site: CastSite) => Conversion | undefined;
/** One part in its new type. A register of its own per place: parts of one value are held together. */
type PartCast = (value: Value) => Value;
type BytesKernel = (out: ByteSlice, value: never) => boolean | undefined;
type FixedKernel = (value: never) => Value;

const ALIAS: Conversion = { kernel: (out: ByteSlice, value: ByteSlice) => void out.alias(value) };

/**
 * ARRAY, MAP, ROW and MULTISET from their own kind, part by part; a ROW needs as many fields and takes the new names.
 * TRY_CAST is NULL as a whole where a part cannot be converted.
 */
export function castToNested(site: CastSite, to: NestedType, find: Find): Conversion | undefined {
  const { from } = site;
  // Lengths bind under Flink, so only texts without one may stay as they are.
  if (sameForm(from, to) && !(site.flink && bindsLength(to))) return ALIAS;
  const part = (partFrom: SqlType, partTo: SqlType): PartCast | undefined => partCast(site, partFrom, partTo, find);
  const failing = !site.failing && site.flink;
  if (from.kind === 'array' && to.kind === 'array') return castArray(from.element, to.element, part, failing);
  if (from.kind === 'map' && to.kind === 'map') {
    return castMap([from.key, from.value], [to.key, to.value], part, failing);
  }
  if (from.kind === 'multiset' && to.kind === 'multiset') {
    return castMap([from.element, INT], [to.element, INT], part, failing);
  }
  if (from.kind === 'row' && to.kind === 'row') {
    const types = (type: NestedType & { kind: 'row' }): SqlType[] => type.fields.map((one) => one.type);
    return castRow(types(from), types(to), part, failing);
  }
  return undefined;
}

function bindsLength(type: SqlType): boolean {
  switch (type.kind) {
    case 'array':
    case 'multiset':
      return bindsLength(type.element);
    case 'map':
      return bindsLength(type.key) || bindsLength(type.value);
    case 'row':
      return type.fields.some((one) => bindsLength(one.type));
    default:
      return 'length' in type && type.length !== undefined;
  }
}

/** What a part that cannot be converted becomes in TRY_CAST: the whole value is NULL. */
class Unfit extends Error {}

function partCast(site: CastSite, from: SqlType, to: SqlType, find: Find): PartCast | undefined {
  const conversion = find({ ...site, from, to });
  if (conversion === undefined) return undefined;
  const strict = site.flink && !site.failing && isString(from) && !isString(to);
  if (layoutOf(to) === 'bytes') {
    const kernel = conversion.kernel as unknown as BytesKernel;
    return (value) => {
      if (value === null) return null;
      const out = new ByteSlice();
      if (kernel(out, value as never) !== false) return out;
      if (from.kind !== 'null' && site.flink && !site.failing) throw new Unfit();
      return null;
    };
  }
  const kernel = conversion.kernel as unknown as FixedKernel;
  return (value) => {
    if (value === null) return null;
    const result = kernel(value as never);
    if (result === null && strict) throw new Unfit();
    return result;
  };
}

/** @param trying whether `Unfit` makes the value NULL */
function conversionOf(trying: boolean, convert: (out: ByteSlice, value: ByteSlice) => void): Conversion {
  if (!trying) return { kernel: convert };
  return {
    mayReturnNull: true,
    kernel: (out: ByteSlice, value: ByteSlice) => {
      try {
        convert(out, value);
        return true;
      } catch (error) {
        if (error instanceof Unfit) return false;
        throw error;
      }
    },
  };
}

type Part = (from: SqlType, to: SqlType) => PartCast | undefined;

function castArray(from: SqlType, to: SqlType, part: Part, trying: boolean): Conversion | undefined {
  const cast = part(from, to);
  if (cast === undefined) return undefined;
  const reader = new ArrayReader(from);
  const writer = new ArrayWriter(to);
  return conversionOf(trying, (out, value) => {
    reader.open(value);
    writer.write(
      out,
      Array.from({ length: reader.count }, (_, i) => cast(reader.value(i))),
    );
  });
}

function castMap(
  from: readonly [SqlType, SqlType],
  to: readonly [SqlType, SqlType],
  part: Part,
  trying: boolean,
): Conversion | undefined {
  const castKey = part(from[0], to[0]);
  const castValue = part(from[1], to[1]);
  if (castKey === undefined || castValue === undefined) return undefined;
  const reader = new MapReader(...from);
  const writer = new MapWriter(...to);
  const same = sameValues(to[0]);
  return conversionOf(trying, (out, value) => {
    const { keys, values, count } = reader.open(value);
    const newKeys = Array.from({ length: count }, (_, i) => castKey(keys.value(i)));
    const newValues = Array.from({ length: count }, (_, i) => castValue(values.value(i)));
    const distinct = distinctEntries(newKeys, newValues, same);
    writer.write(out, distinct.keys, distinct.values);
  });
}

function castRow(
  from: readonly SqlType[],
  to: readonly SqlType[],
  part: Part,
  trying: boolean,
): Conversion | undefined {
  const casts = to.map((type, i) => (from[i] === undefined ? undefined : part(from[i], type)));
  if (from.length !== to.length || !casts.every((cast) => cast !== undefined)) return undefined;
  const reader = new RowReader(from);
  const writer = new RowWriter(to);
  return conversionOf(trying, (out, value) => {
    reader.open(value);
    writer.write(
      out,
      casts.map((cast, i) => cast(reader.value(i))),
    );
  });
}
