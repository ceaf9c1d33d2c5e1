import type { ResultColumn, StatementResult } from './api.ts';

export type Cells = readonly (string | null)[];

const text = (name: string): ResultColumn => ({ name, type: 'VARCHAR' });

export function rowsResult(names: readonly string[], rows: readonly Cells[]): StatementResult {
  return { kind: 'rows', message: '', columns: names.map(text), rows };
}
