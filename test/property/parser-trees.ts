import fc from 'fast-check';
import type {
  Expression,
  FrameBound,
  FunctionCall,
  Identifier,
  OrderItem,
  OverClause,
  TypeName,
} from '../../src/parser/ast/expression.ts';
import type {
  CommonTable,
  GroupingItem,
  Query,
  SelectItem,
  TableAlias,
  TableExpression,
} from '../../src/parser/ast/query.ts';
import { needsQuotes } from '../../src/parser/print/names.ts';
import { patternTrees, skipTrees } from './pattern-trees.ts';

const span = { start: 0, end: 0 };
const spanKeys = new Set(['span', 'keySpan', 'valueSpan', 'tableSpan', 'operatorSpan']);

/** A tree without its spans; a name counts as quoted when it was or when it has to be. */
export function withoutSpans(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutSpans);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key]) => !spanKeys.has(key));
  const copy: Record<string, unknown> = Object.fromEntries(entries.map(([key, value]) => [key, withoutSpans(value)]));
  if (copy['kind'] === 'identifier') copy['quoted'] = copy['quoted'] === true || needsQuotes(String(copy['name']));
  return copy;
}

interface Trees {
  expression: Expression;
  call: FunctionCall;
  query: Query;
  table: TableExpression;
}

const plainNames = [
  'a',
  'b',
  'ts',
  'status',
  'name',
  'type',
  'key',
  'value',
  'count',
  'start',
  'level',
  'time',
  'day',
  '用户',
  'Ünï',
  'x1',
];
const wildNames = [
  'select',
  'Order',
  'date',
  'interval',
  'end',
  'for',
  '1-_./Ü',
  'a`b',
  'x y',
  '日 志',
  'row',
  'offset',
];

const name: fc.Arbitrary<Identifier> = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom(...plainNames) },
    { weight: 1, arbitrary: fc.constantFrom(...wildNames) },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 5 }) },
  )
  .chain((text) => fc.boolean().map((quoted): Identifier => ({ kind: 'identifier', name: text, quoted, span })));

const names = fc.array(name, { minLength: 1, maxLength: 3 });
const text = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom("it's", '--', '/*', '日志', '${x}', ';', '\n', '\\d', '"'),
);
const unit = fc.constantFrom('YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND');

const number = fc.oneof(
  fc.nat().map((value) => ({ text: String(value), form: 'integer' }) as const),
  fc
    .constantFrom('1.5', '.5', '1.', '0.000', '99999999999999999999.9')
    .map((value) => ({ text: value, form: 'decimal' }) as const),
  fc.constantFrom('1e3', '1.5E-7', '.5e+10').map((value) => ({ text: value, form: 'double' }) as const),
);

const precision = fc.option(fc.nat(9), { nil: undefined });
const interval: fc.Arbitrary<Expression> = fc.oneof(
  fc.tuple(text, fc.boolean(), unit, precision).map(([value, negative, from, digits]): Expression => ({
    kind: 'interval',
    value,
    negative,
    from: from as 'DAY',
    to: undefined,
    precision: digits,
    fractionPrecision: undefined,
    span,
  })),
  fc
    .tuple(text, fc.constantFrom(['YEAR', 'MONTH'], ['DAY', 'SECOND'], ['HOUR', 'MINUTE']), precision, precision)
    .map(([value, [from, to], digits, fraction]): Expression => ({
      kind: 'interval',
      value,
      negative: false,
      from: from as 'DAY',
      to: to as 'SECOND',
      precision: digits,
      fractionPrecision: fraction,
      span,
    })),
);

const literal: fc.Arbitrary<Expression> = fc.oneof(
  text.map((value): Expression => ({ kind: 'string', value, span })),
  number.map((value): Expression => ({ kind: 'number', ...value, span })),
  fc.constantFrom(true, false, null).map((value): Expression => ({ kind: 'boolean', value, span })),
  fc.constant<Expression>({ kind: 'null', span }),
  fc.constantFrom('', '0c', 'ff00').map((hex): Expression => ({ kind: 'binary-string', hex, span })),
  fc
    .tuple(fc.constantFrom('date', 'time', 'timestamp'), text)
    .map(([type, value]): Expression => ({ kind: 'temporal', type: type as 'date', value, span })),
  interval,
);

const column = names.map((parts): Expression => ({ kind: 'column-ref', parts, span }));

const leafTypes = fc
  .constantFrom<readonly [string, ...number[]]>(
    ['INT'],
    ['VARCHAR'],
    ['VARCHAR', 10],
    ['DECIMAL', 38, 18],
    ['TIMESTAMP', 3],
    ['TIMESTAMP WITH LOCAL TIME ZONE', 3],
    ['DOUBLE PRECISION'],
    ['INTERVAL DAY TO SECOND', 2, 3],
    ['INTERVAL MONTH'],
    ['CHAR VARYING', 5],
  )
  .map(([head, ...parameters]) => typeName(head, { parameters }));

