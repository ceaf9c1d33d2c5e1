import type { Expr } from '../../contracts/expression.ts';
import { printExpr } from '../../expr/print.ts';
import type { Field } from '../../types/schema.ts';
import { typeName } from '../../types/sql-type.ts';
import type { AggregateCall, CorrelateExec, CorrelateSpec, SortKey, WindowSpec } from '../physical/plan.ts';

export function list(parts: readonly string[]): string {
  return `(${parts.join(', ')})`;
}

export function columns(fields: readonly Field[]): string {
  return list(fields.map((field) => `${field.name} ${typeName(field.type)}`));
}

/** `name` where a column passes unchanged, `name=expression` where not. */
export function projection(exprs: readonly Expr[], fields: readonly Field[]): string {
  return list(
    exprs.map((expr, i) => {
      const text = printExpr(expr);
      const name = fields[i]?.name ?? '';
      return text === name ? name : `${name}=${text}`;
    }),
  );
}

export function conjuncts(exprs: readonly Expr[]): string {
  return exprs.map(printExpr).join(' AND ');
}

export function keyNames(keys: readonly number[], input: readonly Field[]): string {
  return list(keys.map((key) => input[key]?.name ?? ''));
}

/** What each set leaves out. */
export function groupingSets(nulled: readonly (readonly number[])[], input: readonly Field[]): string {
  return list(nulled.map((keys) => (keys.length === 0 ? 'all' : `without ${keyNames(keys, input)}`)));
}

export function calls(all: readonly AggregateCall[], input: readonly Field[]): string {
  if (all.length === 0) return '';
  return list(
    all.map((call) => {
      const args = call.args.length === 0 ? '*' : call.args.map((arg) => input[arg]?.name ?? '').join(', ');
      const filter = call.filter === undefined ? '' : ` FILTER ${input[call.filter]?.name ?? ''}`;
      return `${call.name}(${call.distinct ? 'DISTINCT ' : ''}${args})${filter}`;
    }),
  );
}

export function windowText(window: WindowSpec, time: string, input: readonly Field[] = []): string {
  if (window.kind === 'attached') {
    return list([input[window.startColumn]?.name ?? '', input[window.endColumn]?.name ?? '']);
  }
  if (window.kind === 'session') return `SESSION${list([time, duration(window.gapMs)])}`;
  const step = window.kind === 'hop' ? [window.slideMs] : window.kind === 'cumulate' ? [window.stepMs] : [];
  const offset = window.offsetMs === 0 ? [] : [`offset ${duration(window.offsetMs)}`];
  const zone = window.zone === undefined ? [] : [`local time of ${window.zone}`];
  return `${window.kind.toUpperCase()}${list([time, ...[...step, window.sizeMs].map(duration), ...offset, ...zone])}`;
}

/** A call of a table function with the columns it gives, and those of the input that go on beside them. */
export function tableCall(
  node: Pick<CorrelateExec, 'call' | 'args' | 'joinType' | 'pass' | 'schema'> & Pick<CorrelateSpec, 'fold'>,
  input: readonly Field[],
): Readonly<Record<string, string | undefined>> {
  return {
    call: `${node.call.name}${list(node.args.map(printExpr))}`,
    gives: columns(node.schema.fields.slice(node.pass.length)),
    beside: keyNames(node.pass, input),
    type: node.fold !== undefined ? 'folded' : node.joinType === 'left' ? 'left' : undefined,
    filter: node.fold?.filter && printExpr(node.fold.filter),
    takes: node.fold === undefined || node.fold.exprs.length === 0 ? undefined : list(node.fold.exprs.map(printExpr)),
  };
}

export function sortKeys(keys: readonly SortKey[], input: readonly Field[]): string {
  if (keys.length === 0) return '';
  return list(
    keys.map(
      (key) =>
        `${input[key.column]?.name ?? ''} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`,
    ),
  );
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `90 s`, `1 min`, `250 ms`: the largest unit that divides it. */
export function duration(ms: number): string {
  for (const [name, size] of units) if (ms !== 0 && ms % size === 0) return `${ms / size} ${name}`;
  return `${ms} ms`;
}

/** `Intersect`, `ExceptAll`. */
export function setOperation({ operator, all }: { readonly operator: string; readonly all: boolean }): string {
  return `${operator[0]?.toUpperCase() ?? ''}${operator.slice(1)}${all ? 'All' : ''}`;
}
