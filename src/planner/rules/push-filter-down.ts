import type { Expr } from '../../contracts/expression.ts';
import {
  collectColumns,
  conjunction,
  conjunctsOf,
  isDeterministic,
  moveColumns,
  replaceColumns,
} from '../expr-tree.ts';
import { filter } from '../logical/build.ts';
import { partitionOutputs } from '../logical/match.ts';
import type { FilterNode, LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { inputsOf, withInputs } from '../logical/tree.ts';
import { overInput, readsInputOnly } from './push-filter-into-correlate.ts';
import { pushCondition, pushFilterIntoJoin } from './push-filter-into-join.ts';
import { readsPartitionOnly } from './push-filter-into-over.ts';
import { pushFilterIntoTimeJoin } from './push-filter-into-time-join.ts';
import type { Rule } from './rule.ts';

/**
 * Filters move towards the sources: through projections, joins and UNION ALL, together with other filters, and below
 * aggregations where they read grouping keys only (a group then passes or fails as a whole).
 *
 * Never moved: a condition on aggregates or window properties; anything below ORDER BY … LIMIT; a condition on a value
 * that is not the same twice (RAND, NOW); anything below a global aggregate, which gives a row even without input.
 * A filter below an event-time window changes no watermark: that is the maximum over every row read (D4).
 */
export const pushFilterDown: Rule = {
  name: 'push-filter-down',
  apply: (plan, { sharing }) => push(plan, sharing?.whole ?? new Set()) as LogicalRoot,
};

/** @param whole sub-plans that no filter enters, because another reader needs them without it */
function push(node: LogicalNode, whole: Whole): LogicalNode {
  const moved = node.kind === 'filter' ? pushOne(node, whole) : node.kind === 'join' ? pushCondition(node) : node;
  return withInputs(
    moved,
    inputsOf(moved).map((one) => push(one, whole)),
  );
}

type Whole = ReadonlySet<LogicalNode>;

function pushOne(node: FilterNode, whole: Whole): LogicalNode {
  const { input } = node;
  if (whole.has(input)) return node;
  const pushFilters = (into: LogicalNode, conjuncts: readonly Expr[], from: FilterNode): LogicalNode => {
    const condition = conjunction(conjuncts);
    return condition === undefined ? into : pushOne(filter(into, condition, from.span), whole);
  };
  const conjuncts = conjunctsOf(node.condition);
  switch (input.kind) {
    case 'filter': {
      const both = conjunction([...conjunctsOf(input.condition), ...conjuncts]);
      return both === undefined ? input : pushOne(filter(input.input, both, input.span), whole);
    }
    case 'project': {
      const through = (one: Expr): boolean =>
        isDeterministic(one) && [...collectColumns(one, new Set())].every((i) => isDeterministic(input.exprs[i]!));
      return split(node, conjuncts, through, (below) =>
        withInputs(input, [
          pushFilters(
            input.input,
            below.map((one) => replaceColumns(one, (index) => input.exprs[index]!)),
            node,
          ),
        ]),
      );
    }
    case 'set-operation':
      return split(node, conjuncts, isDeterministic, (below) =>
        withInputs(
          input,
          [input.left, input.right].map((one) => pushFilters(one, below, node)),
        ),
      );
    case 'union':
      return split(node, conjuncts, isDeterministic, (below) =>
        withInputs(
          input,
          input.inputs.map((one) => pushFilters(one, below, node)),
        ),
      );
    case 'aggregate':
    case 'window-aggregate': {
      const keyed = (one: Expr): boolean => {
        const columns = [...collectColumns(one, new Set())];
        return isDeterministic(one) && columns.length > 0 && columns.every((i) => i < input.keys.length);
      };
      return split(node, conjuncts, keyed, (below) =>
        withInputs(input, [
          pushFilters(
            input.input,
            below.map((one) => moveColumns(one, (index) => input.keys[index]!)),
            node,
          ),
        ]),
      );
    }
    case 'correlate':
      return split(
        node,
        conjuncts,
        (one) => readsInputOnly(input, one),
        (below) =>
          withInputs(input, [
            pushFilters(
              input.input,
              below.map((one) => overInput(input, one)),
              node,
            ),
          ]),
      );
    case 'match': {
      // Matching sees whole partitions or nothing of them.
      const places = partitionOutputs(input.spec);
      const keyed = (one: Expr): boolean => {
        const columns = [...collectColumns(one, new Set())];
        return isDeterministic(one) && columns.length > 0 && columns.every((i) => places[i] !== undefined);
      };
      const move = (one: Expr): Expr => moveColumns(one, (index) => places[index]!);
      return split(node, conjuncts, keyed, (below) =>
        withInputs(input, [pushFilters(input.input, below.map(move), node)]),
      );
    }
    case 'over':
    case 'rank':
      return split(
        node,
        conjuncts,
        (one) => readsPartitionOnly(input, one),
        (below) => withInputs(input, [pushFilters(input.input, below, node)]),
      );
    case 'join':
      return pushFilterIntoJoin(input, conjuncts, node);
    case 'lookup-join':
    case 'temporal-join':
      return pushFilterIntoTimeJoin(input, conjuncts, node);
    case 'window-table': {
      const width = input.input.schema.fields.length;
      // A session is made of all rows of its key: only whole keys may go.
      const mayRead = (index: number): boolean =>
        input.window.kind === 'session' ? input.partition.includes(index) : index < width;
      const before = (one: Expr): boolean => isDeterministic(one) && [...collectColumns(one, new Set())].every(mayRead);
      return split(node, conjuncts, before, (below) => withInputs(input, [pushFilters(input.input, below, node)]));
    }
    default:
      return node;
  }
}

/** Conjuncts that may pass go below, the others stay above. */
function split(
  node: FilterNode,
  conjuncts: readonly Expr[],
  mayPass: (one: Expr) => boolean,
  below: (passed: readonly Expr[]) => LogicalNode,
): LogicalNode {
  const passed = conjuncts.filter(mayPass);
  if (passed.length === 0) return node;
  const rest = conjunction(conjuncts.filter((one) => !mayPass(one)));
  const input = below(passed);
  return rest === undefined ? input : filter(input, rest, node.span);
}
