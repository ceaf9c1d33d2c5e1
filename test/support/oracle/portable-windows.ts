import type { Random } from '../random-cells.ts';
import { same, type OracleColumn, type OracleTable, type PortableQuery, type PortableTerms } from './portable-terms.ts';

/** Queries by event time over the tables themselves. */
export class PortableWindows {
  readonly #random: Random;
  readonly #tables: readonly OracleTable[];
  readonly #terms: PortableTerms;

  constructor(random: Random, tables: readonly OracleTable[], terms: PortableTerms) {
    this.#random = random;
    this.#tables = tables;
    this.#terms = terms;
  }

  query(): PortableQuery {
    const forms = [
      () => this.#window(),
      () => this.#hop(),
      () => this.#cumulate(),
      () => this.#session(),
      () => this.#over(),
      () => this.#intervalJoin(),
      () => this.#firstRow(),
    ];
    return this.#random.pick(forms)();
  }

  /** A tumbling window over a table; DuckDB has no windows and buckets the time. */
  #window(): PortableQuery {
    const table = this.#random.pick(this.#tables);
    const seconds = this.#random.pick([10, 60, 300]);
    const condition = this.#random.chance(0.4) ? ` WHERE ${this.#terms.condition(table.columns)}` : '';
    const calls = this.#terms.calls(table.columns, 'a');
    const list = calls.map((one) => one.sql).join(', ');
    const bucket = `time_bucket(INTERVAL '${seconds}' SECOND, ts)`;
    const window = `TUMBLE(ts, INTERVAL '${seconds}' SECOND)`;
    const tvf = this.#random.chance(0.5);
    const sluice = tvf
      ? `SELECT window_start AS w, k AS g0, ${list} FROM TABLE(TUMBLE(TABLE ${table.name}, DESCRIPTOR(ts), INTERVAL '${seconds}' SECOND))${condition} GROUP BY window_start, window_end, k`
      : `SELECT TUMBLE_START(ts, INTERVAL '${seconds}' SECOND) AS w, k AS g0, ${list} FROM ${table.name}${condition} GROUP BY ${window}, k`;
    const duck = `SELECT ${bucket} AS w, k AS g0, ${list} FROM ${table.name}${condition} GROUP BY ${bucket}, k`;
    const columns = windowColumns(calls);
    return { sluice, duck, columns, forms: [tvf ? 'window-tvf' : 'window'] };
  }

  /** Every window that a row is in, as DuckDB has to list them. */
  #hop(): PortableQuery {
    const table = this.#random.pick(this.#tables);
    const [slide, panes] = this.#random.pick([
      [10, 3],
      [30, 2],
      [60, 5],
    ] as const);
    const calls = this.#terms.calls(table.columns, 'a');
    const list = calls.map((one) => one.sql).join(', ');
    const interval = (seconds: number): string => `INTERVAL '${seconds}' SECOND`;
    const tvf = this.#random.chance(0.5);
    const window = `${interval(slide)}, ${interval(slide * panes)}`;
    const sluice = tvf
      ? `SELECT window_start AS w, k AS g0, ${list} FROM TABLE(HOP(TABLE ${table.name}, DESCRIPTOR(ts), ${window})) GROUP BY window_start, window_end, k`
      : `SELECT HOP_START(ts, ${window}) AS w, k AS g0, ${list} FROM ${table.name} GROUP BY HOP(ts, ${window}), k`;
    const duck = `SELECT w, k AS g0, ${list} FROM (SELECT *, time_bucket(${interval(slide)}, ts) - pane * ${interval(slide)} AS w FROM ${table.name}, range(${panes}) AS p(pane)) GROUP BY w, k`;
    return { sluice, duck, columns: windowColumns(calls), forms: [tvf ? 'hop-tvf' : 'hop'] };
  }

  #cumulate(): PortableQuery {
    const table = this.#random.pick(this.#tables);
    const [step, steps] = this.#random.pick([
      [10, 6],
      [60, 3],
    ] as const);
    const calls = this.#terms.calls(table.columns, 'a');
    const list = calls.map((one) => one.sql).join(', ');
    const interval = (seconds: number): string => `INTERVAL '${seconds}' SECOND`;
    const sluice = `SELECT window_end AS w, k AS g0, ${list} FROM TABLE(CUMULATE(TABLE ${table.name}, DESCRIPTOR(ts), ${interval(step)}, ${interval(step * steps)})) GROUP BY window_start, window_end, k`;
    const start = `time_bucket(${interval(step * steps)}, ts)`;
    const duck = `SELECT w, k AS g0, ${list} FROM (SELECT *, ${start} + (n + 1) * ${interval(step)} AS w FROM ${table.name}, range(${steps}) AS p(n)) WHERE w > ts GROUP BY w, k`;
    return { sluice, duck, columns: windowColumns(calls), forms: ['cumulate'] };
  }

  #session(): PortableQuery {
    const table = this.#random.pick(this.#tables);
    const gap = `INTERVAL '${this.#random.pick([2, 6, 15])}' SECOND`;
    const calls = this.#terms.calls(table.columns, 'a');
    const list = calls.map((one) => one.sql).join(', ');
    const tvf = this.#random.chance(0.5);
    const sluice = tvf
      ? `SELECT window_start AS w, k AS g0, ${list} FROM TABLE(SESSION(TABLE ${table.name} PARTITION BY k, DESCRIPTOR(ts), ${gap})) GROUP BY window_start, window_end, k`
      : `SELECT SESSION_START(ts, ${gap}) AS w, k AS g0, ${list} FROM ${table.name} GROUP BY SESSION(ts, ${gap}), k`;
    const breaks = `SELECT *, CASE WHEN ts > LAG(ts) OVER (PARTITION BY k ORDER BY ts) + ${gap} THEN 1 ELSE 0 END AS fresh FROM ${table.name}`;
    const numbered = `SELECT *, SUM(fresh) OVER (PARTITION BY k ORDER BY ts RANGE UNBOUNDED PRECEDING) AS number FROM (${breaks})`;
    const duck = `SELECT MIN(ts) AS w, k AS g0, ${list} FROM (${numbered}) GROUP BY number, k`;
    return { sluice, duck, columns: windowColumns(calls), forms: [tvf ? 'session-tvf' : 'session'] };
  }

  /** RANGE over event time, where equal times share a result; ROWS and LAG where no two times are equal. */
  #over(): PortableQuery {
    const table = this.#random.pick(this.#tables);
    const ranges = [
      "RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW",
      'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
    ];
    const rows = ['ROWS BETWEEN 2 PRECEDING AND CURRENT ROW', 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'];
    const frame = this.#random.pick(table.uniqueTimes ? [...ranges, ...rows] : ranges);
    const over = `OVER (PARTITION BY k ORDER BY ts ${frame})`;
    const text = `SELECT id, k, COUNT(*) ${over} AS o0, SUM(v) ${over} AS o1, MIN(s) ${over} AS o2, MAX(v) ${over} AS o3 FROM ${table.name}`;
    const columns: OracleColumn[] = [
      { name: 'id', type: 'int', unique: true },
      { name: 'k', type: 'int' },
      { name: 'o0', type: 'bigint' },
      { name: 'o1', type: 'bigint' },
      { name: 'o2', type: 'varchar' },
      { name: 'o3', type: 'bigint' },
    ];
    return { ...same(text), columns, forms: [frame.startsWith('ROWS') ? 'over rows' : 'over range'] };
  }

  #intervalJoin(): PortableQuery {
    const [left, right] = [this.#random.pick(this.#tables), this.#random.pick(this.#tables)];
    const type = this.#random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN']);
    const bounds = this.#random.pick([
      "a.ts BETWEEN b.ts - INTERVAL '10' SECOND AND b.ts + INTERVAL '5' SECOND",
      "a.ts >= b.ts AND a.ts < b.ts + INTERVAL '8' SECOND",
      'a.ts = b.ts',
    ]);
    const text = `SELECT a.id AS l0, a.k AS l1, a.ts AS l2, b.id AS q0, b.s AS q1 FROM ${left.name} AS a ${type} ${right.name} AS b ON a.k = b.k AND ${bounds}`;
    const columns: OracleColumn[] = [
      { name: 'l0', type: 'int' },
      { name: 'l1', type: 'int' },
      { name: 'l2', type: 'timestamp' },
      { name: 'q0', type: 'int' },
      { name: 'q1', type: 'varchar' },
    ];
    return { ...same(text), columns, forms: [`interval ${type.toLowerCase()}`] };
  }

  /** Deduplication by event time, where the first row of a key is one row. */
  #firstRow(): PortableQuery {
    const table = this.#tables.find((one) => one.uniqueTimes);
    if (table === undefined) return this.#window();
    const key = this.#random.pick(['k', 's', 'v']);
    const text = `SELECT id, k, s, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ${key} ORDER BY ts ASC) AS rn FROM ${table.name}) WHERE rn = 1`;
    const columns = table.columns.slice(0, 4);
    return { ...same(text), columns, forms: ['deduplication'] };
  }
}

function windowColumns(calls: readonly { readonly column: OracleColumn }[]): readonly OracleColumn[] {
  return [{ name: 'w', type: 'timestamp' }, { name: 'g0', type: 'int' }, ...calls.map((one) => one.column)];
}
