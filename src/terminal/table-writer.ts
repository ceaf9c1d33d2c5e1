import type { RowWriter, RowWriterOptions } from './row-writer.ts';
import { rowCount, tableLines } from './table.ts';
import type { Cells, TableStyle } from './table.ts';

/** Keeps the rows and prints the table at the end, followed by the number of rows. */
export function tableWriter({ columns, changelog }: RowWriterOptions, style: TableStyle): RowWriter {
  const all = changelog ? [{ name: 'op', type: 'VARCHAR' }, ...columns] : columns;
  const rows: Cells[] = [];
  return {
    begin: () => '',
    rows(batch) {
      batch.cells.forEach((cells, at) => rows.push(changelog ? [batch.kinds[at]!, ...cells] : cells));
      return '';
    },
    end: () => [...tableLines(all, rows, style), rowCount(rows.length)].join('\n') + '\n',
  };
}
