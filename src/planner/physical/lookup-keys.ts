import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { typeName } from '../../types/sql-type.ts';
import { collectColumns, conjunctsOf } from '../expr-tree.ts';
import { convertedColumn, keyEquality, type LookupJoinNode } from '../logical/time-joins.ts';

/** What a dimension join looks rows up by. */
export interface LookupKeys {
  /** A column of the table's descriptor equals a value over the input. */
  readonly keys: readonly { readonly column: number; readonly value: Expr }[];
  /** Conjuncts that the keys do not say. */
  readonly rest: readonly Expr[];
  /** At most one row has the key. */
  readonly unique: boolean;
}

interface Candidate {
  readonly column: number;
  readonly value: Expr;
  readonly conjunct: Expr;
  readonly inexact: boolean;
}

/**
 * The key of a dimension join: all columns of the PRIMARY KEY or of one INDEX, each compared by `=` with a value of the
 * left side or a constant. With `anyKey` every compared column is one, as in Flink.
 * @throws PlanError PLAN_UNSUPPORTED
 */
export function lookupKeys(node: LookupJoinNode): LookupKeys {
  const found = findKeys(node);
  if (found === undefined) throw noKeys(node);
  return found;
}

/** @returns undefined where the join has no key */
export function findKeys(node: LookupJoinNode): LookupKeys | undefined {
  const conjuncts = node.condition === undefined ? [] : conjunctsOf(node.condition);
  const candidates: Candidate[] = [];
  for (const conjunct of conjuncts) {
    const found = candidateOf(conjunct, node);
    if (found !== undefined && !candidates.some((one) => one.column === found.column)) candidates.push(found);
  }
  const chosen = (names: readonly string[]): readonly Candidate[] | undefined => {
    const all = names.map((name) => candidates.find((one) => node.table.descriptor.columns[one.column]?.name === name));
    return names.length > 0 && all.every((one) => one !== undefined) ? all : undefined;
  };
  const { descriptor, indexes = [] } = node.table;
  const primary = chosen(descriptor.primaryKey);
  const byUnique = indexes
    .filter((one) => one.unique)
    .map((one) => chosen(one.columns))
    .find(Boolean);
  const byIndex = indexes
    .filter((one) => !one.unique)
    .map((one) => chosen(one.columns))
    .find(Boolean);
  const strict = primary ?? byUnique ?? byIndex;
  const used = node.anyKey && candidates.length > 0 ? candidates : strict;
  if (used === undefined) return undefined;
  return {
    keys: used.map(({ column, value }) => ({ column, value })),
    rest: conjuncts.filter((one) => !used.some(({ conjunct, inexact }) => conjunct === one && !inexact)),
    unique: primary !== undefined || byUnique !== undefined,
  };
}

function candidateOf(conjunct: Expr, node: LookupJoinNode): Candidate | undefined {
  const found = keyEquality(conjunct, node);
  const column = found && node.outputs[found.column];
  if (found === undefined || column?.kind !== 'column') return undefined;
  return { column: column.index, value: found.value, conjunct, inexact: found.inexact };
}

function noKeys(node: LookupJoinNode): PlanError {
  const { name, descriptor, indexes = [] } = node.table;
  const keys = [
    ...(descriptor.primaryKey.length === 0 ? [] : [`PRIMARY KEY (${descriptor.primaryKey.join(', ')})`]),
    ...indexes.map((one) => `${one.unique ? 'UNIQUE INDEX' : 'INDEX'} (${one.columns.join(', ')})`),
  ];
  if (node.anyKey) {
    return new PlanError('PLAN_UNSUPPORTED', `the join compares no column of dimension table "${name}" by "="`, {
      span: node.span,
      hint: 'Rows are looked up by key: write a condition such as s.id = d.id on columns as they are, without functions.',
    });
  }
  if (keys.length === 0) {
    return new PlanError('PLAN_UNSUPPORTED', `dimension table "${name}" has no key to look it up by`, {
      span: node.span,
      hint: 'Declare PRIMARY KEY (…), UNIQUE INDEX (…) or INDEX (…) on the columns that the join compares.',
    });
  }
  return (
    computedKey(node) ??
    new PlanError('PLAN_UNSUPPORTED', `the join does not compare a whole key of dimension table "${name}"`, {
      span: node.span,
      hint: `Compare every column of ${keys.join(' or ')} by "=" with the left side or a constant.`,
    })
  );
}

/** What to say when a key column stands inside of an expression, or is converted to be compared. */
function computedKey(node: LookupJoinNode): PlanError | undefined {
  const width = node.input.schema.fields.length;
  const { name, descriptor, indexes = [] } = node.table;
  const keys = new Set([...descriptor.primaryKey, ...indexes.flatMap((one) => one.columns)]);
  for (const conjunct of node.condition === undefined ? [] : conjunctsOf(node.condition)) {
    if (conjunct.kind !== 'call' || conjunct.name !== '=') continue;
    for (const side of conjunct.args) {
      if (side.kind === 'column') continue;
      for (const index of collectColumns(side, new Set())) {
        const column = index < width ? undefined : node.outputs[index - width];
        const key = column?.kind === 'column' ? descriptor.columns[column.index] : undefined;
        if (key === undefined || !keys.has(key.name)) continue;
        const place = { span: conjunct.span ?? node.span };
        if (convertedColumn(side) !== undefined) {
          const types = `${typeName(key.type)} and is compared as ${typeName(side.type)}`;
          return new PlanError(
            'PLAN_UNSUPPORTED',
            `key column "${key.name}" of dimension table "${name}" is ${types}`,
            {
              ...place,
              hint: `Rows are found by the key as it is: write CAST(… AS ${typeName(key.type)}) on the other side.`,
            },
          );
        }
        return new PlanError(
          'PLAN_UNSUPPORTED',
          `key column "${key.name}" of dimension table "${name}" stands inside an expression`,
          { ...place, hint: `Compare "${key.name}" as it is, without functions or CAST, and convert the other side.` },
        );
      }
    }
  }
  return undefined;
}
