import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import type { ICruiseResult, IForbiddenRuleType } from 'dependency-cruiser';
import { afterAll, describe, expect, it } from 'vitest';

interface LayerConfig {
  readonly forbidden: readonly (IForbiddenRuleType & { name: string })[];
  readonly options: { readonly enhancedResolveOptions: object };
}

const config = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as LayerConfig;
const folder = mkdtempSync(join(tmpdir(), 'sluice-layers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Edge = readonly [rule: string, from: string, to: string, form?: 'static' | 'type' | 'dynamic'];

/** At least one import per rule that must be refused by it. */
const planted: readonly Edge[] = [
  ['errors-import-nothing', 'src/errors/plant.ts', 'src/types/a.ts'],
  ['types-import-errors', 'src/types/plant.ts', 'src/columnar/a.ts'],
  ['columnar-imports-types', 'src/columnar/plant.ts', 'src/contracts/a.ts'],
  ['values-import-columnar', 'src/values/plant.ts', 'src/expr/a.ts'],
  ['parser-imports-errors', 'src/parser/plant.ts', 'src/types/a.ts'],
  ['parser-imports-errors', 'src/parser/plant-type.ts', 'src/planner/a.ts', 'type'],
  ['contracts-import-columnar', 'src/contracts/plant.ts', 'src/functions/a.ts'],
  ['functions-expr-formats-import-contracts', 'src/functions/plant.ts', 'src/expr/a.ts'],
  ['functions-expr-formats-import-contracts', 'src/expr/plant.ts', 'src/functions/a.ts'],
  ['functions-expr-formats-import-contracts', 'src/formats/plant.ts', 'src/wire/a.ts'],
  ['planner-gets-registries-injected', 'src/planner/plant-functions.ts', 'src/functions/catalog.ts'],
  ['planner-gets-registries-injected', 'src/planner/plant-formats.ts', 'src/formats/registry.ts'],
  ['planner-gets-registries-injected', 'src/planner/plant-connectors.ts', 'src/connectors/registry.ts'],
  ['planner-gets-registries-injected', 'src/planner/plant-lexer.ts', 'src/parser/lexer.ts'],
  ['runtime-runs-plans', 'src/runtime/plant.ts', 'src/planner/bind/a.ts'],
  ['runtime-runs-plans', 'src/runtime/plant-connector.ts', 'src/connectors/registry.ts'],
  ['wire-has-no-sockets-to-others', 'src/wire/plant.ts', 'src/contracts/a.ts'],
  ['connectors-import-contracts', 'src/connectors/x/plant.ts', 'src/runtime/a.ts'],
  ['jobs-run-runtimes', 'src/jobs/plant.ts', 'src/expr/a.ts'],
  ['logservice-shares-only-wire', 'src/logservice/plant.ts', 'src/connectors/x/index.ts'],
  ['terminal-uses-the-front-door', 'src/terminal/plant.ts', 'src/engine.ts'],
  ['dashboard-uses-the-front-door', 'src/dashboard/plant.ts', 'src/jobs/a.ts'],
  ['cli-uses-the-front-door', 'src/cli/plant.ts', 'src/planner/a.ts'],
  ['cli-uses-the-front-door', 'src/cli/plant-service.ts', 'src/logservice/a.ts'],
  ['repl-uses-the-front-door', 'repl/plant.ts', 'src/parser/lexer.ts'],
  ['engine-is-below-the-faces', 'src/engine/plant.ts', 'src/logservice/index.ts'],
  ['index-is-the-engine', 'src/index.ts', 'src/planner/a.ts'],
  ['tooling-reads-no-data', 'src/tooling.ts', 'src/runtime/a.ts'],
  ['connectors-are-islands', 'src/connectors/x/plant-other.ts', 'src/connectors/y/index.ts'],
  ['formats-are-islands', 'src/formats/csv/plant.ts', 'src/formats/jsonl/a.ts'],
  ['registries-load-connectors-lazily', 'src/connectors/plant.ts', 'src/connectors/x/source.ts'],
  ['services-load-lazily', 'src/cli/plant-eager.ts', 'src/logservice/index.ts'],
  ['services-load-lazily', 'src/cli/plant-shell.ts', 'repl/main.ts'],
  ['only-cli-starts-repl-and-dashboard', 'src/terminal/plant-shell.ts', 'repl/main.ts', 'dynamic'],
  ['heavy-packages-load-lazily', 'src/columnar/plant-arrow.ts', 'apache-arrow'],
  ['every-file-has-a-room', 'src/attic/plant.ts', 'src/errors/a.ts'],
  ['no-circular', 'src/expr/left.ts', 'src/expr/right.ts'],
  ['not-to-unresolvable', 'src/expr/plant-lost.ts', './nowhere.ts'],
  ['not-to-dev-dependency', 'src/expr/plant-dev.ts', 'esbuild'],
];

/** What makes the planted circle round; a circle is reported once, from one of its ends. */
const wayBack = ['src/expr/right.ts', 'src/expr/left.ts'] as const;

/** Imports that every rule must leave alone: a rule that refuses everything proves nothing. */
const allowed: readonly (readonly [from: string, to: string, form?: Edge[3]])[] = [
  ['src/types/ok.ts', 'src/errors/a.ts'],
  ['src/columnar/ok.ts', 'src/types/a.ts'],
  ['src/values/ok.ts', 'src/columnar/a.ts'],
  ['src/parser/ok.ts', 'src/errors/a.ts'],
  ['src/contracts/ok.ts', 'src/columnar/a.ts'],
  ['src/functions/ok.ts', 'src/values/a.ts'],
  ['src/functions/scalar/ok.ts', 'src/functions/catalog.ts'],
  ['src/formats/registry.ts', 'src/formats/csv/a.ts'],
  ['src/planner/ok.ts', 'src/parser/ast/a.ts'],
  ['src/runtime/ok.ts', 'src/planner/physical/a.ts'],
  ['src/wire/ok.ts', 'src/values/a.ts'],
  ['src/connectors/x/ok.ts', 'src/wire/a.ts'],
  ['src/connectors/x/ok-http.ts', 'undici'],
  ['src/connectors/registry.ts', 'src/connectors/x/options.ts'],
  ['src/connectors/registry-lazy.ts', 'src/connectors/x/index.ts', 'dynamic'],
  ['src/jobs/ok.ts', 'src/runtime/a.ts'],
  ['src/logservice/ok.ts', 'src/wire/a.ts'],
  ['src/terminal/ok.ts', 'src/tooling.ts'],
  ['src/dashboard/ok.ts', 'src/index.ts'],
  ['src/cli/ok.ts', 'src/terminal/a.ts'],
  ['src/cli/ok-shell.ts', 'repl/main.ts', 'dynamic'],
  ['src/cli/ok-service.ts', 'src/logservice/index.ts', 'dynamic'],
  ['repl/ok.ts', 'src/index.ts'],
  ['src/engine.ts', 'src/planner/a.ts'],
  ['src/engine/ok.ts', 'src/connectors/registry.ts'],
  ['src/index.ts', 'src/engine.ts'],
  ['src/index.ts', 'src/types/a.ts', 'type'],
  ['src/tooling.ts', 'src/planner/a.ts'],
  ['src/columnar/ok-arrow.ts', 'apache-arrow', 'dynamic'],
  ['src/columnar/ok-arrow-type.ts', 'apache-arrow', 'type'],
  ['src/parser/ast/left.ts', 'src/parser/ast/right.ts', 'type'],
  ['src/parser/ast/right.ts', 'src/parser/ast/left.ts', 'type'],
];

function importLine(from: string, to: string, form: Edge[3], index: number): string {
  const path = to.startsWith('.') || !to.includes('/') ? to : `${'../'.repeat(from.split('/').length - 1)}${to}`;
  if (form === 'dynamic') return `export const lazy${index} = () => import('${path}');\n`;
  return `import ${form === 'type' ? 'type ' : ''}{ a as a${index} } from '${path}';\nexport type { a${index} };\n`;
}

function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Lay out a small tree with the given edges and cruise it by the project's own rules. */
async function violationsOf(
  edges: readonly (readonly [from: string, to: string, form?: Edge[3]])[],
): Promise<string[]> {
  rmSync(folder, { recursive: true, force: true });
  const texts = new Map<string, string>();
  for (const [from, to, form] of edges) {
    texts.set(from, (texts.get(from) ?? '') + importLine(from, to, form, texts.size));
    if (to.includes('/') && !to.startsWith('.') && !texts.has(to)) texts.set(to, '');
  }
  for (const [path, text] of texts) write(path, `${text}export interface a { readonly b: number }\n`);
  const dependencies = { 'apache-arrow': '1.0.0', undici: '1.0.0' };
  write('package.json', JSON.stringify({ name: 'planted', dependencies, devDependencies: { esbuild: '1.0.0' } }));
  for (const name of ['apache-arrow', 'undici', 'esbuild']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'exports.a = 1;\n');
  }
  const options = Object.fromEntries(Object.entries(config.options).filter(([key]) => key !== 'tsConfig'));
  const { output } = await cruise(
    ['src', 'repl'],
    { ...options, baseDir: folder, validate: true, ruleSet: { forbidden: [...config.forbidden] } },
    config.options.enhancedResolveOptions,
  );
  const { summary } = output as ICruiseResult;
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

describe('the layer rules', () => {
  it('each have a planted import that they must refuse', () => {
    const covered = new Set(planted.map(([rule]) => rule));
    expect(config.forbidden.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
    expect([...covered].filter((name) => !config.forbidden.some((rule) => rule.name === name))).toEqual([]);
  });

  it('refuse every planted import, each by its own rule', async () => {
    const violations = await violationsOf([...planted.map(([, ...edge]) => edge), wayBack]);
    const passed = planted.filter(
      ([rule, from, to]) => !violations.some((line) => line.startsWith(`${rule}: ${from} -> `) && line.includes(to)),
    );
    expect(passed).toEqual([]);
  });

  it('refuse nothing that the table of layers allows', async () => {
    expect(await violationsOf(allowed)).toEqual([]);
  });
});
