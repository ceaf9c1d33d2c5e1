import { parseArgs } from 'node:util';
import { figureOf, type Figure, type Measure } from './measure.ts';

/** `npm run bench -- [--only P1,P4] [--json]`: the figures of the project, each a ratio or rate of one run. */
const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean', default: false } } });

const all: readonly (() => Promise<readonly Measure[]>)[] = [
  async () => (await import('./p1-decode.ts')).measures,
  async () => (await import('./p2-end-to-end.ts')).measures,
  async () => (await import('./d1-pull.ts')).measures,
  async () => (await import('./d2-producer.ts')).measures,
  async () => (await import('./o-calc.ts')).measures,
  async () => (await import('./o-operators.ts')).measures,
  async () => (await import('./o-windows.ts')).measures,
  async () => (await import('./o-rankings.ts')).measures,
  async () => (await import('./j-joins.ts')).measures,
  async () => (await import('./t-time-joins.ts')).measures,
  async () => (await import('./m-match.ts')).measures,
  async () => (await import('./v-shared-views.ts')).measures,
  async () => (await import('./p4-start.ts')).measures,
  async () => (await import('./c1-compile.ts')).measures,
  async () => (await import('./s-logservice.ts')).measures,
];

const wanted = values.only?.split(',').map((id) => id.trim().toUpperCase());
const figures: Record<string, Figure> = {};
// With --json stdout holds the object and nothing else.
const stream = values.json ? process.stderr : process.stdout;
const log = (line: string): void => void stream.write(`${line}\n`);
for (const load of all) {
  for (const measure of await load()) {
    if (wanted !== undefined && !wanted.includes(measure.id)) continue;
    log(`${measure.id}: ${measure.title}`);
    const figure = await figureOf(measure, (line) => log(`  ${line}`));
    figures[measure.id] = figure;
    log(
      `  ${figure.value} ${figure.unit} (goal ${figure.goal}, ${figure.met ? 'met' : 'not met'}; against ${figure.peer})`,
    );
  }
}
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
