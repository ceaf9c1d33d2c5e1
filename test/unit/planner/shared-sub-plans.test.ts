import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';
import { explainJson, explainText } from '../../../src/planner/explain.ts';
import { physicalInputs } from '../../../src/planner/physical/bounded.ts';
import type { PhysicalKind, PhysicalNode } from '../../../src/planner/physical/plan.ts';
import { planScript } from './planning.ts';

const tables = `
CREATE TABLE t (k VARCHAR, i INT, v BIGINT, ts TIMESTAMP, p AS PROCTIME(), WATERMARK FOR ts AS withOffset(ts, 1000))
WITH (type = 'random', rows = '1');
CREATE TABLE d (k VARCHAR, n BIGINT) WITH (type = 'random', rows = '1');
CREATE TABLE log (k VARCHAR, n BIGINT) WITH (type = 'file', path = 'o.jsonl', format = 'jsonl');
CREATE TABLE o (k VARCHAR, n BIGINT) WITH (type = 'print');
CREATE TABLE x (n BIGINT) WITH (type = 'print');
`;

/** The operators of a job, each once. */
function operators(script: string): readonly PhysicalNode[] {
  const seen = new Set<PhysicalNode>();
  const see = (node: PhysicalNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    physicalInputs(node).forEach(see);
  };
  planScript(tables + script).physical.roots.forEach(see);
  return [...seen];
}

function all<K extends PhysicalKind>(script: string, kind: K): readonly Extract<PhysicalNode, { kind: K }>[] {
  return operators(script).filter((one): one is Extract<PhysicalNode, { kind: K }> => one.kind === kind);
}

const off = "SET 'table.optimizer.reuse-sub-plan-enabled' = 'false';";
const counted = 'CREATE VIEW c AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY k;';
const windowed = `CREATE VIEW w AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);`;

describe('sub-plans that several readers have in common', () => {
  it('run once for INSERTs that read other columns of a view', () => {
    const [one, ...others] = all(
      `${windowed} INSERT INTO o SELECT k, n FROM w; INSERT INTO o SELECT k, s FROM w; INSERT INTO x SELECT n + s FROM w;`,
      'window-aggregate',
    );
    expect(others).toEqual([]);
    expect(one!.calls.map((call) => call.name)).toEqual(['COUNT', 'SUM']);
  });

  it('keep no column that no reader reads', () => {
    const [one] = all(
      `${windowed} INSERT INTO o SELECT k, n FROM w; INSERT INTO x SELECT n FROM w;`,
      'window-aggregate',
    );
    expect(one!.calls.map((call) => call.name)).toEqual(['COUNT']);
  });

  it('run once in one query', () => {
    expect(all(`${counted} SELECT a.k, a.n, b.s FROM c AS a JOIN c AS b ON a.n = b.n`, 'group-aggregate')).toHaveLength(
      1,
    );
    const common = 'WITH q AS (SELECT k, MAX(v) AS m FROM t GROUP BY k) SELECT k FROM q UNION ALL SELECT k FROM q';
    expect(all(common, 'group-aggregate')).toHaveLength(1);
  });

  it('are found where the texts are not the same', () => {
    const script = `INSERT INTO o SELECT k, COUNT(*) FROM t WHERE i > 1 GROUP BY k;
      INSERT INTO o SELECT q.key, q.c FROM (SELECT k AS key, COUNT(*) AS c FROM t AS r WHERE r.i > 1 GROUP BY k) AS q;`;
    expect(all(script, 'group-aggregate')).toHaveLength(1);
  });

  it('are joins, rankings, matches, DISTINCT and set operations too', () => {
    const twice = (query: string): string =>
      `CREATE VIEW q AS ${query}; INSERT INTO o SELECT * FROM q; INSERT INTO x SELECT n FROM q;`;
    const top =
      'SELECT k, v AS n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY i ORDER BY v DESC) AS r FROM t) WHERE r <= 3';
    const match = `SELECT k, n FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES A.v AS n PATTERN (A B) DEFINE A AS A.i > 1)`;
    expect(all(twice('SELECT t.k, d.n FROM t JOIN d ON t.k = d.k'), 'regular-join')).toHaveLength(1);
    expect(all(twice(top), 'rank')).toHaveLength(1);
    expect(all(twice(match), 'match')).toHaveLength(1);
    expect(all(twice('SELECT DISTINCT k, v AS n FROM t'), 'group-aggregate')).toHaveLength(1);
    expect(all(twice('SELECT k, v AS n FROM t EXCEPT SELECT k, n FROM d'), 'set-operation')).toHaveLength(1);
  });

  it('give a join the columns that any of its readers reads', () => {
    const joined = 'CREATE VIEW j AS SELECT t.k, t.v, t.i, d.n FROM t JOIN d ON t.k = d.k;';
    const [one, ...others] = all(
      `${joined} INSERT INTO o SELECT k, n FROM j; INSERT INTO x SELECT v FROM j;`,
      'regular-join',
    );
    expect(others).toEqual([]);
    expect(one!.schema.fields.map((field) => field.name)).toEqual(['k', 'v', 'n']);
  });

  it('send -U where one of their readers needs them', () => {
    const log = 'INSERT INTO log SELECT k, n FROM c;';
    expect(all(`${counted} ${log}`, 'group-aggregate').map((one) => one.emitBefore)).toEqual([false]);
    for (const script of [`${log} INSERT INTO o SELECT k, n FROM c;`, `INSERT INTO o SELECT k, n FROM c; ${log}`]) {
      expect(all(counted + script, 'group-aggregate').map((one) => one.emitBefore)).toEqual([true]);
    }
  });

  it('are windows by processing time too: a row has one for all readers', () => {
    const view = `CREATE VIEW w AS SELECT k, COUNT(*) AS n FROM t GROUP BY k, TUMBLE(p, INTERVAL '1' MINUTE);`;
    expect(
      all(`${view} INSERT INTO o SELECT * FROM w; INSERT INTO x SELECT n FROM w;`, 'window-aggregate'),
    ).toHaveLength(1);
  });

  it('are each INSERT for itself where a setting says so', () => {
    const script = `${windowed} ${off} INSERT INTO o SELECT k, n FROM w; INSERT INTO o SELECT k, n FROM w;`;
    expect(all(script, 'window-aggregate')).toHaveLength(2);
  });
});

