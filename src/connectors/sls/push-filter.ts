import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import { encodeUtf8 } from '../../columnar/byte-slice.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { ComparisonOperator, FilterValue, RowTest } from '../../wire/sls/row-filter.ts';

const FLIPPED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/**
 * The test the decoder evaluates for a conjunct, or undefined where it cannot: comparison with a literal of the same
 * type, IN, IS [NOT] NULL, LIKE 'prefix%', on a bare column. Column numbers are taken over.
 */
export function rowTestOf(conjunct: Expr): RowTest | undefined {
  switch (conjunct.kind) {
    case 'is-null':
    case 'is-not-null':
      return conjunct.arg.kind === 'column' ? { kind: conjunct.kind, column: conjunct.arg.index } : undefined;
    case 'in': {
      const { arg } = conjunct;
      if (arg.kind !== 'column' || arg.type.kind === 'double') return undefined;
      const values = conjunct.values.map((value) => filterValue(value, arg.type));
      return values.every((value) => value !== undefined) ? { kind: 'in', column: arg.index, values } : undefined;
    }
    case 'call': {
      const [left, right] = conjunct.args;
      if (left === undefined || right === undefined || conjunct.args.length !== 2) return undefined;
      if (conjunct.name === 'LIKE') return prefixTest(left, right);
      const operator = comparison(conjunct.name);
      if (operator === undefined) return undefined;
      return compareTest(left, operator, right) ?? compareTest(right, FLIPPED[operator], left);
    }
    default:
      return undefined;
  }
}

function comparison(name: string): ComparisonOperator | undefined {
  const operator = name === '!=' ? '<>' : name;
  return operator in FLIPPED ? (operator as ComparisonOperator) : undefined;
}

function compareTest(column: Expr, operator: ComparisonOperator, literal: Expr): RowTest | undefined {
  if (column.kind !== 'column' || literal.kind !== 'literal') return undefined;
  const value = filterValue(literal, column.type);
  return value === undefined ? undefined : { kind: 'compare', column: column.index, operator, value };
}

function prefixTest(column: Expr, pattern: Expr): RowTest | undefined {
  if (column.kind !== 'column' || column.type.kind !== 'varchar' || pattern.kind !== 'literal') return undefined;
  const { value } = pattern;
  if (value === null || typeof value !== 'object') return undefined;
  const text = value.toString();
  if (!/^[^%_\\]+%$/.test(text)) return undefined;
  return { kind: 'starts-with', column: column.index, prefix: encodeUtf8(text.slice(0, -1)) };
}

/** The literal as the decoder compares it, or undefined where type or value do not allow a direct comparison. */
function filterValue(literal: LiteralExpr, type: SqlType): FilterValue | undefined {
  const { value } = literal;
  if (value === null || literal.type.kind !== type.kind) return undefined;
  switch (type.kind) {
    case 'varchar':
      return typeof value === 'object' ? value.toBytes() : undefined;
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'double':
    case 'timestamp':
    case 'date':
      return typeof value === 'number' ? value : undefined;
    case 'bigint':
      return typeof value === 'bigint' ? value : undefined;
    default:
      return undefined;
  }
}
