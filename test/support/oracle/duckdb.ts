import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { Cells } from '../random-cells.ts';
import { oracleTypes, type OracleTable } from './portable-terms.ts';

/** DuckDB in memory: an engine that shares no line with ours and recomputes a query over complete tables. */
export class DuckDb {
  readonly #connection: DuckDBConnection;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(): Promise<DuckDb> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run("SET TimeZone = 'UTC'");
    return new DuckDb(connection);
  }

  async load(table: OracleTable): Promise<void> {
    const columns = table.columns.map(({ name, type }) => `${name} ${oracleTypes[type].duck}`);
    await this.#connection.run(`CREATE OR REPLACE TABLE ${table.name} (${columns.join(', ')})`);
    for (let at = 0; at < table.rows.length; at += 100) {
      const rows = table.rows.slice(at, at + 100).map((row) => `(${row.map(literal).join(', ')})`);
      await this.#connection.run(`INSERT INTO ${table.name} VALUES ${rows.join(', ')}`);
    }
  }

  /** Makes a table of the rows of a query. */
  async keep(name: string, sql: string): Promise<void> {
    await this.#connection.run(`CREATE OR REPLACE TABLE ${name} AS ${sql}`);
  }

  /** The rows of a query as text, NULL as null. */
  async rows(sql: string): Promise<(string | null)[][]> {
    const text = `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql})`;
    const reader = await this.#connection.runAndReadAll(text);
    return reader.getRows() as (string | null)[][];
  }

  close(): void {
    this.#connection.closeSync();
  }
}

function literal(cell: Cells[number]): string {
  return cell === null ? 'NULL' : typeof cell === 'string' ? `'${cell.replaceAll("'", "''")}'` : String(cell);
}