describe('filters above what several read', () => {
  it('stay there where another reader needs all of it', () => {
    const script = `${windowed} INSERT INTO o SELECT k, n FROM w WHERE k = 'a'; INSERT INTO o SELECT k, s FROM w;`;
    expect(all(script, 'window-aggregate')).toHaveLength(1);
    expect(all(script, 'calc').map((one) => one.filter !== undefined)).toContain(true);
  });

  it('go down where every reader has the same, or each has another', () => {
    const same = `${windowed} INSERT INTO o SELECT k, n FROM w WHERE k = 'a'; INSERT INTO x SELECT s FROM w WHERE k = 'a';`;
    expect(all(same, 'window-aggregate')).toHaveLength(1);
    expect(all(same, 'window-aggregate')[0]!.input).toMatchObject({ input: { kind: 'calc', filter: {} } });
    const other = `${windowed} INSERT INTO o SELECT k, n FROM w WHERE k = 'a'; INSERT INTO x SELECT s FROM w WHERE k = 'b';`;
    expect(all(other, 'window-aggregate')).toHaveLength(2);
  });

  it('go down where the readers have nothing in common above the filter', () => {
    const top = (n: number): string =>
      `SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS r FROM t) WHERE r <= ${n}`;
    const script = `INSERT INTO o ${top(2)} AND k = 'a'; INSERT INTO o ${top(3)};`;
    const rank = all(script, 'rank').find((one) => one.toRank === 2);
    expect(rank!.input).toMatchObject({ input: { kind: 'calc', filter: {} } });
  });
});

