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
  decimal,
  type SqlType,
} from '../../types/sql-type.ts';
import { TypeMismatchError } from '../../errors/sluice-error.ts';

/** The Arrow library, loaded by whoever needs it (`await import('apache-arrow')`): it costs 50 ms of start. */
export type ArrowLibrary = typeof arrow;

/** TIMESTAMP is an instant: Arrow timestamp[ms, UTC]. DECIMAL of both widths is Decimal128. */
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
      return new lib.TimestampMillisecond('UTC');
    case 'interval-month':
      return new lib.IntervalYearMonth();
    case 'interval-day':
      return new lib.DurationMillisecond();
  }
}

/** @throws TypeMismatchError TYPE_UNKNOWN for Arrow types without a scalar SQL counterpart. */
export function fromArrowType(lib: ArrowLibrary, type: arrow.DataType): SqlType {
  const { DataType } = lib;
  if (DataType.isBool(type)) return BOOLEAN;
  if (DataType.isInt(type)) {
    if (type.bitWidth === 8) return type.isSigned ? TINYINT : SMALLINT;
    if (type.bitWidth === 16) return type.isSigned ? SMALLINT : INT;
    if (type.bitWidth === 32) return type.isSigned ? INT : BIGINT;
    return type.isSigned ? BIGINT : decimal(20, 0);
  }
  if (DataType.isFloat(type)) return type.precision === 2 ? DOUBLE : FLOAT;
  if (DataType.isDecimal(type)) return decimal(type.precision, type.scale);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return VARCHAR;
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return VARBINARY;
  if (DataType.isDictionary(type)) return fromArrowType(lib, type.dictionary as arrow.DataType);
  if (DataType.isDate(type)) return type.unit === 0 ? DATE : TIMESTAMP;
  if (DataType.isTime(type)) return TIME;
  if (DataType.isTimestamp(type)) return TIMESTAMP;
  if (DataType.isInterval(type) && type.unit === 0) return INTERVAL_MONTH;
  if (DataType.isDuration(type)) return INTERVAL_DAY;
  throw new TypeMismatchError('TYPE_UNKNOWN', `Arrow type ${String(type)} has no SQL type here`, {
    hint: 'Take columns of numbers, strings, binary, booleans, dates and times.',
  });
}
