import {
  BIGINT,
  DOUBLE,
  NULL_TYPE,
  VARCHAR,
  decimal,
  isApproximate,
  isBinary,
  isInteger,
  isNested,
  isNumeric,
  isString,
  isTemporal,
  sameType,
  timestamp,
  type NestedType,
  type SqlType,
  type TypeKind,
} from './sql-type.ts';

/**
 * What several values meet in: `compare` — operands of a comparison (a string is cast to the other's type, numbers are
 * compared exactly or as DOUBLE); `values` — branches of CASE / IF / COALESCE, rows of VALUES, inputs of UNION (a string
 * beside another type makes text of all).
 */
type CoercionContext = 'compare' | 'values';

type Decimal = SqlType & { readonly kind: 'decimal' };

/** Order of widening (blink-sql 2.3); a number converts implicitly to any that stands behind it. */
const numberRank: Partial<Record<TypeKind, number>> = {
  tinyint: 0,
  smallint: 1,
  int: 2,
  bigint: 3,
  decimal: 4,
  float: 5,
  double: 6,
};
const integerDigits: Partial<Record<TypeKind, number>> = { tinyint: 3, smallint: 5, int: 10, bigint: 19 };

/** The DECIMAL an exact number counts as beside a DECIMAL: (3, 0) TINYINT … (19, 0) BIGINT (blink-sql 2.2). */
export function asDecimalType(type: SqlType): Decimal | undefined {
  if (type.kind === 'decimal') return type;
  const digits = integerDigits[type.kind];
  return digits === undefined ? undefined : decimal(digits, 0);
}

/** The type all of these are converted to where they meet, or undefined when they do not fit together. */
export function commonType(types: readonly SqlType[], context: CoercionContext): SqlType | undefined {
  let common: SqlType | undefined = NULL_TYPE;
  for (const type of types) {
    common = meet(common, type, context);
    if (common === undefined) return undefined;
  }
  return common;
}

/** Whether a value of `from` is converted to `to` without a CAST (INSERT, arguments of functions). */
export function canWiden(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'null' || sameType(from, to)) return true;
  if (isNested(from)) return isNested(to) && canWidenParts(from, to);
  if (isString(to)) return true;
  if (from.kind === 'decimal' && to.kind === 'decimal') return true;
  const a = numberRank[from.kind];
  const b = numberRank[to.kind];
  if (a !== undefined && b !== undefined) return a <= b;
  if (isBinary(from) && isBinary(to)) return true;
  if (to.kind === 'timestamp') return from.kind === 'date' || from.kind === 'timestamp';
  return from.kind === to.kind;
}

function meet(a: SqlType, b: SqlType, context: CoercionContext): SqlType | undefined {
  if (a.kind === 'null') return b;
  if (b.kind === 'null' || sameType(a, b)) return a;
  if (isNumeric(a) && isNumeric(b)) return meetNumbers(a, b, context);
  if (isString(a) && isString(b)) return meetLengths(a, b);
  if (isBinary(a) && isBinary(b)) return { kind: 'varbinary', length: longest(a, b) };
  if (isNested(a) || isNested(b)) return isNested(a) && isNested(b) ? meetNested(a, b, context) : undefined;
  if (isString(a) || isString(b)) {
    if (context === 'values') return VARCHAR;
    const other = isString(a) ? b : a;
    return isNumeric(other) || isTemporal(other) || other.kind === 'boolean' ? comparable(other) : undefined;
  }
  if (isTemporal(a) && isTemporal(b)) return meetTimes(a, b);
  return a.kind === b.kind ? a : undefined;
}

/** A text is compared with a small integer as BIGINT, so that a number beyond the small type is not NULL. */
function comparable(type: SqlType): SqlType {
  return isInteger(type) ? BIGINT : type.kind === 'float' ? DOUBLE : type;
}

