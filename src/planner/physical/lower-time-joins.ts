import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { collectColumns, conjunctsOf, moveColumns } from '../expr-tree.ts';
import { intervalJoin } from '../logical/interval-join.ts';
import { joinParts } from '../logical/join.ts';
import type { JoinNode, LogicalNode } from '../logical/plan.ts';
import { keyEquality, type LookupJoinNode, type TemporalJoinNode } from '../logical/time-joins.ts';
import { changelogOf, isIntervalJoin, isUpdating, uniqueKey } from './changelog.ts';
import { conditionOf, withKeys } from './lower-join.ts';
import { lookupKeys } from './lookup-keys.ts';
import { keyedExchange, type Lowerer } from './lowerer.ts';
import type { IntervalJoinExec, LookupJoinExec, TemporalJoinExec } from './time-joins.ts';

/** @returns undefined where the times of both sides are not bound to one another */
export function lowerIntervalJoin(node: JoinNode, lowerer: Lowerer): IntervalJoinExec | undefined {
  const found = intervalJoin(node);
  if (found === undefined || !isIntervalJoin(node)) return undefined;
  const { joinType, leftTime, rightTime, lowerMs, upperMs, processingTime, condition } = found;
  const { equalities, rest } = joinParts({ condition, left: node.left });
  const id = lowerer.id('interval-join');
  return {
    kind: 'interval-join',
    id,
    joinType,
    leftTime,
    rightTime,
    lowerMs,
    upperMs,
    processingTime,
    ...keyed({ left: node.left, right: node.right, equalities, rest }, id, lowerer),
    nullKeys: equalities.some((one) => one.nullsMatch) ? equalities.map((one) => one.nullsMatch) : undefined,
    schema: node.schema,
    changelog: 'insert-only',
    span: node.span,
  };
}

/** @throws PlanError PLAN_UNSUPPORTED without the key of the right side, PLAN_CHANGELOG */
export function lowerTemporalJoin(node: TemporalJoinNode, lowerer: Lowerer): TemporalJoinExec {
  const { joinType, times, name, left, right, span } = node;
  const conjuncts = node.condition === undefined ? [] : conjunctsOf(node.condition);
  const key = node.versionKey ?? uniqueKey(right);
  if (key === undefined || key.length === 0) {
    throw new PlanError('PLAN_UNSUPPORTED', `table "${name}" has no primary key: its rows have no versions`, {
      span,
      hint: 'Declare PRIMARY KEY (…), or join a view that keeps the last row of each key (ROW_NUMBER … = 1).',
    });
  }
  const missing = key.filter((column) => !conjuncts.some((one) => keyEquality(one, node)?.column === column));
  if (missing.length > 0) {
    const names = key.map((column) => right.schema.fields[column]!.name).join(', ');
    throw new PlanError('PLAN_UNSUPPORTED', `the join does not compare the whole primary key of table "${name}"`, {
      span,
      hint: `Compare every column of (${names}) by "=" with the left side.`,
    });
  }
  if (times !== undefined && isUpdating(left)) {
    throw new PlanError('PLAN_CHANGELOG', 'a temporal join by event time takes no left side that is updated later', {
      span,
      hint: 'Join before aggregating, or join by FOR SYSTEM_TIME AS OF PROCTIME().',
    });
  }
  const id = lowerer.id('temporal-join');
  const used = conjuncts.flatMap((one) => {
    const found = keyEquality(one, node);
    return found === undefined || !key.includes(found.column) ? [] : [{ ...found, one }];
  });
  const exact = new Set(used.flatMap(({ one, inexact }) => (inexact ? [] : [one])));
  const equalities = used.map(({ column, value }) => ({ left: value, right: columnOf(right, column) }));
  const rest = conjuncts.filter((one) => !exact.has(one));
  const sides = keyed({ left, right, equalities, rest }, id, lowerer);
  return {
    kind: 'temporal-join',
    id,
    joinType,
    times,
    ...sides,
    schema: node.schema,
    changelog: changelogOf(isUpdating(left), true),
    span,
  };
}

function columnOf(node: LogicalNode, index: number): Expr {
  const { name, type } = node.schema.fields[index]!;
  return { kind: 'column', index, name, type };
}

interface Sides {
  readonly left: LogicalNode;
  readonly right: LogicalNode;
  readonly equalities: readonly { readonly left: Expr; readonly right: Expr }[];
  /** What else must hold, over both sides. */
  readonly rest: readonly Expr[];
}

/** Both inputs with their keys as columns, and the rest of the condition. */
function keyed(
  { left, right, equalities, rest }: Sides,
  id: string,
  lowerer: Lowerer,
): Pick<IntervalJoinExec, 'left' | 'right' | 'leftKeys' | 'rightKeys' | 'condition' | 'outputs'> {
  const lefts = withKeys(
    left,
    equalities.map((one) => one.left),
  );
  const rights = withKeys(
    right,
    equalities.map((one) => one.right),
  );
  const width = left.schema.fields.length;
  const newWidth = lefts.node.schema.fields.length;
  const place = (index: number): number => (index < width ? index : index - width + newWidth);
  return {
    left: keyedExchange(lowerer.lower(lefts.node, true), lefts.keys, `${id}/left`),
    right: keyedExchange(lowerer.lower(rights.node, false), rights.keys, `${id}/right`),
    leftKeys: lefts.keys,
    rightKeys: rights.keys,
    condition: conditionOf(rest, place),
    outputs: [...left.schema.fields, ...right.schema.fields].map((_, i) => place(i)),
  };
}

/** @throws PlanError PLAN_UNSUPPORTED without a key */
export function lowerLookupJoin(node: LookupJoinNode, before: boolean, lowerer: Lowerer): LookupJoinExec {
  const { keys, rest, unique } = lookupKeys(node);
  const { table, outputs, joinType, cache, span } = node;
  const id = lowerer.id('lookup-join');
  const updating = isUpdating(node.input);
  const left = withKeys(
    node.input,
    keys.map((one) => one.value),
  );
  const read = new Set(keys.map((one) => one.column));
  for (const expr of outputs) collectColumns(expr, read);
  const wanted = [...read].sort((a, b) => a - b);
  const lowered = lowerer.lower(left.node, updating || before);
  const { options } = table.descriptor;
  const hasIndex = (table.indexes ?? []).length > 0;
  return {
    kind: 'lookup-join',
    id,
    joinType,
    input: options.bool('partitionedJoin') ? keyedExchange(lowered, left.keys, id) : lowered,
    inputWidth: node.input.schema.fields.length,
    table: table.descriptor,
    source: table.from,
    wanted,
    fetched: outputs.map((expr) => moveColumns(expr, (index) => wanted.indexOf(index))),
    keys: keys.map(({ column }, i) => ({ column, input: left.keys[i]! })),
    condition: conditionOf(rest, (index) => index),
    maxRows: unique ? 1 : hasIndex ? options.optionalInt('maxJoinRows') : undefined,
    cache,
    schema: node.schema,
    changelog: changelogOf(updating, true),
    span,
  };
}
