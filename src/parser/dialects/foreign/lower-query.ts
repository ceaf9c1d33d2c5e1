import type { Expression, OrderItem } from '../../ast/expression.ts';
import type {
  CommonTable,
  JoinTable,
  Query,
  SelectItem,
  SelectQuery,
  SetOperation,
  TableAlias,
  TableExpression,
} from '../../ast/query.ts';
import type { ForeignNode } from './guarded-parser.ts';
import { ExpressionLowering } from './lower-expression.ts';
import { isNode } from './lowering.ts';
import type { Lowering } from './lowering.ts';

const joinTypes: Readonly<Record<string, JoinTable['type']>> = {
  'INNER JOIN': 'inner',
  JOIN: 'inner',
  'LEFT JOIN': 'left',
  'RIGHT JOIN': 'right',
  'FULL JOIN': 'full',
  'CROSS JOIN': 'cross',
};

const openTail = 'ORDER BY or LIMIT before UNION without parentheses';

type Tail = Pick<Query, 'orderBy' | 'limit' | 'offset'>;

/** From node-sql-parser's SELECT to ours. */
export class QueryLowering {
  private readonly base: Lowering;
  private readonly expressions: ExpressionLowering;

  constructor(base: Lowering) {
    this.base = base;
    this.expressions = new ExpressionLowering(base, (node) => this.lower(node));
  }

  /** A SELECT and what is chained to it by UNION. */
  lower(value: unknown): Query {
    const first = this.base.node(value);
    const withTables = this.base.list(first['with']).map((item) => this.commonTable(item));
    const outer = this.tail(first['_orderby'], first['_limit']);
    let left: Query = this.select(first);
    let node = first;
    let tail = outer;
    while (isNode(node['_next'])) {
      if (!isEmpty(left) && left.kind === 'select' && node['parentheses_symbol'] !== true)
        throw this.base.refuse(openTail);
      const { operator, all } = this.setOperator(node['set_op']);
      node = node['_next'];
      let right = this.select(node);
      if (!isEmpty(right) && node['parentheses_symbol'] !== true) {
        // without parentheses ORDER BY and LIMIT of the last SELECT belong to the whole
        if (isNode(node['_next']) || !isEmpty(outer)) throw this.base.refuse(openTail);
        tail = { orderBy: right.orderBy, limit: right.limit, offset: right.offset };
        right = { ...right, orderBy: [], limit: undefined, offset: undefined };
      }
      left = this.join(left, right, operator, all);
    }
    const whole = isEmpty(tail) ? left : { ...left, ...tail };
    return withTables.length > 0 ? { ...whole, with: withTables } : whole;
  }

  private join(left: Query, right: Query, operator: SetOperation['operator'], all: boolean): SetOperation {
    const same = left.kind === 'set-operation' && left.operator === operator && left.all === all;
    const mixed = left.kind === 'set-operation' && operator === 'intersect';
    if (mixed && !same) throw this.base.refuse('INTERSECT mixed with UNION', 'Put the parts into sub-queries.');
    const inputs = same ? [...left.inputs, right] : [left, right];
    return {
      kind: 'set-operation',
      operator,
      all,
      inputs,
      with: [],
      orderBy: [],
      limit: undefined,
      offset: undefined,
      span: this.base.span,
    };
  }

  private setOperator(value: unknown): { operator: SetOperation['operator']; all: boolean } {
    const [word, quantifier] = String(value).toLowerCase().split(' ');
    if (word !== 'union' && word !== 'intersect' && word !== 'except') throw this.base.refuse(`"${String(value)}"`);
    return { operator: word, all: quantifier === 'all' };
  }

  private commonTable(value: unknown): CommonTable {
    const node = this.base.node(value);
    this.base.refuseAny(node, { recursive: 'WITH RECURSIVE' });
    const columns = this.base
      .list(node['columns'])
      .map((column) => this.base.name(isNode(column) ? column['column'] : column));
    const statement = this.base.node(node['stmt']);
    return {
      name: this.base.name(node['name']),
      columns: columns.length > 0 ? columns : undefined,
      query: this.lower(statement['ast'] ?? statement),
      span: this.base.span,
    };
  }

  private select(node: ForeignNode): SelectQuery {
    if (node['type'] !== 'select')
      throw this.base.refuse(`${String(node['type']).toUpperCase()} statements`, 'Only SELECT is taken over.');
    this.base.refuseAny(node, {
      options: 'a modifier after SELECT',
      locking_read: 'FOR UPDATE',
      window: 'WINDOW',
      collate: 'COLLATE',
    });
    if (isNode(node['into']) && node['into']['position'] !== null) throw this.base.refuse('INTO');
    return {
      kind: 'select',
      distinct: node['distinct'] === 'DISTINCT',
      items:
        node['columns'] === '*'
          ? [{ kind: 'star-item', span: this.base.span }]
          : this.base.list(node['columns']).map((item) => this.item(item)),
      from: this.from(node['from']),
      where: this.optional(node['where']),
      groupBy: this.groupBy(node['groupby']),
      having: this.optional(node['having']),
      windows: [],
      with: [],
      ...this.tail(node['orderby'], node['limit']),
      span: this.base.span,
    };
  }