function typeName(head: string, parts: Partial<TypeName>): TypeName {
  return { kind: 'type-name', name: head, parameters: [], arguments: [], fields: [], notNull: false, ...parts, span };
}

const type: fc.Arbitrary<TypeName> = fc.letrec<{ type: TypeName; inner: TypeName }>((tie) => ({
  inner: fc.tuple(tie('type'), fc.boolean()).map(([node, notNull]) => ({ ...node, notNull })),
  type: fc.oneof(
    { depthSize: 'small' },
    leafTypes,
    tie('inner').map((element) => typeName('ARRAY', { arguments: [element] })),
    fc.tuple(tie('inner'), tie('inner')).map(([key, value]) => typeName('MAP', { arguments: [key, value] })),
    fc
      .array(fc.record({ name, type: tie('inner') }), { minLength: 1, maxLength: 3 })
      .map((fields) => typeName('ROW', { fields })),
  ),
})).type;

const binaryOperators = ['-', '*', '/', '%', '=', '<>', '<', '<=', '>', '>='] as const;
const tests = ['null', 'true', 'false', 'unknown', 'json', 'json-scalar'] as const;
const functionNames = [
  'COUNT',
  'sum',
  'TUMBLE',
  'IF',
  'LEFT',
  'DATE',
  'coalesce',
  'my_udf',
  'Interval',
  'JSON_VALUE',
  '函数',
];
const noClauses = { distinct: false, bare: false, filter: undefined, withinGroup: [], over: undefined };

function call(head: string, args: FunctionCall['args'], more: Partial<FunctionCall> = {}): FunctionCall {
  return { kind: 'function-call', name: [identifier(head)], args, ...noClauses, ...more, span };
}

function identifier(head: string): Identifier {
  return { kind: 'identifier', name: head, quoted: false, span };
}

