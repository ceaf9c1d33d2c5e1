import type { Expr } from '../../contracts/expression.ts';
import { collectColumns, moveColumns } from '../expr-tree.ts';
import { columnsOf, filter, project } from '../logical/build.ts';
import type {
  ExpandNode,
  LogicalNode,
  LogicalRoot,
  WindowAggregateNode,
  WindowAttribute,
  WindowTableNode,
} from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import type { WindowProperty } from '../physical/plan.ts';
import type { Rule } from './rule.ts';

/**
 * `SELECT … FROM TABLE(HOP(TABLE t, …)) GROUP BY window_start, window_end, k`: the aggregation makes the windows itself,
 * by panes, and no row is copied for each of its windows. Not where something between them reads the bounds, nor where
 * panes cannot be added up.
 */
export const aggregateWindowTable: Rule = {
  name: 'aggregate-window-table',
  apply: (plan) => rewriteUp(plan, fuse) as LogicalRoot,
};

/** A node of the plan as it is without the windows. */
interface Stripped {
  readonly node: LogicalNode;
  readonly table: WindowTableNode;
  /** For each column: where it stands now, or which bound it was. */
  readonly places: readonly (number | WindowAttribute['property'])[];
  /** −1 by processing time. */
  readonly time: number;
  /** Where the key of a session stands now; −1: nowhere. */
  readonly partition: readonly number[];
}

function fuse(node: LogicalNode): LogicalNode {
  if (node.kind !== 'window-aggregate' || node.window.kind !== 'attached') return node;
  const stripped = strip(node.input);
  if (stripped === undefined) return node;
  const merges = stripped.table.window.kind !== 'tumble';
  if (merges && node.calls.some((call) => call.binding.mergeable === false)) return node;
  return fused(node, stripped);
}

function fused(node: WindowAggregateNode, stripped: Stripped): LogicalNode {
  const { node: input, table, places, time } = stripped;
  const keys: number[] = [];
  const properties: WindowProperty[] = [];
  // Where each column of the result comes from: a key, or a property.
  const outputs = node.keys.map((key): { readonly key?: number; readonly property?: number } => {
    const place = places[key]!;
    if (typeof place === 'number') return { key: keys.push(place) - 1 };
    const property = place === 'time' ? (table.processingTime ? 'proctime' : 'rowtime') : place;
    const known = properties.indexOf(property);
    return { property: known >= 0 ? known : properties.push(property) - 1 };
  });
  const reads = node.calls.flatMap((call) => [...call.args, ...(call.filter === undefined ? [] : [call.filter])]);
  if (reads.some((column) => typeof places[column] !== 'number')) return node;
  const place = (column: number): number => places[column] as number;
  if (table.window.kind === 'session') {
    const partition = new Set(stripped.partition);
    if (partition.size !== keys.length || !keys.every((key) => partition.has(key))) return node;
  }
  const calls = node.calls.map((call) => ({
    ...call,
    args: call.args.map(place),
    filter: call.filter === undefined ? undefined : place(call.filter),
  }));
  const { fields } = node.schema;
  const aggregateFields = fields.slice(node.keys.length);
  const keyFields = keys.map((_, i) => fields[outputs.findIndex((one) => one.key === i)]!);
  const propertyFields = properties.map((_, i) => fields[outputs.findIndex((one) => one.property === i)]!);
  const whole: LogicalNode = {
    ...node,
    input,
    window: table.window,
    processingTime: table.processingTime,
    timeColumn: time,
    keys,
    calls,
    properties,
    schema: { fields: [...keyFields, ...aggregateFields, ...propertyFields] },
  };
  const columns = columnsOf(whole);
  const exprs = fields.map((_, i): Expr => {
    const output = outputs[i];
    if (output === undefined) return columns[keys.length + i - node.keys.length]!;
    return columns[output.key ?? keys.length + calls.length + (output.property ?? 0)]!;
  });
  return project(
    whole,
    exprs,
    fields.map((field) => field.name),
    node.span,
  );
}

function strip(node: LogicalNode): Stripped | undefined {
  switch (node.kind) {
    case 'window-table': {
      const { input } = node;
      const places = [...input.schema.fields.map((_, i) => i), 'start', 'end', 'time'] as const;
      const time = node.processingTime ? -1 : node.timeColumn;
      return { node: input, table: node, places, time, partition: node.partition };
    }
    case 'filter': {
      const inner = strip(node.input);
      if (inner === undefined || readsBound(node.condition, inner)) return undefined;
      // A session is made of all rows of its table.
      if (inner.table.window.kind === 'session') return undefined;
      const condition = moveColumns(node.condition, (index) => inner.places[index] as number);
      return { ...inner, node: filter(inner.node, condition, node.span) };
    }
    case 'project':
      return stripProject(node);
    case 'expand':
      return stripExpand(node);
    default:
      return undefined;
  }
}

function stripProject(node: Extract<LogicalNode, { kind: 'project' }>): Stripped | undefined {
  const inner = strip(node.input);
  if (inner === undefined) return undefined;
  const exprs: Expr[] = [];
  const names: string[] = [];
  const places: (number | WindowAttribute['property'])[] = [];
  for (const [i, expr] of node.exprs.entries()) {
    const bound = expr.kind === 'column' ? inner.places[expr.index] : undefined;
    if (typeof bound === 'string') {
      places.push(bound);
      continue;
    }
    if (readsBound(expr, inner)) return undefined;
    places.push(exprs.push(moveColumns(expr, (index) => inner.places[index] as number)) - 1);
    names.push(node.schema.fields[i]!.name);
  }
  const before = columnsOf(inner.node);
  const carry = (column: number): number => {
    const found = exprs.findIndex((expr) => expr.kind === 'column' && expr.index === column);
    if (found >= 0) return found;
    names.push(`time$${names.length}`);
    return exprs.push(before[column]!) - 1;
  };
  const time = inner.time < 0 ? -1 : carry(inner.time);
  const partition = inner.partition.map((column) =>
    exprs.findIndex((expr) => expr.kind === 'column' && expr.index === column),
  );
  return { node: project(inner.node, exprs, names, node.span), table: inner.table, places, time, partition };
}

/** Grouping sets: every set has the bounds and the time. */
function stripExpand(node: ExpandNode): Stripped | undefined {
  const inner = strip(node.input);
  if (inner === undefined || inner.table.window.kind === 'session') return undefined;
  const nulled = node.nulled.map((columns) => columns.map((column) => inner.places[column]!));
  if (nulled.some((set) => set.some((place) => typeof place === 'string' || place === inner.time))) return undefined;
  const kept = inner.node.schema.fields.map((field, i) =>
    nulled.some((set) => set.includes(i)) ? { ...field, nullable: true, time: undefined } : field,
  );
  const schema = { fields: [...kept, ...node.schema.fields.slice(-1)] };
  const expand: LogicalNode = { ...node, input: inner.node, nulled: nulled as number[][], schema };
  return { ...inner, node: expand, places: [...inner.places, kept.length] };
}

function readsBound(expr: Expr, { places }: Stripped): boolean {
  return [...collectColumns(expr, new Set())].some((index) => typeof places[index] === 'string');
}
