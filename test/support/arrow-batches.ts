import * as arrow from 'apache-arrow';
import type { Engine } from '../../src/index.ts';

/** The rows of a table in record batches of at most `size` rows. */
export async function inBatchesOf(engine: Engine, table: string, size: number): Promise<arrow.Table> {
  const parts: arrow.RecordBatch[] = [];
  for await (const record of engine.query(`SELECT * FROM ${table}`).batches()) {
    for (let at = 0; at < record.numRows; at += size) parts.push(record.slice(at, Math.min(at + size, record.numRows)));
  }
  return new arrow.Table(parts);
}
