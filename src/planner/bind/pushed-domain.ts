import type { ColumnExpr, Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { conjunction, conjunctsOf, replaceColumns } from '../expr-tree.ts';
import { columnsOf, filter, project, uniqueNames } from '../logical/build.ts';
import { correlate, foldedCorrelate } from '../logical/correlate.ts';
import { join, sameValue } from '../logical/join.ts';
import type {
  AggregateNode,
  JoinNode,
  LogicalField,
  LogicalNode,
  SortNode,
  WindowAggregateNode,
} from '../logical/plan.ts';
import { lookupJoin } from '../logical/time-joins.ts';
import { countOfNone } from './freed-query.ts';
import { fromOuter, isNextOuter, isOuter, mapFold, movedLevels, nextOuterColumns } from './outer-columns.ts';

/**
 * The plan of a sub-query for every row of a domain at once. What comes out of `below` has the columns of the node, then
 * those of the domain: the rows that the node has for these values.
 */
export class PushedDomain {
  readonly #domain: LogicalNode;
  readonly #fields: readonly LogicalField[];
  /** Of columns of the query around: their place in the domain. */
  readonly #places: ReadonlyMap<number, number>;

  /** @param columns what the columns of `domain` are in the sub-query */
  constructor(domain: LogicalNode, columns: readonly Pick<ColumnExpr, 'index'>[]) {
    this.#domain = domain;
    this.#fields = domain.schema.fields.map(({ name, type, nullable }) => ({ name, type, nullable }));
    this.#places = new Map(columns.map((column, i) => [column.index, i]));
  }

  /** @throws PlanError PLAN_UNSUPPORTED for what can only be computed once for all rows */
  below(node: LogicalNode): LogicalNode {
    if (!this.#reads(node)) return this.#pairs(movedLevels(node, -1));
    const { span } = node;
    switch (node.kind) {
      case 'project': {
        const input = this.below(node.input);
        const width = node.input.schema.fields.length;
        const exprs = [...node.exprs.map((expr) => this.#move(expr, width)), ...columnsOf(input).slice(width)];
        return project(input, exprs, this.#names(node), span);
      }
      case 'filter': {
        const input = this.below(node.input);
        return filter(input, this.#move(node.condition, node.input.schema.fields.length), span);
      }
      case 'aggregate':
        return this.#aggregate(node);
      case 'window-aggregate':
        if (node.window.kind !== 'attached') throw notForEach(node);
        return this.#aggregate(withoutWindow(node));
      case 'expand': {
        const input = this.below(node.input);
        const width = node.input.schema.fields.length;
        const { fields: own } = node.schema;
        const fields = [...own.slice(0, width), ...input.schema.fields.slice(width), ...own.slice(width)];
        return this.#last({ ...node, input, schema: { fields } }, width);
      }
      case 'union':
        return { ...node, inputs: node.inputs.map((one) => this.below(one)), schema: this.#schema(node) };
      case 'set-operation':
        return { ...node, left: this.below(node.left), right: this.below(node.right), schema: this.#schema(node) };
      case 'sort':
        return this.#sort(node);
      case 'rank': {
        const input = this.below(node.input);
        const width = node.input.schema.fields.length;
        const fields = [...input.schema.fields, ...node.schema.fields.slice(width)];
        return this.#last({ ...node, input, partition: this.#keys(node.partition, width), schema: { fields } }, width);
      }
      case 'over': {
        const input = this.below(node.input);
        const width = node.input.schema.fields.length;
        const fields = [...input.schema.fields, ...node.schema.fields.slice(width)];
        return this.#last({ ...node, input, partition: this.#keys(node.partition, width), schema: { fields } }, width);
      }
      case 'correlate': {
        const input = this.below(node.input);
        const width = node.input.schema.fields.length;
        const { call, joinType, columns, pass, fold } = node;
        if (fold !== undefined) {
          const folded = foldedCorrelate({
            input,
            call,
            args: node.args.map((arg) => this.#move(arg, width)),
            pass: this.#keys(pass, width),
            fold: mapFold(fold, (expr) => this.#beyond(expr, width)),
            span,
          });
          return this.#last(folded, pass.length);
        }
        const made = correlate({
          input,
          call,
          joinType,
          columns,
          args: node.args.map((arg) => this.#move(arg, width)),
          pass: this.#keys(pass, width),
          names: node.schema.fields.slice(pass.length).map((field) => field.name),
          span,
        });
        return this.#last(made, pass.length);
      }
      case 'lookup-join': {
        const input = this.below(node.input);
        const width = node.input.schema.fields.length;
        const condition = node.condition && this.#beyond(node.condition, width);
        return this.#last(lookupJoin({ ...node, input, condition }), width);
      }
      case 'join':
        return this.#join(node);
      default:
        throw notForEach(node);
    }
  }

  #reads(node: LogicalNode): boolean {
    return nextOuterColumns(node).length > 0;
  }

  /** Every row of what does not depend on the domain, with every row of the domain. */
  #pairs(node: LogicalNode): LogicalNode {
    if (node.kind !== 'values' || node.rows.length !== 1) {
      return join('inner', node, this.#domain, { condition: undefined, span: node.span });
    }
    if (node.schema.fields.length === 0) return this.#domain;
    const names = [...node.schema.fields, ...this.#fields].map((field) => field.name);
    return project(this.#domain, [...node.rows[0]!, ...columnsOf(this.#domain)], uniqueNames(names), node.span);
  }

  #aggregate(node: AggregateNode): LogicalNode {
    const input = this.below(node.input);
    const width = node.input.schema.fields.length;
    const keyCount = node.keys.length;
    const keys = this.#keys(node.keys, width);
    const fields = [...node.schema.fields.slice(0, keyCount), ...this.#fields, ...node.schema.fields.slice(keyCount)];
    const made: LogicalNode = { ...node, input, keys, schema: { fields } };
    if (keyCount > 0 || node.calls.length === 0) return this.#last(made, keyCount);
    // One row for each row of the domain, also where nothing came together.
    const count = this.#fields.length;
    const domain = columnsOf(this.#domain);
    const found = columnsOf(made).map((column) => ({ ...column, index: (column as ColumnExpr).index + count }));
    const condition = conjunction(domain.map((column, i) => sameValue(column, found[i]!)));
    const all = join('left', this.#domain, made, { condition, span: node.span });
    const results = found.slice(count).map((column, i) => countOfNone(column, node.calls[i]?.name));
    return project(all, [...results, ...domain], this.#names(node), node.span);
  }

  /** The first rows of each row of the domain; without LIMIT the order means nothing. */
  #sort(node: SortNode): LogicalNode {
    const input = this.below(node.input);
    if (node.limit === undefined && node.offset === 0) return input;
    return {
      kind: 'rank',
      input,
      partition: this.#keys([], node.schema.fields.length),
      order: node.keys,
      fromRank: node.offset + 1,
      toRank: node.limit === undefined ? Number.MAX_SAFE_INTEGER : node.offset + node.limit,
      rankColumn: false,
      schema: input.schema,
      span: node.span,
    };
  }

  #join(node: JoinNode): LogicalNode {
    const { joinType, span } = node;
    const conjuncts = node.condition === undefined ? [] : conjunctsOf(node.condition);
    const leftWidth = node.left.schema.fields.length;
    const width = leftWidth + node.right.schema.fields.length;
    const leftReads = this.#reads(node.left);
    const rightReads = this.#reads(node.right);
    if (!rightReads && joinType !== 'right' && joinType !== 'full') {
      const condition = conjunction(conjuncts.map((one) => this.#beyond(one, leftWidth)));
      const made = join(joinType, this.below(node.left), movedLevels(node.right, -1), { condition, span });
      return joinType === 'semi' || joinType === 'anti' ? made : this.#last(made, leftWidth);
    }
    if (!leftReads && (joinType === 'right' || joinType === 'inner')) {
      const condition = conjunction(conjuncts.map((one) => this.#move(one, width)));
      return join(joinType, movedLevels(node.left, -1), this.below(node.right), { condition, span });
    }
    const left = this.below(node.left);
    const right = this.below(node.right);
    const count = this.#fields.length;
    const all = [...columnsOf(left), ...columnsOf(right).map((one) => shifted(one, leftWidth + count))];
    const ofLeft = all.slice(leftWidth, leftWidth + count);
    const ofRight = all.slice(width + count);
    const same = ofLeft.map((one, i) => sameValue(one, ofRight[i]!));
    const condition = conjunction([...same, ...conjuncts.map((one) => this.#beyond(one, leftWidth))]);
    const made = join(joinType, left, right, { condition, span });
    if (joinType === 'semi' || joinType === 'anti') return made;
    if (joinType === 'mark') return this.#last(made, leftWidth);
    const values = {
      inner: ofLeft,
      left: ofLeft,
      right: ofRight,
      full: ofLeft.map((one, i) => either(one, ofRight[i]!)),
    };
    const exprs = [...all.slice(0, leftWidth), ...all.slice(leftWidth + count, width + count), ...values[joinType]];
    return project(made, exprs, this.#names(node), span);
  }

  /** The columns of the domain, which stand at `from`, behind all others. */
  #last(node: LogicalNode, from: number): LogicalNode {
    const to = from + this.#fields.length;
    if (to === node.schema.fields.length) return node;
    const all = columnsOf(node);
    const names = node.schema.fields.map((field) => field.name);
    const moved = <T>(list: readonly T[]): T[] => [...list.slice(0, from), ...list.slice(to), ...list.slice(from, to)];
    return project(node, moved(all), uniqueNames(moved(names)), node.span);
  }

  /** These columns, and the domain behind `width` others. */
  #keys(columns: readonly number[], width: number): readonly number[] {
    return [...columns, ...this.#fields.map((_, i) => width + i)];
  }

  #schema(node: LogicalNode): { readonly fields: readonly LogicalField[] } {
    return { fields: [...node.schema.fields, ...this.#fields] };
  }

  #names(node: LogicalNode): readonly string[] {
    return uniqueNames(this.#schema(node).fields.map((field) => field.name));
  }

  /** An expression over `width` columns and the query around; the domain stands behind the columns. */
  #move(expr: Expr, width: number): Expr {
    return replaceColumns(expr, (index, _, column) => this.#column(column, index, width));
  }

  /** The same where the domain stands between the first `width` columns and the others. */
  #beyond(expr: Expr, width: number): Expr {
    return replaceColumns(expr, (index, _, column) => {
      const inside = !isOuter(index) && index >= width;
      return inside ? { ...column, index: index + this.#fields.length } : this.#column(column, index, width);
    });
  }

  #column(column: ColumnExpr, index: number, width: number): ColumnExpr {
    if (!isOuter(index)) return column;
    // What is further out is next around from here on.
    return { ...column, index: isNextOuter(index) ? width + (this.#places.get(index) ?? 0) : fromOuter(index) };
  }
}

/** Behind a join rows do not come window by window: the bounds of windows are keys like others. */
function withoutWindow({ input, keys, calls, schema, span }: WindowAggregateNode): AggregateNode {
  const fields = schema.fields.map(({ name, type, nullable }) => ({ name, type, nullable }));
  return { kind: 'aggregate', input, keys, calls, schema: { fields }, span };
}

function shifted(column: Expr, by: number): Expr {
  return column.kind === 'column' ? { ...column, index: column.index + by } : column;
}

/** Of a row that may have been filled up with NULL on one side. */
function either(left: Expr, right: Expr): Expr {
  const { type } = left;
  const when: Expr = { kind: 'is-null', arg: left, type: { kind: 'boolean' } };
  return { kind: 'case', whens: [{ when, then: right }], otherwise: left, type };
}

const names: Partial<Record<LogicalNode['kind'], string>> = {
  'window-aggregate': 'a window of GROUP BY',
  'window-table': 'a window',
  'temporal-join': 'FOR SYSTEM_TIME AS OF',
  match: 'MATCH_RECOGNIZE',
};

function notForEach(node: LogicalNode): PlanError {
  const what = names[node.kind] ?? node.kind;
  return new PlanError('PLAN_UNSUPPORTED', `a sub-query uses a column of the query around it below ${what}`, {
    span: node.span,
    hint: 'Rows that depend on other rows come in no order of time: compare with = in WHERE of the sub-query only, or write a join.',
  });
}