  private optional(value: unknown): Expression | undefined {
    return isNode(value) ? this.expressions.lower(value) : undefined;
  }

  private item(value: unknown): SelectItem {
    const { span } = this.base;
    const node = this.base.node(value);
    const expression = this.base.node(node['expr']);
    if (expression['type'] === 'column_ref' && expression['column'] === '*') {
      const { table } = expression;
      if (table === null || table === undefined) return { kind: 'star-item', span };
      return { kind: 'qualified-star-item', qualifier: [this.base.name(table)], span };
    }
    const alias = node['as'] === null || node['as'] === undefined ? undefined : this.base.name(node['as']);
    return { kind: 'expression-item', expression: this.expressions.lower(expression), alias, span };
  }

  private groupBy(value: unknown): Expression[] | undefined {
    if (!isNode(value)) return undefined;
    if (this.base.list(value['modifiers']).some((modifier) => modifier !== null)) throw this.base.refuse('WITH ROLLUP');
    // The number of a column becomes the column when the tree is made ours.
    return this.base.list(value['columns']).map((key) => this.expressions.lower(key));
  }

  private tail(orderBy: unknown, limit: unknown): Tail {
    const items = this.base.list(orderBy).map((value): OrderItem => {
      const node = this.base.node(value);
      this.base.refuseAny(node, { nulls: 'NULLS FIRST or LAST' });
      const expression = this.expressions.lower(node['expr']);
      return { expression, descending: node['type'] === 'DESC', nullsFirst: undefined, span: this.base.span };
    });
    const amounts = isNode(limit) ? this.base.list(limit['value']).map((value) => this.expressions.lower(value)) : [];
    // `LIMIT 5, 10` names the offset first
    if (isNode(limit) && limit['seperator'] === ',') amounts.reverse();
    return { orderBy: items, limit: amounts[0], offset: amounts[1] };
  }

  private from(value: unknown): TableExpression | undefined {
    if (value === null || value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.base.refuse('a join in parentheses');
    // `FROM dual` means one row without columns, as no FROM does.
    if (value.length === 1 && isNode(value[0]) && value[0]['type'] === 'dual') return undefined;
    let lists: TableExpression | undefined;
    let group: TableExpression | undefined;
    for (const item of value) {
      const node = this.base.node(item);
      const right = this.table(node);
      if (typeof node['join'] === 'string' && group) {
        group = this.joined(node, group, right);
      } else {
        lists = this.listed(lists, group);
        group = right;
      }
    }
    return this.listed(lists, group);
  }

  private listed(left: TableExpression | undefined, right: TableExpression | undefined): TableExpression | undefined {
    if (!left || !right) return left ?? right;
    return {
      kind: 'join',
      type: 'cross',
      comma: true,
      natural: false,
      left,
      right,
      on: undefined,
      using: undefined,
      span: this.base.span,
    };
  }

  private joined(node: ForeignNode, left: TableExpression, right: TableExpression): TableExpression {
    const type = joinTypes[String(node['join']).toUpperCase().replace(' OUTER', '')];
    if (!type) throw this.base.refuse(String(node['join']));
    const on = this.optional(node['on']);
    const using = this.base.list(node['using']).map((column) => this.base.name(column));
    const kind = type === 'inner' && !on && using.length === 0 ? 'cross' : type;
    const columns = using.length > 0 ? using : undefined;
    return {
      kind: 'join',
      type: kind,
      comma: false,
      natural: false,
      left,
      right,
      on,
      using: columns,
      span: this.base.span,
    };
  }

  private table(node: ForeignNode): TableExpression {
    const { span } = this.base;
    this.base.refuseAny(node, {
      prefix: 'LATERAL',
      partition: 'PARTITION',
      tablesample: 'TABLESAMPLE',
      index_hint: 'an index hint',
    });
    const alias: TableAlias | undefined =
      node['as'] === null || node['as'] === undefined
        ? undefined
        : { name: this.base.name(node['as']), columns: undefined };
    if (isNode(node['expr'])) {
      const inner = node['expr'];
      if (!isNode(inner['ast'])) throw this.base.refuse('this table');
      return { kind: 'derived-table', query: this.lower(inner['ast']), lateral: false, alias, span };
    }
    const parts = [node['db'], node['table']].filter((part) => part !== null && part !== undefined);
    if (parts.length === 0) throw this.base.refuse('this table');
    return { kind: 'table-ref', name: parts.map((part) => this.base.name(part)), systemTime: undefined, alias, span };
  }
}

function isEmpty(tail: Tail): boolean {
  return tail.orderBy.length === 0 && !tail.limit && !tail.offset;
}