export const trees = fc.letrec<Trees>((tie) => {
  const expression = tie('expression') as fc.Arbitrary<Expression>;
  const query = tie('query') as fc.Arbitrary<Query>;
  const list = fc.array(expression, { minLength: 1, maxLength: 3 });
  const optional = fc.option(expression, { nil: undefined });
  const flag = fc.boolean();
  const symbol = unit.map((word) => ({ kind: 'symbol', name: word, span }) as const);
  const orderItem: fc.Arbitrary<OrderItem> = fc.record({
    expression,
    descending: flag,
    nullsFirst: fc.constantFrom(true, false, undefined),
    span: fc.constant(span),
  });
  const orderBy = fc.array(orderItem, { maxLength: 2 });
  const bound: fc.Arbitrary<FrameBound> = fc.oneof(
    fc.constantFrom<FrameBound>(
      { kind: 'unbounded-preceding', offset: undefined },
      { kind: 'current-row', offset: undefined },
      { kind: 'unbounded-following', offset: undefined },
    ),
    expression.map((offset): FrameBound => ({ kind: 'preceding', offset })),
  );
  const over: fc.Arbitrary<OverClause> = fc.record({
    name: fc.constant(undefined),
    partitionBy: fc.array(expression, { maxLength: 2 }),
    orderBy,
    frame: fc.option(
      fc.record({
        unit: fc.constantFrom('rows' as const, 'range' as const),
        start: bound,
        end: fc.option(bound, { nil: undefined }),
        span: fc.constant(span),
      }),
      { nil: undefined },
    ),
    span: fc.constant(span),
  });
  const alias: fc.Arbitrary<TableAlias | undefined> = fc.option(
    fc.record({ name, columns: fc.option(names, { nil: undefined }) }),
    { nil: undefined },
  );
  const row = list.filter((items) => items.length > 1);
  const grouping: fc.Arbitrary<GroupingItem> = fc.oneof(
    { weight: 5, arbitrary: expression },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('grouping-sets' as const),
        form: fc.constantFrom('sets' as const, 'rollup' as const, 'cube' as const),
        sets: fc.array(fc.array(expression, { maxLength: 2 }), { minLength: 1, maxLength: 3 }),
        span: fc.constant(span),
      }),
    },
  );
  const item: fc.Arbitrary<SelectItem> = fc.oneof(
    fc.constant<SelectItem>({ kind: 'star-item', span }),
    names.map((qualifier): SelectItem => ({ kind: 'qualified-star-item', qualifier, span })),
    fc
      .tuple(expression, fc.option(name, { nil: undefined }))
      .map(([node, as]): SelectItem => ({ kind: 'expression-item', expression: node, alias: as, span })),
  );
  const common: fc.Arbitrary<CommonTable> = fc.record({
    name,
    columns: fc.option(names, { nil: undefined }),
    query,
    span: fc.constant(span),
  });
  const tail = fc.record({
    with: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(common, { maxLength: 2 }) },
    ),
    orderBy,
    limit: optional,
    offset: optional,
    span: fc.constant(span),
  });
  const negated = flag;

  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      column,
      literal,
      fc
        .tuple(fc.constantFrom(...binaryOperators), expression, expression)
        .map(([operator, left, right]): Expression => ({
          kind: 'binary',
          operator,
          left,
          right,
          operatorSpan: span,
          span,
        })),
      fc
        .tuple(fc.constantFrom('AND', 'OR', '+', '||'), row)
        .map(([operator, operands]): Expression => ({ kind: 'chain', operator: operator as 'AND', operands, span })),
      fc
        .tuple(fc.constantFrom('-', '+'), expression)
        .map(([operator, operand]): Expression => ({ kind: 'unary', operator: operator as '-', operand, span })),
      expression.map((operand): Expression => ({ kind: 'not', operand, span })),
      fc
        .tuple(expression, fc.constantFrom(...tests), negated)
        .map(([operand, test, no]): Expression => ({ kind: 'is', operand, test, negated: no, span })),
      fc
        .tuple(expression, expression, negated)
        .map(([left, right, no]): Expression => ({ kind: 'is-distinct', left, right, negated: no, span })),
      fc
        .tuple(expression, expression, expression, flag, negated)
        .map(([operand, low, high, symmetric, no]): Expression => ({
          kind: 'between',
          operand,
          low,
          high,
          symmetric,
          negated: no,
          span,
        })),
      fc
        .tuple(expression, list, negated)
        .map(([operand, items, no]): Expression => ({ kind: 'in-list', operand, items, negated: no, span })),
      fc
        .tuple(expression, query, negated)
        .map(([operand, node, no]): Expression => ({ kind: 'in-query', operand, query: node, negated: no, span })),
      fc.tuple(expression, query).map(([operand, node]): Expression => ({
        kind: 'quantified',
        operand,
        operator: '<=',
        quantifier: 'all',
        query: node,
        span,
      })),
      fc
        .tuple(fc.constantFrom('like', 'similar'), expression, expression, optional, negated)
        .map(([form, operand, pattern, escape, no]): Expression => ({
          kind: 'like',
          form: form as 'like',
          operand,
          pattern,
          escape,
          negated: no,
          span,
        })),
      query.map((node): Expression => ({ kind: 'exists', query: node, span })),
      query.map((node): Expression => ({ kind: 'subquery', query: node, span })),
      fc
        .tuple(
          optional,
          fc.array(fc.record({ when: expression, then: expression }), { minLength: 1, maxLength: 2 }),
          optional,
        )
        .map(([operand, branches, otherwise]): Expression => ({ kind: 'case', operand, branches, otherwise, span })),
      fc
        .tuple(expression, type, flag)
        .map(([operand, target, safe]): Expression => ({ kind: 'cast', operand, type: target, safe, span })),
      tie('call') as fc.Arbitrary<Expression>,
      fc.array(expression, { maxLength: 3 }).map((items): Expression => ({ kind: 'row', items, span })),
      fc.array(expression, { maxLength: 3 }).map((items): Expression => ({ kind: 'array', items, span })),
      fc
        .array(fc.record({ key: expression, value: expression }), { maxLength: 2 })
        .map((entries): Expression => ({ kind: 'map', entries, span })),
      fc.tuple(expression, expression).map(([operand, index]): Expression => ({ kind: 'item', operand, index, span })),
      fc.tuple(expression, name).map(([operand, field]): Expression => ({ kind: 'field', operand, field, span })),
    ),
    call: fc.oneof(
      fc
        .tuple(fc.constantFrom(...functionNames), fc.array(expression, { maxLength: 3 }))
        .map(([head, args]) => call(head, args)),
      fc
        .record({
          distinct: flag,
          filter: optional,
          over: fc.option(over, { nil: undefined }),
          withinGroup: orderBy,
        })
        .chain((clauses) => list.map((args) => call('agg', args, clauses))),
      fc.constant(call('COUNT', [{ kind: 'star', span }])),
      fc.constantFrom('CURRENT_TIMESTAMP', 'localtime').map((head) => call(head, [], { bare: true })),
      fc.tuple(symbol, expression).map((args) => call('EXTRACT', args)),
      fc.tuple(symbol, expression, expression).map((args) => call('TimestampDiff', args)),
      fc.tuple(expression, symbol).map((args) => call('FLOOR', args)),
      fc
        .tuple(expression, expression)
        .map((args) => call('TRIM', [{ kind: 'symbol', name: 'LEADING', span }, ...args])),
      fc.tuple(expression, expression).map((args) => call('POSITION', args)),
      fc.tuple(expression, expression, expression, expression).map((args) => call('OVERLAPS', args)),
      fc
        .tuple(expression, type, expression)
        .map(([path, target, value]) =>
          call('JSON_VALUE', [
            path,
            { kind: 'symbol', name: 'RETURNING', span },
            { kind: 'type-argument', type: target, span },
            { kind: 'symbol', name: 'DEFAULT ON EMPTY', span },
            value,
            { kind: 'symbol', name: 'ERROR ON ERROR', span },
          ]),
        ),
    ),
    query: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      column.map((node): Query => ({
        kind: 'select',
        distinct: false,
        items: [{ kind: 'expression-item', expression: node, alias: undefined, span }],
        from: undefined,
        where: undefined,
        groupBy: undefined,
        having: undefined,
        windows: [],
        with: [],
        orderBy: [],
        limit: undefined,
        offset: undefined,
        span,
      })),
      fc
        .record({
          distinct: flag,
          items: fc.array(item, { minLength: 1, maxLength: 3 }),
          from: fc.option(tie('table') as fc.Arbitrary<TableExpression>, { nil: undefined }),
          where: optional,
          groupBy: fc.option(fc.array(grouping, { maxLength: 2 }), { nil: undefined }),
          having: optional,
          windows: fc.array(fc.record({ name, window: over }), { maxLength: 1 }),
          tail,
        })
        .map(({ tail: rest, ...body }): Query => ({ kind: 'select', ...body, ...rest })),
      fc
        .record({
          operator: fc.constantFrom('union' as const, 'intersect' as const, 'except' as const),
          all: flag,
          inputs: fc.array(query, { minLength: 2, maxLength: 3 }),
          tail,
        })
        .map(({ tail: rest, ...body }): Query => ({ kind: 'set-operation', ...body, ...rest })),
      fc
        .record({ rows: fc.array(list, { minLength: 1, maxLength: 2 }), tail })
        .map(({ tail: rest, ...body }): Query => ({ kind: 'values', ...body, ...rest })),
    ),
    table: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: fc.constant('table-ref' as const),
        name: names,
        systemTime: optional,
        alias,
        span: fc.constant(span),
      }),
      fc.record({ kind: fc.constant('derived-table' as const), query, lateral: flag, alias, span: fc.constant(span) }),
      fc.record({
        kind: fc.constant('table-function' as const),
        call: fc
          .tuple(name, fc.option(query, { nil: undefined }), fc.array(expression, { maxLength: 2 }))
          .map(([table, from, args]) =>
            call('HOP', [
              from === undefined
                ? { kind: 'table-argument', name: [table], partitionBy: [], span }
                : { kind: 'table-argument', name: [], query: from, partitionBy: [], span },
              { kind: 'descriptor', columns: [table], span },
              ...args,
            ]),
          ),
        lateral: flag,
        alias,
        span: fc.constant(span),
      }),
      fc.record({
        kind: fc.constant('unnest' as const),
        operands: list,
        withOrdinality: flag,
        alias,
        span: fc.constant(span),
      }),
      fc
        .record({
          type: fc.constantFrom('inner' as const, 'left' as const, 'right' as const, 'full' as const, 'semi' as const),
          left: tie('table') as fc.Arbitrary<TableExpression>,
          right: tie('table') as fc.Arbitrary<TableExpression>,
          condition: fc.oneof(expression, names, fc.constantFrom('comma', 'cross')),
        })
        .map(({ type: kind, left, right, condition }): TableExpression => {
          const base = {
            kind: 'join',
            comma: false,
            natural: false,
            left,
            right,
            on: undefined,
            using: undefined,
            span,
          } as const;
          if (typeof condition === 'string') return { ...base, type: 'cross', comma: condition === 'comma' };
          return 'kind' in condition
            ? { ...base, type: kind, on: condition }
            : { ...base, type: kind, using: condition };
        }),
      fc.record({
        kind: fc.constant('match-recognize' as const),
        input: tie('table') as fc.Arbitrary<TableExpression>,
        partitionBy: fc.array(expression, { maxLength: 2 }),
        orderBy,
        measures: fc.array(
          fc.record({
            semantics: fc.constantFrom(undefined, 'final' as const, 'running' as const),
            expression: fc.array(expression, { maxLength: 2 }).map((args) => call('LAST', args)),
            name,
            span: fc.constant(span),
          }),
          { maxLength: 2 },
        ),
        allRows: flag,
        timeoutRows: flag,
        skip: fc.option(skipTrees(name), { nil: undefined }),
        pattern: patternTrees(name),
        within: optional,
        subsets: fc.array(fc.record({ name, variables: fc.array(name, { minLength: 1, maxLength: 3 }) }), {
          maxLength: 2,
        }),
        define: fc.array(fc.record({ variable: name, condition: expression }), { maxLength: 2 }),
        alias,
        span: fc.constant(span),
      }),
    ),
  };
});