function meetNumbers(a: SqlType, b: SqlType, context: CoercionContext): SqlType | undefined {
  if (isApproximate(a) || isApproximate(b)) {
    if (context === 'compare' || a.kind === 'decimal' || b.kind === 'decimal') return DOUBLE;
    return numberRank[a.kind]! > numberRank[b.kind]! ? a : b;
  }
  if (isInteger(a) && isInteger(b)) return numberRank[a.kind]! > numberRank[b.kind]! ? a : b;
  const x = asDecimalType(a);
  const y = asDecimalType(b);
  if (x === undefined || y === undefined) return undefined;
  const scale = Math.max(x.scale, y.scale);
  const whole = Math.max(x.precision - x.scale, y.precision - y.scale);
  // Beyond 38 digits the fraction gives way: whole digits lost would be another number.
  return decimal(Math.min(38, whole + scale), Math.min(scale, 38 - Math.min(38, whole)));
}

function meetLengths(a: SqlType, b: SqlType): SqlType {
  const length = longest(a, b);
  return { kind: a.kind === 'char' && b.kind === 'char' ? 'char' : 'varchar', length };
}

function longest(a: SqlType, b: SqlType): number | undefined {
  const x = 'length' in a ? a.length : undefined;
  const y = 'length' in b ? b.length : undefined;
  return x === undefined || y === undefined ? undefined : Math.max(x, y);
}

function meetTimes(a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === 'time' || b.kind === 'time') {
    return a.kind === 'time' && b.kind === 'time'
      ? { kind: 'time', precision: Math.max(a.precision, b.precision) }
      : undefined;
  }
  return timestamp(Math.max(a.kind === 'timestamp' ? a.precision : 0, b.kind === 'timestamp' ? b.precision : 0));
}

/** The types inside a nested type, in order. */
export function partsOf(type: NestedType): readonly SqlType[] {
  switch (type.kind) {
    case 'array':
    case 'multiset':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'row':
      return type.fields.map((one) => one.type);
  }
}

/** The nested type with other types inside; names of fields stay. */
function withParts(type: NestedType, parts: readonly SqlType[]): SqlType {
  switch (type.kind) {
    case 'array':
    case 'multiset':
      return { kind: type.kind, element: parts[0]! };
    case 'map':
      return { kind: 'map', key: parts[0]!, value: parts[1]! };
    case 'row':
      return { kind: 'row', fields: type.fields.map((one, i) => ({ name: one.name, type: parts[i]! })) };
  }
}

function canWidenParts(from: NestedType, to: NestedType): boolean {
  const wanted = partsOf(to);
  const given = partsOf(from);
  return from.kind === to.kind && given.length === wanted.length && given.every((one, i) => canWiden(one, wanted[i]!));
}

/** Part by part; a text inside does not meet a number there, in whatever context. */
function meetNested(a: NestedType, b: NestedType, context: CoercionContext): SqlType | undefined {
  const ours = partsOf(a);
  const theirs = partsOf(b);
  if (a.kind !== b.kind || ours.length !== theirs.length) return undefined;
  const parts: SqlType[] = [];
  for (const [i, part] of ours.entries()) {
    const other = theirs[i]!;
    if (isString(part) !== isString(other) && part.kind !== 'null' && other.kind !== 'null') return undefined;
    const common = meet(part, other, context);
    if (common === undefined) return undefined;
    parts.push(common);
  }
  return withParts(a, parts);
}

/** Whether values of both types have the same form, so that one may stand for the other: names and lengths differ. */
export function sameForm(a: SqlType, b: SqlType): boolean {
  if (isString(a)) return isString(b);
  if (isBinary(a)) return isBinary(b);
  if (!isNested(a)) return sameType(a, b);
  if (a.kind !== b.kind) return false;
  const theirs = partsOf(b);
  const ours = partsOf(a);
  return ours.length === theirs.length && ours.every((one, i) => sameForm(one, theirs[i]!));
}
