import fc from 'fast-check';
import type { AlterTableAction } from '../../src/parser/ast/alter.ts';
import type { CreateTable, LikeClause, TableElement, WithOption } from '../../src/parser/ast/create-table.ts';
import type { Identifier, StringLiteral, TypeName } from '../../src/parser/ast/expression.ts';
import type { Explain, InsertInto, LikeFilter, ShowList, Statement } from '../../src/parser/ast/statements.ts';
import { trees } from './parser-trees.ts';

const span = { start: 0, end: 0 };
const at = fc.constant(span);

const identifier: fc.Arbitrary<Identifier> = fc
  .constantFrom('a', 'b', 'ts', 'column', 'index', 'x y', 'select', 'watermark', '表', 'a`b')
  .chain((name) => fc.boolean().map((quoted): Identifier => ({ kind: 'identifier', name, quoted, span })));
const names = fc.array(identifier, { minLength: 1, maxLength: 3 });
const text: fc.Arbitrary<StringLiteral> = fc
  .oneof(fc.string({ maxLength: 6 }), fc.constantFrom("it's", ';', '--', '\n'))
  .map((value): StringLiteral => ({ kind: 'string', value, span }));
const flag = fc.boolean();
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const type: fc.Arbitrary<TypeName> = fc
  .constantFrom<readonly [string, ...number[]]>(['INT'], ['VARCHAR'], ['DECIMAL', 10, 2], ['TIMESTAMP', 3])
  .map(([name, ...parameters]) => ({
    kind: 'type-name',
    name,
    parameters,
    arguments: [],
    fields: [],
    notNull: false,
    span,
  }));

const element: fc.Arbitrary<TableElement> = fc.oneof(
  fc
    .record({
      name: identifier,
      type,
      notNull: flag,
      header: flag,
      key: maybe(text),
      primaryKey: flag,
      comment: maybe(text),
    })
    .map(({ key, ...one }): TableElement => ({
      kind: 'physical-column',
      ...one,
      headerKey: one.header ? key : undefined,
      span,
    })),
  fc
    .record({ name: identifier, expression: trees.expression, comment: maybe(text) })
    .map((one): TableElement => ({ kind: 'computed-column', ...one, span })),
  fc
    .record({ name: maybe(identifier), column: identifier, offset: fc.nat() })
    .map(({ offset, ...one }): TableElement => ({
      kind: 'watermark',
      ...one,
      strategy: {
        kind: 'with-offset',
        column: one.column,
        offsetMs: { kind: 'number', text: String(offset), form: 'integer', span },
        span,
      },
      span,
    })),
  fc
    .record({ name: maybe(identifier), columns: names, notEnforced: flag })
    .map((one): TableElement => ({ kind: 'primary-key', ...one, span })),
  names.map((columns): TableElement => ({ kind: 'unique', columns, span })),
  fc
    .record({ name: maybe(identifier), unique: flag, columns: names })
    .map((one): TableElement => ({ kind: 'index', ...one, span })),
  fc.constant<TableElement>({ kind: 'period', span }),
);

const key = fc.constantFrom('type', 'bootstrap.servers', 'fields.x y.min', 'scan.mode', 'a-b', "k'");
const option: fc.Arbitrary<WithOption> = fc.record({ key, keySpan: at, value: text, span: at });

const like: fc.Arbitrary<LikeClause> = fc.record({
  table: names,
  rules: fc.array(
    fc.oneof(
      fc.record({
        strategy: fc.constantFrom('including' as const, 'excluding' as const),
        part: fc.constantFrom('all' as const, 'constraints' as const, 'options' as const, 'partitions' as const),
        span: at,
      }),
      fc.record({
        strategy: fc.constant('overwriting' as const),
        part: fc.constantFrom('generated' as const, 'metadata' as const, 'watermarks' as const),
        span: at,
      }),
    ),
    { maxLength: 3 },
  ),
  span: at,
});

const createTable: fc.Arbitrary<CreateTable> = fc
  .record({
    name: names,
    temporary: flag,
    orReplace: flag,
    ifNotExists: flag,
    elements: fc.array(element, { minLength: 1, maxLength: 4 }),
    comment: maybe(text),
    partitionedBy: maybe(fc.record({ columns: names, span: at })),
    options: fc.array(option, { maxLength: 2 }),
    end: fc.oneof(fc.constant(undefined), like, trees.query),
    bare: flag,
  })
  .map(({ end, bare, ...one }): CreateTable => ({
    kind: 'create-table',
    ...one,
    elements: bare && end !== undefined ? [] : one.elements,
    like: end !== undefined && 'rules' in end ? end : undefined,
    query: end !== undefined && 'kind' in end ? end : undefined,
    span,
  }));

