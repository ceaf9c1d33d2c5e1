import { TypeMismatchError } from '../errors/sluice-error.ts';

/** A named field of a ROW. */
export interface RowField {
  readonly name: string;
  readonly type: SqlType;
}

/**
 * The SQL types. `char`/`varchar`/`binary`/`varbinary` lengths are declared, not enforced (Blink);
 * `undefined` means "any length". TIMESTAMP is an instant (Blink): epoch milliseconds for every precision up to 3, epoch
 * nanoseconds above.
 */
export type SqlType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'tinyint' }
  | { readonly kind: 'smallint' }
  | { readonly kind: 'int' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'float' }
  | { readonly kind: 'double' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'char'; readonly length: number | undefined }
  | { readonly kind: 'varchar'; readonly length: number | undefined }
  | { readonly kind: 'binary'; readonly length: number | undefined }
  | { readonly kind: 'varbinary'; readonly length: number | undefined }
  | { readonly kind: 'date' }
  | { readonly kind: 'time'; readonly precision: number }
  | { readonly kind: 'timestamp'; readonly precision: number }
  | { readonly kind: 'interval-month'; readonly qualifier?: string }
  | { readonly kind: 'interval-day'; readonly qualifier?: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly element: SqlType }
  | { readonly kind: 'multiset'; readonly element: SqlType }
  | { readonly kind: 'map'; readonly key: SqlType; readonly value: SqlType }
  | { readonly kind: 'row'; readonly fields: readonly RowField[] };

export type TypeKind = SqlType['kind'];
export type ArrayType = SqlType & { readonly kind: 'array' };
export type MapType = SqlType & { readonly kind: 'map' };
export type RowType = SqlType & { readonly kind: 'row' };
export type NestedType = SqlType & { readonly kind: 'array' | 'multiset' | 'map' | 'row' };

export const BOOLEAN: SqlType = { kind: 'boolean' };
export const TINYINT: SqlType = { kind: 'tinyint' };
export const SMALLINT: SqlType = { kind: 'smallint' };
export const INT: SqlType = { kind: 'int' };
export const BIGINT: SqlType = { kind: 'bigint' };
export const FLOAT: SqlType = { kind: 'float' };
export const DOUBLE: SqlType = { kind: 'double' };
export const VARCHAR: SqlType = { kind: 'varchar', length: undefined };
export const VARBINARY: SqlType = { kind: 'varbinary', length: undefined };
export const DATE: SqlType = { kind: 'date' };
export const TIME: SqlType = { kind: 'time', precision: 0 };
export const TIMESTAMP: SqlType = { kind: 'timestamp', precision: 3 };
/** Months, in an Int32Array. */
export const INTERVAL_MONTH: SqlType = { kind: 'interval-month' };
/** Milliseconds, in a Float64Array. */
export const INTERVAL_DAY: SqlType = { kind: 'interval-day' };
/** The type of a bare NULL literal. */
export const NULL_TYPE: SqlType = { kind: 'null' };

export const MAX_DECIMAL_PRECISION = 38;
/** Up to this precision a DECIMAL is one scaled 64-bit integer, above it two words (Arrow Decimal128). */
export const NARROW_DECIMAL_PRECISION = 18;

/** @throws TypeMismatchError TYPE_UNKNOWN when precision or scale are out of range. */
export function decimal(precision: number, scale: number): SqlType & { kind: 'decimal' } {
  if (!(precision >= 1 && precision <= MAX_DECIMAL_PRECISION) || !(scale >= 0 && scale <= precision)) {
    throw new TypeMismatchError('TYPE_UNKNOWN', `type DECIMAL(${precision}, ${scale}) does not exist`, {
      hint: 'The precision goes from 1 to 38 and the scale from 0 to the precision.',
    });
  }
  return { kind: 'decimal', precision, scale };
}

/** Plain DECIMAL in a table declaration (Blink). */
export const DECIMAL_DEFAULT: SqlType = decimal(38, 18);

export function char(length: number | undefined): SqlType {
  return { kind: 'char', length };
}

export function varchar(length?: number): SqlType {
  return { kind: 'varchar', length };
}

export function timestamp(precision: number): SqlType {
  return { kind: 'timestamp', precision };
}

export function arrayOf(element: SqlType): ArrayType {
  return { kind: 'array', element };
}

export function mapOf(key: SqlType, value: SqlType): MapType {
  return { kind: 'map', key, value };
}

export function rowOf(fields: readonly RowField[]): RowType {
  return { kind: 'row', fields };
}

/** The SQL spelling: `VARCHAR`, `DECIMAL(10, 2)`, `TIMESTAMP(3)`, `MAP<VARCHAR, INT>`, `ROW<f0 INT, f1 VARCHAR>`. */
export function typeName(type: SqlType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return type.length === undefined ? type.kind.toUpperCase() : `${type.kind.toUpperCase()}(${type.length})`;
    case 'time':
      return `TIME(${type.precision})`;
    case 'timestamp':
      return `TIMESTAMP(${type.precision})`;
    case 'interval-month':
      return `INTERVAL ${type.qualifier ?? 'YEAR TO MONTH'}`;
    case 'interval-day':
      return `INTERVAL ${type.qualifier ?? 'DAY TO SECOND'}`;
    case 'array':
    case 'multiset':
      return `${type.kind.toUpperCase()}<${typeName(type.element)}>`;
    case 'map':
      return `MAP<${typeName(type.key)}, ${typeName(type.value)}>`;
    case 'row':
      return `ROW<${type.fields.map((one) => `${fieldName(one.name)} ${typeName(one.type)}`).join(', ')}>`;
    default:
      return type.kind.toUpperCase();
  }
}

function fieldName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

/** An interval type as it is written: `INTERVAL SECOND(3)`. All of one kind are the same type. */
export function intervalType(kind: 'interval-month' | 'interval-day', qualifier: string): SqlType {
  return { kind, qualifier };
}

export function sameType(a: SqlType, b: SqlType): boolean {
  return a === b || (a.kind === b.kind && isInterval(a)) || typeName(a) === typeName(b);
}

export function isInteger(type: SqlType): boolean {
  return type.kind === 'tinyint' || type.kind === 'smallint' || type.kind === 'int' || type.kind === 'bigint';
}

export function isApproximate(type: SqlType): boolean {
  return type.kind === 'float' || type.kind === 'double';
}

export function isNumeric(type: SqlType): boolean {
  return isInteger(type) || isApproximate(type) || type.kind === 'decimal';
}

/** CHAR or VARCHAR. */
export function isString(type: SqlType): boolean {
  return type.kind === 'char' || type.kind === 'varchar';
}

/** BINARY or VARBINARY. */
export function isBinary(type: SqlType): boolean {
  return type.kind === 'binary' || type.kind === 'varbinary';
}

/** TIMESTAMP(4) … TIMESTAMP(9): kept in nanoseconds. */
export function isFineTime(type: SqlType): boolean {
  return type.kind === 'timestamp' && type.precision > 3;
}

/** DATE, TIME or TIMESTAMP. */
export function isTemporal(type: SqlType): boolean {
  return type.kind === 'date' || type.kind === 'time' || type.kind === 'timestamp';
}

export function isInterval(type: SqlType): boolean {
  return type.kind === 'interval-month' || type.kind === 'interval-day';
}

/** ARRAY, MAP, ROW or MULTISET. */
export function isNested(type: SqlType): type is NestedType {
  return type.kind === 'array' || type.kind === 'map' || type.kind === 'row' || type.kind === 'multiset';
}
