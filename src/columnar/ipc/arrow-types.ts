import type * as arrow from 'apache-arrow';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  FLOAT,
  INT,
  INTERVAL_DAY,
  INTERVAL_MONTH,
  SMALLINT,
  TIME,
  TIMESTAMP,
  TINYINT,
  VARBINARY,
  VARCHAR,
  arrayOf,
  decimal,
  isFineTime,
  mapOf,
  rowOf,
  timestamp,
  type SqlType,
} from '../../types/sql-type.ts';
import { TypeMismatchError } from '../../errors/sluice-error.ts';

/** The Arrow library, loaded by whoever needs it (`await import('apache-arrow')`): it costs 50 ms of start. */
export type ArrowLibrary = typeof arrow;

/** TIMESTAMP is an instant: Arrow timestamp[ms, UTC], with more digits timestamp[us] or timestamp[ns]. DECIMAL of both widths is Decimal128. */
export function toArrowType(lib: ArrowLibrary, type: SqlType): arrow.DataType {
  switch (type.kind) {
    case 'null':
    case 'boolean':
      return new lib.Bool();
    case 'tinyint':
      return new lib.Int8();
    case 'smallint':
      return new lib.Int16();
    case 'int':
      return new lib.Int32();
    case 'bigint':
      return new lib.Int64();
    case 'float':
      return new lib.Float32();
    case 'double':
      return new lib.Float64();
    case 'decimal':
      return new lib.Decimal(type.scale, type.precision, 128);
    case 'char':
    case 'varchar':
      return new lib.Utf8();
    case 'binary':
    case 'varbinary':
      return new lib.Binary();
    case 'date':
      return new lib.DateDay();
    case 'time':
      return new lib.TimeMillisecond();
    case 'timestamp':
      if (!isFineTime(type)) return new lib.TimestampMillisecond('UTC');
      return type.precision <= 6 ? new lib.TimestampMicrosecond('UTC') : new lib.TimestampNanosecond('UTC');
    case 'interval-month':
      return new lib.IntervalYearMonth();
    case 'interval-day':
      return new lib.DurationMillisecond();
    case 'array':
      return new lib.List(new lib.Field('item', toArrowType(lib, type.element), true));
    case 'row':
      return new lib.Struct(type.fields.map((one) => new lib.Field(one.name, toArrowType(lib, one.type), true)));
    case 'map':
      return arrowMap(lib, type.key, type.value);
    case 'multiset':
      return arrowMap(lib, type.element, INT);
  }
}

function arrowMap(lib: ArrowLibrary, key: SqlType, value: SqlType): arrow.DataType {
  const entry = new lib.Struct<{ key: arrow.DataType; value: arrow.DataType }>([
    new lib.Field('key', toArrowType(lib, key), false),
    new lib.Field('value', toArrowType(lib, value), true),
  ]);
  return new lib.Map_(new lib.Field('entries', entry, false));
}

/** `typeId` of Arrow's types (its `Type` enum, part of the format): known here so that reading needs no library. */
export const arrowTypeId = {
  dictionary: -1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
} as const;

/** The parts of Arrow's types that decide which SQL type they are. */
interface ArrowTypeParts {
  readonly typeId: number;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly unit?: number;
  readonly dictionary?: arrow.DataType;
  readonly children?: readonly { readonly name: string; readonly type: arrow.DataType }[];
}

/** @throws TypeMismatchError TYPE_UNKNOWN for Arrow types without an SQL counterpart. */
export function fromArrowType(type: arrow.DataType): SqlType {
  const parts = type as unknown as ArrowTypeParts;
  switch (parts.typeId) {
    case arrowTypeId.bool:
      return BOOLEAN;
    case arrowTypeId.int:
      return integerType(parts.bitWidth ?? 64, parts.isSigned ?? true);
    case arrowTypeId.float:
      return parts.precision === 2 ? DOUBLE : FLOAT;
    case arrowTypeId.decimal:
      return decimal(parts.precision ?? 38, parts.scale ?? 0);
    case arrowTypeId.utf8:
    case arrowTypeId.largeUtf8:
      return VARCHAR;
    case arrowTypeId.binary:
    case arrowTypeId.largeBinary:
      return VARBINARY;
    case arrowTypeId.date:
      return parts.unit === 0 ? DATE : TIMESTAMP;
    case arrowTypeId.time:
      return TIME;
    case arrowTypeId.timestamp:
      // Units are 0 s, 1 ms, 2 µs, 3 ns.
      return (parts.unit ?? 1) < 2 ? TIMESTAMP : timestamp(parts.unit === 2 ? 6 : 9);
    case arrowTypeId.duration:
      return INTERVAL_DAY;
    case arrowTypeId.interval:
      if (parts.unit === 0) return INTERVAL_MONTH;
      break;
    case arrowTypeId.list:
    case arrowTypeId.largeList:
    case arrowTypeId.fixedSizeList: {
      const item = parts.children?.[0];
      if (item !== undefined) return arrayOf(fromArrowType(item.type));
      break;
    }
    case arrowTypeId.struct:
      return rowOf((parts.children ?? []).map((one) => ({ name: one.name, type: fromArrowType(one.type) })));
    case arrowTypeId.map: {
      const entry = parts.children?.[0] === undefined ? undefined : fromArrowType(parts.children[0].type);
      if (entry?.kind === 'row') return mapOf(entry.fields[0]!.type, entry.fields[1]!.type);
      break;
    }
    case arrowTypeId.dictionary:
      if (parts.dictionary !== undefined) return fromArrowType(parts.dictionary);
      break;
  }
  throw new TypeMismatchError(
    'TYPE_UNKNOWN',
    `Arrow type ${(type as { toString(): string }).toString()} has no SQL type here`,
    {
      hint: 'Take columns of numbers, strings, binary, booleans, dates and times, and lists, maps and structs of them.',
    },
  );
}

/** Unsigned integers go to the next wider signed type. */
function integerType(bits: number, signed: boolean): SqlType {
  const width = signed ? bits : bits * 2;
  if (width <= 8) return TINYINT;
  if (width <= 16) return SMALLINT;
  if (width <= 32) return INT;
  return width <= 64 ? BIGINT : decimal(20, 0);
}