const placed = fc.record({
  element,
  position: fc.oneof(
    fc.constant(undefined),
    fc.constant('first' as const),
    identifier.map((after) => ({ after })),
  ),
});

const action: fc.Arbitrary<AlterTableAction> = fc.oneof(
  names.map((to): AlterTableAction => ({ kind: 'rename', to })),
  fc.record({ kind: fc.constant('rename-column' as const), column: identifier, to: identifier }),
  fc.record({ kind: fc.constant('set' as const), options: fc.array(option, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    kind: fc.constant('reset' as const),
    keys: fc.array(fc.record({ key, span: at }), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constantFrom('add' as const, 'modify' as const),
    elements: fc.array(placed, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('drop-columns' as const), columns: names }),
  fc.constant<AlterTableAction>({ kind: 'drop-watermark' }),
  fc.record({ kind: fc.constant('drop-key' as const), name: maybe(identifier) }),
);

const insert: fc.Arbitrary<InsertInto> = fc
  .record({ table: names, columns: maybe(names), query: trees.query })
  .map((one): InsertInto => ({ kind: 'insert', ...one, tableSpan: span, overwrite: false, emit: [], span }));

const filter: fc.Arbitrary<LikeFilter | undefined> = maybe(fc.record({ pattern: text, negated: flag, anyCase: flag }));

const lists: readonly ShowList[] = ['tables', 'views', 'functions', 'user-functions', 'databases'];
const otherLists: readonly ShowList[] = ['connectors', 'formats', 'jobs', 'settings', 'catalogs', 'modules'];

const plain: fc.Arbitrary<Statement> = fc.oneof(
  createTable,
  fc.record({ kind: fc.constant('alter-table' as const), name: names, ifExists: flag, action, span: at }),
  fc.record({ name: names, to: fc.oneof(names, trees.query) }).map(({ name, to }): Statement => ({
    kind: 'alter-view',
    name,
    action: 'kind' in to ? { kind: 'query', query: to } : { kind: 'rename', to },
    span,
  })),
  insert,
  fc
    .array(insert, { minLength: 1, maxLength: 3 })
    .map((inserts): Statement => ({ kind: 'statement-set', inserts, span })),
  fc.record({
    kind: fc.constant('show' as const),
    what: fc.constantFrom(...lists),
    from: maybe(names),
    like: filter,
    span: at,
  }),
  fc.record({
    kind: fc.constant('show' as const),
    what: fc.constantFrom(...otherLists),
    from: fc.constant(undefined),
    like: filter,
    span: at,
  }),
  fc
    .constantFrom<ShowList>('current-catalog', 'current-database')
    .map((what): Statement => ({ kind: 'show', what, from: undefined, like: undefined, span })),
  fc.record({ kind: fc.constant('show-columns' as const), table: names, like: filter, span: at }),
  fc.record({ kind: fc.constant('describe' as const), extended: flag, name: names, span: at }),
  names.map((name): Statement => ({ kind: 'use', what: 'database', name, span })),
  identifier.map((name): Statement => ({ kind: 'use', what: 'catalog', name: [name], span })),
  fc.record({ kind: fc.constantFrom('stop-job' as const, 'describe-job' as const), job: text, span: at }),
  fc.record({
    kind: fc.constant('analyze' as const),
    table: names,
    columns: fc.oneof(fc.constant(undefined), fc.constant('all' as const), names),
    span: at,
  }),
);

/** Statements of every kind, without those of consumer groups and functions. */
export const statementTrees: fc.Arbitrary<Statement> = fc.oneof(
  { weight: 8, arbitrary: plain },
  {
    weight: 1,
    arbitrary: fc
      .record({
        stage: fc.constantFrom(undefined, 'ast' as const, 'physical' as const),
        details: fc.uniqueArray(
          fc.constantFrom(
            'changelog-mode' as const,
            'estimated-cost' as const,
            'json-execution-plan' as const,
            'plan-advice' as const,
          ),
        ),
        format: fc.constantFrom(undefined, 'text' as const, 'json' as const, 'mermaid' as const),
        statement: plain,
      })
      .map((one): Explain => ({ kind: 'explain', ...one, span })),
  },
);
