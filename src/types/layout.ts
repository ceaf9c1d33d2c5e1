import { NARROW_DECIMAL_PRECISION, isFineTime, type SqlType } from './sql-type.ts';

/**
 * How the values of a type lie in memory:
 *
 * | layout | array | types | JS value in expressions |
 * | --- | --- | --- | --- |
 * | `bool` | Uint8Array 0/1 | BOOLEAN | boolean |
 * | `i8` `i16` `i32` | Int8Array … Int32Array | TINYINT, SMALLINT, INT, DATE (days), TIME (ms of day), INTERVAL months | number |
 * | `i64` | BigInt64Array | BIGINT, DECIMAL(p ≤ 18) scaled | bigint |
 * | `i128` | BigInt64Array, 2 words a row (low, high), as Arrow Decimal128 | DECIMAL(p > 18) scaled, TIMESTAMP(p > 3) epoch nanoseconds | bigint |
 * | `f32` `f64` | Float32Array, Float64Array | FLOAT; DOUBLE, TIMESTAMP(p ≤ 3) (epoch ms, always whole), INTERVAL ms | number |
 * | `bytes` | views (bytes, offsets, lengths) | CHAR, VARCHAR (UTF-8), BINARY, VARBINARY; ARRAY, MAP, ROW, MULTISET in the form of columnar/nested | ByteSlice |
 *
 * TIMESTAMP is a double because epoch milliseconds are exact in it and window arithmetic on doubles costs 1 ns a row
 * where BigInt costs 8 (measured, design D2); only a precision that milliseconds cannot hold pays for more.
 */
export type Layout = 'bool' | 'i8' | 'i16' | 'i32' | 'i64' | 'i128' | 'f32' | 'f64' | 'bytes';

export function layoutOf(type: SqlType): Layout {
  switch (type.kind) {
    case 'boolean':
    case 'null':
      return 'bool';
    case 'tinyint':
      return 'i8';
    case 'smallint':
      return 'i16';
    case 'int':
    case 'date':
    case 'time':
    case 'interval-month':
      return 'i32';
    case 'bigint':
      return 'i64';
    case 'decimal':
      return type.precision <= NARROW_DECIMAL_PRECISION ? 'i64' : 'i128';
    case 'float':
      return 'f32';
    case 'timestamp':
      return isFineTime(type) ? 'i128' : 'f64';
    case 'double':
    case 'interval-day':
      return 'f64';
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
    case 'array':
    case 'multiset':
    case 'map':
    case 'row':
      return 'bytes';
  }
}
