import type { RowWriter, RowWriterOptions } from './row-writer.ts';
import type { TableStyle } from './table.ts';

/** Every format of `--format`. */
export const resultFormats = ['table', 'jsonl', 'csv', 'markdown', 'arrow'] as const;
export type ResultFormat = (typeof resultFormats)[number];
/** The formats that are text. */
export type TextFormat = Exclude<ResultFormat, 'arrow'>;

/** Loads only the writer that is needed: the start of a small query is mostly loading. */
export async function createRowWriter(
  format: TextFormat,
  options: RowWriterOptions,
  style: TableStyle,
): Promise<RowWriter> {
  switch (format) {
    case 'table':
      return (await import('./table-writer.ts')).tableWriter(options, style);
    case 'jsonl':
      return (await import('./jsonl-writer.ts')).jsonlWriter(options);
    case 'csv':
      return (await import('./csv-writer.ts')).csvWriter(options);
    case 'markdown':
      return (await import('./markdown-writer.ts')).markdownWriter(options);
  }
}
