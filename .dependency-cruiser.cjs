'use strict';
// Who may import whom (CONTRIBUTING.md, "Layers"). One rule per room; a room that is not named in a rule's list of
// allowed targets is refused, so a new folder has to be entered here before anybody can use it.
// test/unit/repo/layers.test.ts plants a forbidden import per rule and sees each refused.

const everything = '^(src|repl)/';
const src = (...rooms) => `^src/(${rooms.join('|')})`;

/** `from` may import itself and `allowed` (regular expressions below src/), nothing else of ours. */
const room = (name, from, comment, allowed, own = `${from}/`) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^src/${from}/` },
  to: { path: everything, pathNot: src(own, ...allowed) },
});

const values = ['columnar/', 'types/', 'errors/'];
const physicalPlan = 'planner/physical(/|\\.ts$)';
const frontDoor = ['index\\.ts$', 'tooling\\.ts$', 'terminal/', 'errors/'];

const rooms = [
  room('errors-import-nothing', 'errors', 'errors is the ground floor', []),
  room('types-import-errors', 'types', 'types know only errors', ['errors/']),
  room('columnar-imports-types', 'columnar', 'columns know types and errors', ['types/', 'errors/']),
  room('values-import-columnar', 'values', 'text <-> value knows columns, types and errors', values),
  room('parser-imports-errors', 'parser', 'the parser knows nothing of types, tables or connectors', ['errors/']),
  room('contracts-import-columnar', 'contracts', 'contracts speak of columns and types only', values),
  room(
    'functions-expr-formats-import-contracts',
    '(functions|expr|formats)',
    'functions, expressions and formats know contracts and below, not each other',
    ['contracts/', 'values/', ...values],
    '$1/',
  ),
  room('planner-gets-registries-injected', 'planner', 'the planner reads the AST; registries arrive as arguments', [
    'parser/ast(/|\\.ts$)',
    'expr/',
    'contracts/',
    'types/',
    'errors/',
  ]),
  room('runtime-runs-plans', 'runtime', 'the runtime knows the physical plan, never the SQL', [
    physicalPlan,
    'expr/',
    'contracts/',
    // Windows of local time need the calendar and the clock changes of a zone, not the texts of values.
    'values/(civil-date|zone)\\.ts$',
    ...values,
  ]),
  room('wire-has-no-sockets-to-others', 'wire', 'codecs know columns and values', ['values/', ...values]),
  room('connectors-import-contracts', 'connectors', 'connectors see contracts, formats and wire, never the runtime', [
    'contracts/',
    'formats/',
    'wire/',
    'values/',
    ...values,
  ]),
  room('jobs-run-runtimes', 'jobs', 'jobs start the runtime with a physical plan', [
    'runtime/',
    physicalPlan,
    'contracts/',
    ...values,
  ]),
  room('logservice-shares-only-wire', 'logservice', 'client and server share nothing but the codecs', [
    'wire/',
    'errors/',
  ]),
  room('terminal-uses-the-front-door', 'terminal', 'the terminal is a guest of the public API', frontDoor),
  room('dashboard-uses-the-front-door', 'dashboard', 'the dashboard is a guest of the public API', frontDoor),
  room('cli-uses-the-front-door', 'cli', 'commands are guests of the public API and start the services', [
    ...frontDoor,
    'logservice/index\\.ts$',
    'dashboard/server\\.ts$',
  ]),
];
// The command line is the one room that reaches the shell, which lies outside src.
rooms.at(-1).to.pathNot += '|^repl/main\\.ts$';

module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'repl-uses-the-front-door',
      severity: 'error',
      comment: 'the shell is a guest of the public API',
      from: { path: '^repl/' },
      to: { path: everything, pathNot: `^repl/|${src(...frontDoor)}` },
    },
    {
      name: 'engine-is-below-the-faces',
      severity: 'error',
      comment: 'the composition root knows all rooms but the log service and the faces',
      from: { path: '^src/engine(\\.ts$|/)' },
      to: { path: '^(repl/|src/(logservice|terminal|cli|dashboard)/|src/(index|tooling)\\.ts$)' },
    },
    {
      name: 'index-is-the-engine',
      severity: 'error',
      comment: 'the public API is the engine, the errors and types; code of other rooms stays inside',
      from: { path: '^src/index\\.ts$' },
      to: { path: everything, pathNot: src('engine\\.ts$', 'engine/', 'errors/'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tooling-reads-no-data',
      severity: 'error',
      comment: 'tokens, completion and explain need parser, planner and the list of functions, no runtime',
      from: { path: '^src/tooling\\.ts$' },
      to: {
        path: everything,
        pathNot: src('parser/', 'planner/', 'functions/catalog\\.ts$', 'errors/'),
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'connectors-are-islands',
      severity: 'error',
      comment: 'one connector never imports another; what two need belongs to contracts, formats or wire',
      from: { path: '^src/connectors/([^/]+)/' },
      to: { path: '^src/(connectors/[^/]+/|runtime|planner|parser|jobs)', pathNot: '^src/connectors/$1/' },
    },
    {
      name: 'formats-are-islands',
      severity: 'error',
      comment: 'one format never imports another; what two need is a file of src/formats itself',
      from: { path: '^src/formats/([^/]+)/' },
      to: { path: '^src/formats/[^/]+/', pathNot: '^src/formats/$1/' },
    },
    {
      name: 'registries-load-connectors-lazily',
      severity: 'error',
      comment: 'a connector is loaded when a table needs it; only its entry (index.ts) and options are known before',
      from: { path: '^src/', pathNot: '^src/connectors/[^/]+/' },
      to: {
        path: '^src/connectors/[^/]+/',
        pathNot: '^src/connectors/[^/]+/(index|[^/]*options)\\.ts$',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'services-load-lazily',
      severity: 'error',
      comment: 'shell, dashboard and log service cost no start time of the other commands',
      from: { path: '^src/cli/' },
      to: {
        path: '^(repl/main|src/dashboard/server|src/logservice/index)\\.ts$',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'only-cli-starts-repl-and-dashboard',
      severity: 'error',
      comment: 'repl/main.ts and dashboard/server.ts are programs, not libraries',
      from: { path: everything, pathNot: '^(src/cli/)' },
      to: { path: '^(repl/main|src/dashboard/server)\\.ts$' },
    },
    {
      name: 'heavy-packages-load-lazily',
      severity: 'error',
      comment: 'these cost 20 to 50 ms of start each; rooms that are themselves loaded on demand may name them',
      from: { path: everything, pathNot: '^src/(connectors/[^/]+|logservice)/' },
      to: {
        path: 'node_modules/(apache-arrow|undici|protobufjs|node-sql-parser|lz4-napi|fzstd)/',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'every-file-has-a-room',
      severity: 'error',
      comment: 'a new folder below src needs a row in this file first',
      from: {
        path: everything,
        pathNot:
          '^repl/|^src/((engine|index|tooling)\\.ts$|(engine|errors|types|columnar|values|parser|contracts|functions|expr|formats|planner|runtime|wire|connectors|jobs|logservice|terminal|cli|dashboard)/)',
      },
      to: { path: everything },
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'modules that need each other are one module; types may refer to each other',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      comment: 'an import that leads nowhere hides from every other rule',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-dev-dependency',
      severity: 'error',
      comment: 'what ships needs only dependencies and optionalDependencies',
      from: { path: everything },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // imports of types count too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
