import type { Case } from './cases.ts';
import { dialectsOf, runCase } from './run-case.ts';

export interface Failure {
  readonly id: string;
  readonly got: string;
  readonly expected: unknown;
}

export interface Report {
  readonly pass: number;
  readonly fail: number;
  readonly skip: number;
  readonly areas: Readonly<Record<string, { readonly pass: number; readonly fail: number }>>;
  readonly failures: readonly Failure[];
}

/** Runs all cases; one that must hold under both settings counts once and passes only under both. */
export async function runAll(
  cases: readonly Case[],
  onDone: (done: number) => void = () => undefined,
): Promise<Report> {
  const areas: Record<string, { pass: number; fail: number }> = {};
  const failures: Failure[] = [];
  let pass = 0;
  for (const [i, one] of cases.entries()) {
    const area = (areas[one.area] ??= { pass: 0, fail: 0 });
    const wrong: string[] = [];
    for (const dialect of dialectsOf(one)) {
      const outcome = await runCase(one, dialect);
      if (!outcome.pass) wrong.push(`${dialect}: ${outcome.got}`);
    }
    if (wrong.length === 0) {
      pass++;
      area.pass++;
    } else {
      area.fail++;
      failures.push({ id: one.id, got: wrong.join(' | ').slice(0, 500), expected: one.expected });
    }
    onDone(i + 1);
  }
  return { pass, fail: failures.length, skip: 0, areas, failures };
}
