import type { RowWriter, RowWriterOptions } from './row-writer.ts';

const needsQuotes = /[",\r\n]|^\s|\s$/;

/**
 * RFC 4180 with a header line and line feeds. An absent value is an empty field, an empty text is `""`, so the two stay
 * apart.
 */
export function csvWriter({ columns, changelog }: RowWriterOptions): RowWriter {
  const header = columns.map((column) => csvField(column.name));
  return {
    begin: () => (changelog ? ['op', ...header] : header).join(',') + '\n',
    end: () => '',
    rows(batch) {
      let text = '';
      batch.cells.forEach((cells, at) => {
        const line = cells.map(csvField).join(',');
        text += (changelog ? `${batch.kinds[at]!},${line}` : line) + '\n';
      });
      return text;
    },
  };
}

export function csvField(cell: string | null): string {
  if (cell === null) return '';
  if (cell === '') return '""';
  return needsQuotes.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
