import { Engine } from '../src/index.ts';
import { median, type Measure } from './measure.ts';

const fields = Array.from({ length: 14 }, (_, i) => `  f${i} ${['VARCHAR', 'BIGINT', 'INT', 'DOUBLE'][i % 4]!}`).join(
  ',\n',
);

const sink = (name: string, columns: string): string =>
  `CREATE TABLE ${name} (\n  ${columns.split(', ').join(',\n  ')}\n) WITH (type = 'blackhole');`;

/** A job as people write it: a source of 14 fields, views on views, joins, windows, TopN, several INSERTs. */
const script = [
  `CREATE TABLE access (\n${fields},\n  __source__ VARCHAR HEADER,\n  __timestamp__ BIGINT HEADER,\n  ts AS TO_TIMESTAMP(__timestamp__ * 1000),\n  WATERMARK FOR ts AS withOffset(ts, 4000)\n) WITH (\n  type = 'sls',\n  endPoint = 'http://127.0.0.1:1',\n  project = 'p',\n  logStore = 'l',\n  accessId = 'a',\n  accessKey = 'b'\n);`,
  sink('per_minute', 'w TIMESTAMP, k VARCHAR, c BIGINT, s BIGINT, m DOUBLE'),
  sink('errors', 'k VARCHAR, u VARCHAR, n INT, t TIMESTAMP'),
  sink('joined', 'k VARCHAR, c BIGINT, d BIGINT'),
  sink('top', 'k VARCHAR, c BIGINT, rn BIGINT'),
  `CREATE VIEW cleaned AS\nSELECT\n  UPPER(TRIM(f0)) AS k,\n  COALESCE(f1, 0) AS bytes,\n  CASE WHEN f2 >= 500 THEN 'error' WHEN f2 >= 400 THEN 'client' ELSE 'fine  ' END AS class,\n  f2 AS status,\n  f3 AS took,\n  f4 AS user_name,\n  JSON_VALUE(f8, '$.path') AS path,\n  ts\nFROM access\nWHERE f0 IS NOT NULL\n  AND f2 BETWEEN 100 AND 599\n  AND REGEXP(f12, '^/api/.*');`,
  `CREATE VIEW failing AS\nSELECT k, user_name, status, ts\nFROM cleaned\nWHERE class = 'error' OR took > 1e3;`,
  `CREATE VIEW counts AS\nSELECT k, COUNT(*) AS c, COUNT(DISTINCT user_name) AS users\nFROM cleaned\nGROUP BY k;`,
  `INSERT INTO per_minute\nSELECT\n  TUMBLE_START(ts, INTERVAL '1' MINUTE),\n  k,\n  COUNT(*),\n  SUM(bytes),\n  MAX(took)\nFROM cleaned\nGROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), k\nHAVING COUNT(*) > 10;`,
  `INSERT INTO errors\nSELECT k, user_name, status, ts\nFROM failing;`,
  `INSERT INTO joined\nSELECT a.k, a.c, b.c\nFROM counts AS a\nLEFT JOIN (\n  SELECT k, COUNT(*) AS c\n  FROM failing\n  GROUP BY k\n) AS b\nON a.k = b.k;`,
  `INSERT INTO top\nSELECT k, c, rn FROM (\n  SELECT k, c, ROW_NUMBER() OVER (ORDER BY c DESC) AS rn\n  FROM counts\n)\nWHERE rn <= 10;`,
].join('\n');

export const measures: readonly Measure[] = [
  {
    id: 'C1',
    title: `from text to plan of a job of ${script.split('\n').length} lines, the first time in a process`,
    unit: 'ms',
    goal: 50,
    better: 'lower',
    peer: 'the goal of the dialect',
    run: async (log) => {
      const times: number[] = [];
      for (let i = 0; i < 20; i++) {
        await using engine = await Engine.open({ onWarning: () => undefined });
        const start = performance.now();
        await engine.explain(script);
        times.push(performance.now() - start);
      }
      log(`first ${times[0]!.toFixed(1)} ms, median of the next ones ${median(times.slice(1)).toFixed(1)} ms`);
      return times[0]!;
    },
  },
];
