import { moveColumns } from '../expr-tree.ts';
import { ANY_VARIABLE, type MatchColumn, type MatchExpressions, type MatchSpec } from '../physical/match-plan.ts';

function columnsOf({ columns }: MatchExpressions): readonly number[] {
  return columns.flatMap((one) =>
    one.kind === 'cell'
      ? [one.column]
      : one.kind === 'aggregate'
        ? [...one.call.args, ...(one.call.filter === undefined ? [] : [one.call.filter])]
        : [],
  );
}

/** Every input column that a match reads. */
export function matchReads(spec: MatchSpec): ReadonlySet<number> {
  return new Set([
    ...spec.partition,
    ...(spec.time === 'rowtime' ? [spec.timeColumn] : []),
    ...spec.order.map((key) => key.column),
    ...(spec.within?.kind === 'column' ? [spec.within.column] : []),
    ...spec.variables.flatMap(({ local, rest }) => [
      ...(local === undefined ? [] : [local]),
      ...(rest === undefined ? [] : columnsOf(rest)),
    ]),
    ...columnsOf(spec.output),
  ]);
}

/** The same match over an input whose columns stand elsewhere. */
export function moveMatch(spec: MatchSpec, place: (column: number) => number): MatchSpec {
  const move = ({ columns, exprs }: MatchExpressions): MatchExpressions => ({
    exprs,
    columns: columns.map((one): MatchColumn => {
      if (one.kind === 'cell') return { ...one, column: place(one.column) };
      if (one.kind === 'classifier') return one;
      const { args, filter } = one.call;
      return {
        ...one,
        call: { ...one.call, args: args.map(place), filter: filter === undefined ? undefined : place(filter) },
      };
    }),
  });
  return {
    ...spec,
    partition: spec.partition.map(place),
    timeColumn: spec.time === 'rowtime' ? place(spec.timeColumn) : spec.timeColumn,
    order: spec.order.map((key) => ({ ...key, column: place(key.column) })),
    within: spec.within?.kind === 'column' ? { kind: 'column', column: place(spec.within.column) } : spec.within,
    variables: spec.variables.map((one) => ({
      ...one,
      local: one.local === undefined ? undefined : place(one.local),
      rest: one.rest && move(one.rest),
    })),
    output: move(spec.output),
  };
}

/** Only these of the columns that are put out. */
export function keepOutputs({ columns, exprs }: MatchExpressions, kept: readonly number[]): MatchExpressions {
  const keptExprs = kept.map((i) => exprs[i]!);
  const read = new Set<number>();
  for (const expr of keptExprs) moveColumns(expr, (index) => (read.add(index), index));
  const places = [...read].sort((a, b) => a - b);
  return {
    columns: places.map((i) => columns[i]!),
    exprs: keptExprs.map((expr) => moveColumns(expr, (index) => places.indexOf(index))),
  };
}

/** By output column: the partition column of the input that it is on every row of a match; undefined for others. */
export function partitionOutputs(spec: MatchSpec): readonly (number | undefined)[] {
  return spec.output.exprs.map((expr) => {
    const column = expr.kind === 'column' ? spec.output.columns[expr.index] : undefined;
    if (column?.kind !== 'cell' || !spec.partition.includes(column.column)) return undefined;
    const { variable, offset, back } = column.anchor;
    return variable === ANY_VARIABLE && offset === 0 && back === 0 ? column.column : undefined;
  });
}
