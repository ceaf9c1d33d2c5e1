import { describe, expect, it } from 'vitest';
import { physicalInputs, isBounded } from '../../../src/planner/physical/bounded.ts';
import type { PhysicalKind, PhysicalNode, ScanExec } from '../../../src/planner/physical/plan.ts';
import { failure, planScript } from './planning.ts';

const tables = `
CREATE TABLE t (k VARCHAR, i INT, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'random', rows = '1');
CREATE TABLE log (k VARCHAR, n BIGINT) WITH (type = 'file', path = 'o.jsonl', format = 'jsonl');
CREATE TABLE print (k VARCHAR, n BIGINT) WITH (type = 'print');
`;

function nodes(script: string): PhysicalNode[] {
  const all: PhysicalNode[] = [];
  const see = (node: PhysicalNode): void => {
    all.push(node);
    physicalInputs(node).forEach(see);
  };
  planScript(tables + script).physical.roots.forEach(see);
  return all;
}

function only<K extends PhysicalKind>(script: string, kind: K): Extract<PhysicalNode, { kind: K }> {
  const found = nodes(script).filter((one): one is Extract<PhysicalNode, { kind: K }> => one.kind === kind);
  expect(new Set(found).size).toBe(1);
  return found[0]!;
}

describe('changelog', () => {
  it('asks for -U rows only where the reader needs them', () => {
    expect(only('INSERT INTO log SELECT k, COUNT(*) FROM t GROUP BY k', 'group-aggregate').emitBefore).toBe(false);
    expect(only('INSERT INTO print SELECT k, COUNT(*) FROM t GROUP BY k', 'group-aggregate').emitBefore).toBe(true);
    expect(only('SELECT k, COUNT(*) FROM t GROUP BY k', 'group-aggregate').emitBefore).toBe(true);
  });

  it('asks for them where a filter over the aggregate may drop a row that was there', () => {
    const script = 'INSERT INTO log SELECT k, n FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k) WHERE n > 1';
    expect(only(script, 'group-aggregate').emitBefore).toBe(true);
  });

  it('keeps DISTINCT of inserts and windows insert-only', () => {
    expect(only('SELECT DISTINCT k FROM t', 'collect').changelog).toBe('insert-only');
    expect(only("SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' DAY)", 'collect').changelog).toBe(
      'insert-only',
    );
  });

  it('drops retractions with a warning under Blink and refuses the query under Flink', () => {
    const insert = 'INSERT INTO log SELECT k, COUNT(*) FROM t GROUP BY k';
    expect(only(insert, 'sink').dropRetractions).toBe(true);
    expect(planScript(tables + insert).physical.warnings).toHaveLength(1);
    expect(failure(`SET sql.compatibility = flink; ${tables}${insert}`).code).toBe('PLAN_CHANGELOG');
  });
});

describe('the time to live of state', () => {
  it('is not that of the values which a sub-query is computed for', () => {
    const query = 'SELECT k, (SELECT COUNT(*) FROM t AS u WHERE u.k = t.k AND u.v < t.v) FROM t';
    const all = nodes(`SET 'blink.state.ttl.ms' = '1000'; ${query}`);
    const lives = [...new Set(all)].flatMap((one) =>
      one.kind === 'group-aggregate' || one.kind === 'regular-join'
        ? [[one.kind, one.stateTtlMs, one.kind === 'regular-join' ? one.forever : undefined]]
        : [],
    );
    expect(lives).toEqual([
      ['regular-join', 1000, undefined],
      ['group-aggregate', 1000, undefined],
      ['regular-join', 1000, 'right'],
      ['group-aggregate', undefined, undefined],
    ]);
  });
});

describe('exchanges', () => {
  it('stand before keyed state, and gather where there is no key', () => {
    const keyed = only('SELECT k, i, COUNT(*) FROM t GROUP BY k, i', 'exchange');
    expect(keyed.distribution).toEqual({ kind: 'hash', keys: [0, 1] });
    expect(only('SELECT COUNT(*) FROM t', 'exchange').distribution).toEqual({ kind: 'single' });
  });
});

describe('reads', () => {
  it('of one table are one operator in a job', () => {
    const script = `INSERT INTO log SELECT k, v FROM t WHERE i = 1; INSERT INTO print SELECT k, i FROM t;`;
    const scan = only(script, 'scan');
    expect(scan.wanted).toEqual([0, 1, 2]);
  });

  it('cut batches by the panes of the windows above', () => {
    const spec = (script: string): ScanExec['watermark'] => only(script, 'scan').watermark;
    const hop = "SELECT COUNT(*) FROM t GROUP BY HOP(ts, INTERVAL '15' SECOND, INTERVAL '40' SECOND)";
    expect(spec(hop)).toMatchObject({ paneMs: 5000, paneOffsetMs: 0, delayMs: 1000 });
  });

  it('have no watermark where no window waits for one', () => {
    expect(only('SELECT ts FROM t', 'scan').watermark).toBeUndefined();
  });

  it('are bounded when every source is', () => {
    expect(isBounded(planScript(`${tables}SELECT k FROM t`).physical)).toBe(true);
    const endless = "CREATE TABLE e (k VARCHAR) WITH (type = 'random');";
    expect(isBounded(planScript(`${tables}${endless}SELECT k FROM t UNION ALL SELECT k FROM e`).physical)).toBe(false);
  });
});

describe('ids', () => {
  it('of operators with state do not move when a filter comes or goes', () => {
    const plain = only('INSERT INTO print SELECT k, COUNT(*) FROM t GROUP BY k', 'group-aggregate').id;
    const filtered =
      'INSERT INTO print SELECT UPPER(k), COUNT(*) + 1 FROM t WHERE i > 1 GROUP BY k HAVING COUNT(*) > 2';
    expect(only(filtered, 'group-aggregate').id).toBe(plain);
    expect(plain).toBe('print/group-aggregate-1');
  });

  it('are unique in a job', () => {
    const script = `INSERT INTO print SELECT k, COUNT(*) FROM t GROUP BY k; INSERT INTO print SELECT k, SUM(n) FROM (SELECT k, i, COUNT(*) AS n FROM t GROUP BY k, i) GROUP BY k;`;
    const all = [...new Set(nodes(script))].map((one) => one.id);
    expect(new Set(all).size).toBe(all.length);
  });
});