describe('what is not shared', () => {
  it('is what RAND, UUID or NOW has gone into; what lies below is', () => {
    for (const call of ['RAND()', 'CHAR_LENGTH(UUID())', 'NOW()']) {
      const view = `CREATE VIEW r AS SELECT k, MAX(q) AS n FROM (SELECT k, COUNT(*) + ${call} AS q FROM t GROUP BY k) GROUP BY k;`;
      const script = `${view} INSERT INTO x SELECT CAST(n AS BIGINT) FROM r; INSERT INTO x SELECT CAST(n AS BIGINT) + 1 FROM r;`;
      expect(
        all(script, 'group-aggregate')
          .map((one) => one.calls[0]!.name)
          .sort(),
      ).toEqual(['COUNT', 'MAX', 'MAX']);
    }
  });

  it('is bound under other settings', () => {
    const insert = "INSERT INTO o SELECT DATE_FORMAT(ts, 'HH'), COUNT(*) FROM t GROUP BY DATE_FORMAT(ts, 'HH');";
    expect(all(insert + insert, 'group-aggregate')).toHaveLength(1);
    expect(all(`${insert} SET blink.job.timeZone = 'Asia/Shanghai'; ${insert}`, 'group-aggregate')).toHaveLength(2);
  });

  it('is a ranking for readers without its rank, which others see move', () => {
    const view =
      'CREATE VIEW q AS SELECT k, r FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY i ORDER BY v DESC) AS r FROM t) WHERE r <= 3;';
    const script = `${view} INSERT INTO o SELECT k, r FROM q; INSERT INTO o (k) SELECT k FROM q;`;
    expect(
      all(script, 'rank')
        .map((one) => one.rankColumn)
        .sort(),
    ).toEqual([false, true]);
  });

  it('is OVER for a reader of no call, whose rows do not wait for their time', () => {
    const view = 'CREATE VIEW q AS SELECT k, v, COUNT(*) OVER (PARTITION BY k ORDER BY ts) AS n FROM t;';
    const script = `${view} INSERT INTO o SELECT k, n FROM q; INSERT INTO x SELECT n FROM q; INSERT INTO x SELECT v FROM q;`;
    expect(all(script, 'over')).toHaveLength(1);
    const [, , sink] = all(script, 'sink');
    expect(sink!.input).toMatchObject({ kind: 'calc', input: { kind: 'scan' } });
  });

  it('is an updated row for tables that write every update: a column more would be rows more', () => {
    const script = `${counted} INSERT INTO log SELECT k, n FROM c; INSERT INTO log SELECT k, s FROM c;`;
    expect(all(script, 'group-aggregate').map((one) => one.calls.length)).toEqual([1, 1]);
    expect(
      all(`${counted} INSERT INTO log SELECT k, n FROM c; INSERT INTO log SELECT k, n FROM c;`, 'group-aggregate'),
    ).toHaveLength(1);
  });

  it('is what cost nothing: to pick columns of a read', () => {
    expect(all('INSERT INTO o SELECT k, v FROM t; INSERT INTO o SELECT k, v FROM t;', 'calc')).toHaveLength(2);
    expect(all('INSERT INTO o SELECT k, v + 1 FROM t; INSERT INTO o SELECT k, v + 1 FROM t;', 'calc')).toHaveLength(1);
  });
});

describe('functions of users', () => {
  const job = `BEGIN STATEMENT SET;
    INSERT INTO o SELECT n FROM q; INSERT INTO o SELECT n + 1 FROM q; END;`;

  async function aggregates(setUp: (engine: Engine) => Promise<void>): Promise<number> {
    const engine = await Engine.open();
    try {
      await setUp(engine);
      const text = await engine.explain(`CREATE TABLE t (k INT) WITH (type = 'random', rows = '1');
        CREATE TABLE o (n BIGINT) WITH (type = 'print'); ${view} ${job}`);
      return text.split('\n').filter((line) => /Aggregate(?!.*same as above)/.test(line)).length;
    } finally {
      await engine.close();
    }
  }
  const view = 'CREATE VIEW q AS SELECT f(k) AS k, COUNT(*) AS n FROM t GROUP BY f(k);';
  const scalar = { name: 'f', args: ['INT'], returns: 'INT', row: (k: number) => k };

  it('are shared unless they say that they vary', async () => {
    expect(await aggregates(async (engine) => engine.registerFunction(scalar))).toBe(1);
    expect(await aggregates(async (engine) => engine.registerFunction({ ...scalar, deterministic: false }))).toBe(2);
  });
});

describe('ids of operators', () => {
  const script = `${windowed} ${counted}
    INSERT INTO o SELECT k, n FROM w; INSERT INTO o SELECT k, s FROM w;
    INSERT INTO x SELECT COUNT(DISTINCT w.k) FROM w JOIN (SELECT k FROM t GROUP BY k) AS g ON w.k = g.k;`;
  const ids = (text: string): string[] => operators(text).flatMap((one) => (one.kind === 'calc' ? [] : [one.id]));

  it('are unique and the same as without sharing, where there is the operator at all', () => {
    const [shared, plain] = [ids(script), ids(off + script)];
    expect(new Set(shared).size).toBe(shared.length);
    expect(plain).toEqual(expect.arrayContaining(shared));
    expect(shared).toContain('o/window-aggregate-1');
    expect(plain).toContain('x/window-aggregate-1');
    expect(shared).not.toContain('x/window-aggregate-1');
  });
});

describe('EXPLAIN', () => {
  const stages = planScript(`${tables} ${counted} INSERT INTO o SELECT k, n FROM c; INSERT INTO o SELECT k, s FROM c;`);

  it('writes a shared operator out once, with a number', () => {
    const lines = explainText(stages, 'physical').split('\n');
    expect(lines.filter((line) => line.includes('GroupAggregate'))).toEqual([
      expect.stringMatching(/^ *GroupAggregate \[1\] {2}keys=/),
      expect.stringMatching(/^ *GroupAggregate \[1\] \(the same as above\)$/),
    ]);
  });

  it('numbers it in JSON as well', () => {
    const shared = (one: ReturnType<typeof explainJson>[number]): number[] => [
      ...(one.shared === undefined ? [] : [one.shared]),
      ...one.inputs.flatMap(shared),
    ];
    expect(explainJson(stages, 'physical').map(shared)).toEqual([[1], [1]]);
  });
});
