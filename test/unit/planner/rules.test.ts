import { describe, expect, it } from 'vitest';
import { explainText } from '../../../src/planner/explain.ts';
import { optimize } from '../../../src/planner/rules/optimize.ts';
import type { Rule } from '../../../src/planner/rules/rule.ts';
import { Session } from '../../../src/planner/session.ts';
import { planScript } from './planning.ts';

const tables = `
CREATE TABLE t (i INT, s VARCHAR, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'random', rows = '1');
`;

/** The optimized plan of a query, without its first line. */
function optimized(query: string): string[] {
  const text = explainText(planScript(tables + query), 'optimized');
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.slice(2));
}

describe('filters', () => {
  it('move below an aggregation where they read its keys only', () => {
    expect(optimized("SELECT * FROM (SELECT s, COUNT(*) AS n FROM t GROUP BY s) WHERE s = 'a' AND n > 1")).toEqual([
      'Project  columns=(s, n=COUNT(*))',
      '  Filter  condition=(COUNT(*) > 1)',
      '    Aggregate  keys=(s)  calls=(COUNT(*))',
      "      Filter  condition=(s = 'a')",
      '        Scan t  connector=random  columns=(s)',
    ]);
  });

  it('stay above a global aggregate, which gives a row without input too', () => {
    expect(optimized('SELECT * FROM (SELECT COUNT(*) AS n FROM t) WHERE 1 < n')[1]).toBe(
      '  Filter  condition=(1 < COUNT(*))',
    );
  });

  it('stay above a window where they read its properties', () => {
    const query = `SELECT * FROM (SELECT s, TUMBLE_START(ts, INTERVAL '1' HOUR) AS w FROM t GROUP BY s, TUMBLE(ts, INTERVAL '1' HOUR))
      WHERE w > TIMESTAMP '2020-01-01 00:00:00' AND s = 'a'`;
    const lines = optimized(query);
    expect(lines.findIndex((line) => line.includes("TIMESTAMP '2020"))).toBeLessThan(
      lines.findIndex((line) => line.includes('WindowAggregate')),
    );
    expect(lines.findIndex((line) => line.includes("s = 'a'"))).toBeGreaterThan(
      lines.findIndex((line) => line.includes('WindowAggregate')),
    );
  });

  it('stay above ORDER BY … LIMIT', () => {
    expect(optimized('SELECT * FROM (SELECT i FROM t ORDER BY i LIMIT 3) WHERE i > 1')[0]).toBe(
      'Filter  condition=(i > 1)',
    );
  });

  it('stay above a value that is not the same twice', () => {
    expect(optimized('SELECT * FROM (SELECT RAND() AS r FROM t) WHERE r > 0.5')[0]).toMatch(/^Filter/);
  });
});

describe('columns', () => {
  it('that nobody reads are not decoded', () => {
    expect(optimized('SELECT COUNT(*) FROM (SELECT i, s, v + 1 AS w FROM t)')).toEqual([
      'Project  columns=(EXPR$0=COUNT(*))',
      '  Aggregate  keys=()  calls=(COUNT(*))',
      '    Scan t  connector=random  columns=()',
    ]);
  });

  it('of calls and window properties that nobody reads go too, grouping keys stay', () => {
    const query = `SELECT n FROM (SELECT s, COUNT(*) AS n, SUM(v) AS total, TUMBLE_END(ts, INTERVAL '1' HOUR) AS e
      FROM t GROUP BY s, TUMBLE(ts, INTERVAL '1' HOUR))`;
    expect(optimized(query)).toEqual([
      'Project  columns=(n=COUNT(*))',
      '  WindowAggregate  window=TUMBLE(ts, 1 h)  keys=(s)  calls=(COUNT(*))',
      '    Scan t  connector=random  columns=(s, ts)',
    ]);
  });

  it('computed once are not computed twice by merging projections', () => {
    expect(optimized('SELECT w, w + 1 FROM (SELECT v * 2 AS w FROM t)')).toEqual([
      'Project  columns=(w, EXPR$1=(w + 1))',
      '  Project  columns=(w=(v * 2))',
      '    Scan t  connector=random  columns=(v)',
    ]);
  });
});

describe('windows of whole days', () => {
  const query = "SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' DAY)";
  it('begin at midnight of the zone', () => {
    expect(optimized(`SET blink.job.timeZone = 'Asia/Shanghai'; ${query}`)[1]).toContain(
      'TUMBLE(ts, 1 d, offset 16 h)',
    );
    expect(optimized(query)[1]).toContain('TUMBLE(ts, 1 d)');
  });

  it('keep to the local time where days have different lengths', () => {
    const berlin = `SET blink.job.timeZone = 'Europe/Berlin'; `;
    expect(optimized(`${berlin}${query}`)[1]).toContain('TUMBLE(ts, 1 d, local time of Europe/Berlin)');
    expect(planScript(`${tables}${berlin}${query}`).physical.warnings).toEqual([]);
    const often =
      "SELECT COUNT(*) FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '40' MINUTE, INTERVAL '80' MINUTE))";
    const { physical } = planScript(`${tables}${berlin}${often} GROUP BY window_start, window_end`);
    expect(physical.warnings).toHaveLength(1);
  });

  it("begin at midnight whatever their length under Flink's setting", () => {
    const half = "SELECT COUNT(*) FROM t GROUP BY HOP(ts, INTERVAL '12' HOUR, INTERVAL '1' DAY)";
    const kolkata = "SET blink.job.timeZone = 'Asia/Kolkata'; ";
    expect(optimized(`${kolkata}${half}`)[1]).toContain('HOP(ts, 12 h, 1 d)');
    expect(optimized(`${kolkata}SET sql.compatibility = 'flink'; ${half}`)[1]).toContain('offset 390 min');
  });
});

describe('a rule that changes the columns of the result', () => {
  it('is stopped by name, before anything runs with them', () => {
    const plan = planScript(`${tables}SELECT i, s FROM t`).logical[0]!;
    const other = planScript(`${tables}SELECT s, i FROM t`).logical[0]!;
    const swaps: Rule = { name: 'swap-columns', apply: () => other };
    const context = { session: new Session(), warn: () => undefined };
    expect(() => optimize([plan], context, { rules: [swaps] })).toThrow(
      'rule "swap-columns" turned (i INT, s VARCHAR) into (s VARCHAR, i INT)',
    );
  });
});
