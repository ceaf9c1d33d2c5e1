import type { Span } from '../../errors/span.ts';
import type { ParseError } from '../../errors/sluice-error.ts';
import type {
  Expression,
  FunctionArgument,
  FunctionCall,
  ItemExpression,
  LikeExpression,
  OrderItem,
  TypeName,
} from '../ast/expression.ts';
import type { GroupingItem, GroupingSets, Query, SelectQuery, TableExpression } from '../ast/query.ts';
import { syntaxErrors } from '../messages.ts';
import { expandTemplate, templateArguments } from './call-template.ts';
import type { DialectSyntax } from './dialect-syntax.ts';
import type { Marks } from './rewrite-tokens.ts';
import { last } from './last.ts';

/** What the code of a function table works with. */
export interface RewriteTools {
  readonly syntax: DialectSyntax;
  /** A call of ours from a text with `_1`, `_2` …; the clauses of the original call go to its first call. */
  fill(text: string, args: readonly Expression[], original: FunctionCall): Expression;
  refuse(what: string, span: Span, hint?: string): ParseError;
}

const commonTypes: Readonly<Record<string, string>> = {
  TEXT: 'VARCHAR',
  STRING: 'VARCHAR',
  CHAR: 'VARCHAR',
  BPCHAR: 'VARCHAR',
  CHARACTER: 'VARCHAR',
  'CHARACTER VARYING': 'VARCHAR',
  JSON: 'VARCHAR',
  JSONB: 'VARCHAR',
  UUID: 'VARCHAR',
  INT2: 'SMALLINT',
  INT4: 'INT',
  INTEGER: 'INT',
  INT8: 'BIGINT',
  SIGNED: 'BIGINT',
  UNSIGNED: 'BIGINT',
  FLOAT4: 'FLOAT',
  REAL: 'FLOAT',
  FLOAT8: 'DOUBLE',
  'DOUBLE PRECISION': 'DOUBLE',
  BOOL: 'BOOLEAN',
  NUMERIC: 'DECIMAL',
  DEC: 'DECIMAL',
  BYTEA: 'VARBINARY',
  BINARY: 'VARBINARY',
  DATETIME: 'TIMESTAMP',
  TIMESTAMPTZ: 'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP',
  'TIMESTAMP WITHOUT TIME ZONE': 'TIMESTAMP',
  'TIME WITHOUT TIME ZONE': 'TIME',
};
const sizedTypes: ReadonlySet<string> = new Set(['DECIMAL', 'VARCHAR', 'VARBINARY', 'TIMESTAMP']);

type AnyNode = Record<string, unknown> & { readonly kind?: string };

/** From a tree that holds another system's functions, types and marks to one of ours. */
export function rewriteQuery(query: Query, syntax: DialectSyntax, marks: Marks): Query {
  return new QueryRewriter(syntax, marks).map(query);
}

class QueryRewriter implements RewriteTools {
  readonly syntax: DialectSyntax;
  private readonly marks: Marks;

  constructor(syntax: DialectSyntax, marks: Marks) {
    this.syntax = syntax;
    this.marks = marks;
  }

