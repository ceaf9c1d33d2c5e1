import type { Cells, Random } from '../random-cells.ts';

export type OracleType = 'int' | 'bigint' | 'varchar' | 'timestamp';

export const oracleTypes: Readonly<Record<OracleType, { readonly sluice: string; readonly duck: string }>> = {
  int: { sluice: 'INT', duck: 'INTEGER' },
  bigint: { sluice: 'BIGINT', duck: 'BIGINT' },
  varchar: { sluice: 'VARCHAR', duck: 'VARCHAR' },
  timestamp: { sluice: 'TIMESTAMP', duck: 'TIMESTAMP' },
};

export interface OracleColumn {
  readonly name: string;
  readonly type: OracleType;
  /** Never NULL and different in every row. */
  readonly unique?: boolean;
}

export interface OracleTable {
  readonly name: string;
  readonly columns: readonly OracleColumn[];
  readonly rows: readonly Cells[];
  /** No two rows have the same time, so that the order by time is one order. */
  readonly uniqueTimes: boolean;
}

export interface PortableQuery {
  readonly sluice: string;
  readonly duck: string;
  readonly columns: readonly OracleColumn[];
  /** Which operators it is made of, for the report of a failure and to see that all come up. */
  readonly forms: readonly string[];
}

/** What a table of log lines looks like: keys with NULLs and repeats, times out of order by up to 20 s. */
export function randomTable(random: Random, name: string, rowCount: number): OracleTable {
  const columns: OracleColumn[] = [
    { name: 'id', type: 'int', unique: true },
    { name: 'k', type: 'int' },
    { name: 's', type: 'varchar' },
    { name: 'v', type: 'bigint' },
    { name: 'ts', type: 'timestamp' },
  ];
  const uniqueTimes = random.chance(0.5);
  const rows = Array.from({ length: rowCount }, (_, i): Cells => {
    const at = new Date(1_600_000_000_000 + i * 4000 + random.below(20) * 1000 + (uniqueTimes ? i : 0));
    return [
      i,
      random.chance(0.15) ? null : random.below(5),
      random.chance(0.15) ? null : random.pick(['a', 'b', 'c', 'aa', '']),
      random.chance(0.15) ? null : random.below(40) - 20,
      at.toISOString().replace('T', ' ').replace('Z', ''),
    ];
  });
  return { name, columns, rows, uniqueTimes };
}

/** One text for both systems. */
export function same(text: string): { readonly sluice: string; readonly duck: string } {
  return { sluice: text, duck: text };
}

/** Conditions, values and aggregate calls over columns; their text means the same in Blink SQL and in DuckDB. */
export class PortableTerms {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  calls(columns: readonly OracleColumn[], prefix: string): { sql: string; column: OracleColumn }[] {
    return Array.from({ length: 1 + this.#random.below(3) }, (_, i) => {
      const name = `${prefix}${i}`;
      const column = this.#random.pick(columns);
      const numeric = columns.filter((one) => one.type === 'int' || one.type === 'bigint');
      const filter = this.#random.chance(0.25) ? ` FILTER (WHERE ${this.condition(columns)})` : '';
      const choice = this.#random.below(numeric.length > 0 ? 6 : 4);
      const number = numeric.length > 0 ? this.#random.pick(numeric) : column;
      const call = [
        'COUNT(*)',
        `COUNT(DISTINCT ${column.name})`,
        `MIN(${column.name})`,
        `MAX(${column.name})`,
        `SUM(CAST(${number.name} AS BIGINT))`,
        `SUM(DISTINCT CAST(${number.name} AS BIGINT))`,
      ][choice]!;
      const type: OracleType = choice === 2 || choice === 3 ? column.type : 'bigint';
      return { sql: `${call}${filter} AS ${name}`, column: { name, type } };
    });
  }

  keys(columns: readonly OracleColumn[]): readonly OracleColumn[] {
    const fit = columns.filter((one) => one.unique !== true);
    const all = fit.length > 0 ? fit : columns;
    const first = this.#random.pick(all);
    const second = this.#random.pick(all);
    return first === second || this.#random.chance(0.5) ? [first] : [first, second];
  }

  condition(columns: readonly OracleColumn[]): string {
    const column = this.#random.pick(columns);
    const other = this.#random.pick(columns.filter((one) => one.type === column.type));
    const operator = this.#random.pick(['=', '<>', '<', '<=', '>', '>=']);
    const literal = this.#literal(column.type);
    const simple = [
      `${column.name} ${operator} ${literal}`,
      `${column.name} ${operator} ${other.name}`,
      `${column.name} IS NOT NULL`,
      `${column.name} IS NULL`,
      `${column.name} IN (${literal}, ${this.#literal(column.type)})`,
      `${column.name} NOT IN (${literal}, ${this.#literal(column.type)})`,
      `${column.name} BETWEEN ${literal} AND ${this.#literal(column.type)}`,
      `${column.name} IS DISTINCT FROM ${other.name}`,
    ];
    const one = this.#random.pick(simple);
    if (!this.#random.chance(0.3)) return one;
    return `(${one} ${this.#random.pick(['AND', 'OR', 'AND NOT'])} ${this.#random.pick(simple)})`;
  }

  term(type: OracleType, columns: readonly OracleColumn[]): string {
    const fit = columns.filter((one) => one.type === type).map((one) => one.name);
    const column = fit.length > 0 ? this.#random.pick(fit) : this.#literal(type);
    const other = fit.length > 0 ? this.#random.pick(fit) : this.#literal(type);
    const common = [
      column,
      `COALESCE(${column}, ${other})`,
      `NULLIF(${column}, ${other})`,
      `CASE WHEN ${this.condition(columns)} THEN ${column} ELSE ${other} END`,
    ];
    const own: Readonly<Record<OracleType, readonly string[]>> = {
      int: [`ABS(${column} - 3)`, `MOD(${column}, 3)`],
      bigint: [`(${column} + 1)`, `(- ${column})`, `ABS(${column})`],
      varchar: [`UPPER(${column})`, `(${column} || 'x')`, `REPLACE(${column}, 'a', 'bb')`],
      timestamp: [`(${column} + INTERVAL '7' SECOND)`],
    };
    return this.#random.pick([...common, ...own[type]]);
  }

  #literal(type: OracleType): string {
    switch (type) {
      case 'int':
      case 'bigint':
        return String(this.#random.below(8) - 2);
      case 'varchar':
        return this.#random.pick(["'a'", "'b'", "'c'"]);
      case 'timestamp':
        return `TIMESTAMP '2020-09-13 12:${27 + this.#random.below(9)}:10'`;
    }
  }
}
