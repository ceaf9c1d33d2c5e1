import { columnKind } from './column-kind.ts';
import type { ColumnKind } from './column-kind.ts';
import type { RowWriter, RowWriterOptions } from './row-writer.ts';

const jsonNumber = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/**
 * One JSON object a line. BIGINT and DECIMAL keep every digit as JSON numbers of any length, NaN and infinities are
 * strings, TIMESTAMP is `YYYY-MM-DD HH:MM:SS.mmm`, an absent value is null. With `changelog` a line is
 * `{"op":"+I","row":{…}}`.
 */
export function jsonlWriter({ columns, changelog }: RowWriterOptions): RowWriter {
  const names = columns.map((column) => JSON.stringify(column.name) + ':');
  const kinds = columns.map((column) => columnKind(column.type));
  return {
    begin: () => '',
    end: () => '',
    rows(batch) {
      let text = '';
      batch.cells.forEach((cells, at) => {
        let row = '{';
        for (let i = 0; i < names.length; i++) {
          if (i > 0) row += ',';
          row += names[i]! + jsonValue(cells[i] ?? null, kinds[i]!);
        }
        row += '}';
        text += (changelog ? `{"op":"${batch.kinds[at]!}","row":${row}}` : row) + '\n';
      });
      return text;
    },
  };
}

/** The JSON text of a cell given as SQL text. */
export function jsonValue(cell: string | null, kind: ColumnKind): string {
  if (cell === null) return 'null';
  switch (kind) {
    case 'number':
    case 'approximate':
      return jsonNumber.test(cell) ? cell : JSON.stringify(cell);
    case 'boolean':
      return cell.toLowerCase() === 'true' ? 'true' : 'false';
    case 'timestamp':
      return JSON.stringify(withMilliseconds(cell));
    case 'nested':
      // The batch holds JSON text already (`textBatches({ nested: 'json' })`).
      return cell;
    case 'text':
      return JSON.stringify(cell);
  }
}

/** `2024-01-01 00:00:00` and `….1` become three digits; more digits stay. */
function withMilliseconds(text: string): string {
  const dot = text.indexOf('.');
  if (dot < 0) return /:\d\d$/.test(text) ? `${text}.000` : text;
  return text.padEnd(dot + 4, '0');
}