  /** The children first: every hook sees what is ours already. */
  map<Value>(value: Value): Value {
    if (Array.isArray(value)) return value.map((item: unknown) => this.map(item)) as Value;
    if (typeof value !== 'object' || value === null) return value;
    const node: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      node[key] = key === 'span' || key === 'operatorSpan' ? child : this.map(child as unknown);
    }
    return this.node(node) as Value;
  }

  fill(text: string, args: readonly Expression[], original: FunctionCall): Expression {
    const { distinct, filter, withinGroup, over, span } = original;
    const filled = expandTemplate(text, args, { distinct, filter, withinGroup, over }, span);
    if (filled) return filled;
    throw this.refuse(`a clause behind ${nameOf(original)}()`, span);
  }

  refuse(what: string, { start, end }: Span, hint?: string): ParseError {
    return syntaxErrors.dialectPart(this.syntax.name, what, { start, end }, hint);
  }

  private node(node: AnyNode): unknown {
    switch (node.kind) {
      case 'like':
        return this.like(node as unknown as LikeExpression);
      case 'item':
        return this.item(node as unknown as ItemExpression);
      case 'binary':
        return this.binary(node as unknown as Extract<Expression, { kind: 'binary' }>);
      case 'type-name':
        return this.type(node as unknown as TypeName);
      case 'function-call':
        return this.call(node as unknown as FunctionCall);
      case 'select':
        return this.select(node as unknown as SelectQuery);
      case 'set-operation':
        return this.setTail(node as unknown as Extract<Query, { kind: 'set-operation' }>);
      case 'unnest':
      case 'table-function':
        return this.table(node as unknown as TableExpression);
      case undefined:
        return 'nullsFirst' in node && 'descending' in node ? this.order(node as unknown as OrderItem) : node;
      default:
        return node;
    }
  }

  private like(node: LikeExpression): Expression {
    const marked = this.unmark(node.pattern);
    if (!marked) return node;
    const { span } = node;
    if (marked.form === 'regexp') {
      const call = plain('REGEXP', [node.operand, marked.pattern], span);
      return node.negated ? { kind: 'not', operand: call, span } : call;
    }
    const lower = (operand: Expression): Expression =>
      operand.kind === 'string'
        ? { ...operand, value: operand.value.toLowerCase() }
        : plain('LOWER', [operand], operand.span);
    return { ...node, operand: lower(node.operand), pattern: lower(marked.pattern) };
  }

  /** Takes the plus sign away that stands for an operator, at the left end of the pattern. */
  private unmark(pattern: Expression): { pattern: Expression; form: 'ilike' | 'regexp' } | undefined {
    if (pattern.kind === 'unary') {
      const form = pattern.operator === '+' ? this.marks.like.get(pattern.span.start) : undefined;
      return form && { pattern: pattern.operand, form };
    }
    if (pattern.kind === 'chain') {
      const [first, ...others] = pattern.operands;
      const found = first && this.unmark(first);
      return found && { pattern: { ...pattern, operands: [found.pattern, ...others] }, form: found.form };
    }
    if (pattern.kind !== 'binary') return undefined;
    const found = this.unmark(pattern.left);
    return found && { pattern: { ...pattern, left: found.pattern }, form: found.form };
  }

  private binary(node: Extract<Expression, { kind: 'binary' }>): Expression {
    return this.marks.binary.has(node.operatorSpan.start) ? plain('DIV', [node.left, node.right], node.span) : node;
  }

  private item(node: ItemExpression): Expression {
    const form = this.marks.item.get(node.index.span.start);
    const { index, operand, span } = node;
    if (!form || (index.kind !== 'string' && index.kind !== 'number')) return node;
    const step =
      index.kind === 'number'
        ? `[${index.text}]`
        : index.value.startsWith('$')
          ? index.value.slice(1)
          : `.${index.value}`;
    const path: Expression = { kind: 'string', value: `$${step}`, span: index.span };
    return plain(form === 'text' ? 'JSON_VALUE' : 'JSON_QUERY', [operand, path], span);
  }

  private type(node: TypeName): TypeName {
    const name = this.syntax.types[node.name] ?? commonTypes[node.name] ?? node.name;
    const parameters = name === 'DECIMAL' && node.parameters.length === 0 ? this.syntax.plainDecimal : node.parameters;
    return { ...node, name, parameters: sizedTypes.has(name) ? parameters : [] };
  }

  private call(node: FunctionCall): Expression {
    if (node.name.length > 1) return node;
    const name = nameOf(node);
    const { functions } = this.syntax;
    const key = [`${name}/${node.args.length}`, name].find((one) => Object.hasOwn(functions, one));
    const rewrite = key === undefined ? undefined : functions[key];
    if (rewrite === undefined) return node;
    if (typeof rewrite === 'function') return rewrite(node, this);
    const args = node.args.filter(isExpression);
    if (args.length !== node.args.length || args.length < templateArguments(rewrite)) return node;
    return this.fill(rewrite, args, node);
  }

  private order(node: OrderItem): OrderItem {
    if (node.nullsFirst !== undefined || this.syntax.nulls === 'smallest') return node;
    return { ...node, nullsFirst: this.syntax.nulls === 'greatest' && node.descending };
  }

  private select(node: SelectQuery): SelectQuery {
    const groupBy = node.groupBy?.map((item) => this.groupingItem(item, node));
    const having = node.having && this.syntax.groupByAlias ? this.aliases(node.having, node) : node.having;
    const orderBy = node.orderBy.map((item) => this.ordinal(item, node));
    return { ...node, groupBy, having, orderBy };
  }

  private setTail(node: Extract<Query, { kind: 'set-operation' }>): Query {
    const [first] = node.inputs;
    if (first?.kind !== 'select') return node;
    return { ...node, orderBy: node.orderBy.map((item) => this.ordinal(item, first, true)) };
  }

  private groupingItem(item: GroupingItem, select: SelectQuery): GroupingItem {
    if (item.kind === 'grouping-sets') {
      return this.groupingSets(item, select);
    }
    return this.groupingKey(item, select);
  }

  private groupingSets(item: GroupingSets, select: SelectQuery): GroupingSets {
    const sets = item.sets.map((set) =>
      'kind' in set ? this.groupingSets(set, select) : set.map((key) => this.groupingKey(key, select)),
    );
    return { ...item, sets };
  }

  private groupingKey(key: Expression, select: SelectQuery): Expression {
    if (key.kind === 'number' && key.form === 'integer')
      return this.column(Number(key.text), select, key.span).expression;
    return this.syntax.groupByAlias ? this.alias(key, select) : key;
  }

  /** What the select list calls so; a column that the expression itself uses keeps its meaning. */
  private alias(key: Expression, select: SelectQuery): Expression {
    if (key.kind !== 'column-ref' || key.parts.length !== 1) return key;
    const wanted = key.parts[0]!.name.toLowerCase();
    for (const item of select.items) {
      if (item.kind !== 'expression-item' || item.alias?.name.toLowerCase() !== wanted) continue;
      const uses = (node: AnyNode): boolean =>
        node.kind === 'column-ref' && last(node['parts'] as { name: string }[]).name.toLowerCase() === wanted;
      if (!some(item.expression, uses) && !some(item.expression, isQuery)) return item.expression;
    }
    return key;
  }

  private aliases(expression: Expression, select: SelectQuery): Expression {
    const visit = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(visit);
      if (typeof value !== 'object' || value === null) return value;
      const node = value as AnyNode;
      if (isQuery(node)) return node;
      if (node.kind === 'column-ref') return this.alias(node as unknown as Expression, select);
      return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child)]));
    };
    return visit(expression) as Expression;
  }

  private ordinal(item: OrderItem, select: SelectQuery, byName = false): OrderItem {
    const { expression } = item;
    if (expression.kind !== 'number' || expression.form !== 'integer') return item;
    const { alias, expression: column } = this.column(Number(expression.text), select, expression.span);
    if (alias) return { ...item, expression: { kind: 'column-ref', parts: [alias], span: expression.span } };
    if (byName && column.kind !== 'column-ref') throw this.refuse('ORDER BY with the number of this column', item.span);
    return { ...item, expression: column };
  }

  private column(
    place: number,
    select: SelectQuery,
    span: Span,
  ): Extract<SelectQuery['items'][number], { kind: 'expression-item' }> {
    const item = select.items[place - 1];
    const stars = select.items.slice(0, place).some((one) => one.kind !== 'expression-item');
    if (item?.kind !== 'expression-item' || stars || some(item.expression, isQuery)) {
      throw this.refuse(`column number ${place}`, span, 'Write the expression itself.');
    }
    return item;
  }

  /** `unnest(x) AS e` names the column as well. */
  private table(node: TableExpression): TableExpression {
    if (node.kind === 'table-function' && node.call.name.length === 1) {
      const name = nameOf(node.call);
      if (name === 'unnest') {
        const operands = node.call.args.filter(isExpression);
        const { alias, span } = node;
        return this.table({ kind: 'unnest', operands, withOrdinality: false, alias, span });
      }
      if (name === 'generate_series' && node.call.args.length === 2) {
        const [from, to] = node.call.args.filter(isExpression);
        if (!from || !to) return node;
        const { span } = node;
        // there the end belongs to it
        const one: Expression = { kind: 'number', text: '1', form: 'integer', span };
        const end: Expression = { kind: 'chain', operator: '+', operands: [to, one], span };
        const alias = node.alias && { ...node.alias, columns: node.alias.columns ?? [node.alias.name] };
        return { ...node, call: { ...node.call, args: [from, end] }, lateral: true, alias };
      }
      return node;
    }
    if (node.kind !== 'unnest' || !node.alias || node.alias.columns || node.withOrdinality) return node;
    return { ...node, alias: { ...node.alias, columns: [node.alias.name] } };
  }
}

export function nameOf(call: FunctionCall): string {
  return last(call.name).name.toLowerCase();
}

export function plain(name: string, args: readonly FunctionArgument[], span: Span): FunctionCall {
  const clauses = { distinct: false, bare: false, filter: undefined, withinGroup: [], over: undefined };
  return { kind: 'function-call', name: [{ kind: 'identifier', name, quoted: false, span }], args, ...clauses, span };
}

const argumentKinds: ReadonlySet<string> = new Set([
  'star',
  'symbol',
  'type-argument',
  'table-argument',
  'descriptor',
  'named-argument',
]);

export function isExpression(argument: FunctionArgument): argument is Expression {
  return !argumentKinds.has(argument.kind);
}

const queryKinds: ReadonlySet<string> = new Set(['select', 'set-operation', 'values']);
const isQuery = (node: AnyNode): boolean => node.kind !== undefined && queryKinds.has(node.kind);

function some(value: unknown, test: (node: AnyNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  if (typeof value !== 'object' || value === null) return false;
  return test(value as AnyNode) || Object.values(value).some((child) => some(child, test));
}
