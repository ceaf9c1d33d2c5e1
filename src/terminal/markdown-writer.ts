import { columnKind } from './column-kind.ts';
import type { RowWriter, RowWriterOptions } from './row-writer.ts';
import { printable } from './text-width.ts';

/** A GitHub table, streamed, hence not aligned; numbers are marked as right-aligned, an absent value is `NULL` in italics. */
export function markdownWriter({ columns, changelog }: RowWriterOptions): RowWriter {
  const names = columns.map((column) => markdownCell(column.name));
  const rules = columns.map((column) => (rightAligned(column.type) ? '---:' : '---'));
  if (changelog) {
    names.unshift('op');
    rules.unshift('---');
  }
  return {
    begin: () => `${row(names)}${row(rules)}`,
    end: () => '',
    rows(batch) {
      let text = '';
      batch.cells.forEach((cells, at) => {
        const line = cells.map(markdownCell);
        text += row(changelog ? [batch.kinds[at]!, ...line] : line);
      });
      return text;
    },
  };
}

function rightAligned(type: string): boolean {
  const kind = columnKind(type);
  return kind === 'number' || kind === 'approximate';
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function markdownCell(cell: string | null): string {
  if (cell === null) return '*NULL*';
  return printable(cell).replace(/[\\|`*_<]/g, (char) => `\\${char}`);
}
