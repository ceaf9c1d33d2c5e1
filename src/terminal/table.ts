import type { ResultColumn } from '../index.ts';
import { colorsFor } from './colors.ts';
import { columnKind } from './column-kind.ts';
import { cutToWidth, displayWidth, padLeft, padRight, printable, wrapToWidth } from './text-width.ts';

export type Cells = readonly (string | null)[];

export interface TableStyle {
  /** Columns of the terminal; undefined: as wide as needed, nothing is cut. */
  readonly maxWidth?: number | undefined;
  readonly color: boolean;
}

/** A column is not made narrower than this; where that is not enough the last columns are left out and named. */
const narrowest = 6;

/** Header, rule and rows as lines without line feeds; numbers to the right, NULL told apart from the text 'NULL'. */
export function tableLines(columns: readonly ResultColumn[], rows: readonly Cells[], style: TableStyle): string[] {
  const colors = colorsFor(style.color);
  const nullText = style.color ? 'NULL' : '<NULL>';
  const texts = rows.map((row) => columns.map((_, i) => cellText(row[i] ?? null, nullText)));
  const names = columns.map((column) => printable(column.name));
  const natural = names.map((name, i) =>
    texts.reduce((widest, row) => Math.max(widest, displayWidth(row[i]!)), displayWidth(name)),
  );
  const { widths, shown } = fit(natural, style.maxWidth);
  const right = columns.map((column) => ['number', 'approximate'].includes(columnKind(column.type)));

  const line = (cells: readonly string[], paint: (text: string, i: number) => string): string =>
    widths
      .map((width, i) => {
        const cut = cutToWidth(cells[i]!, width);
        const padded = right[i] === true ? padLeft(cut, width) : padRight(cut, width);
        return ` ${paint(padded, i)} `;
      })
      .join('│')
      .trimEnd();

  const lines = [
    line(names, (text) => colors.bold(text)),
    widths.map((width) => '─'.repeat(width + 2)).join('┼'),
    ...texts.map((row, at) => line(row, (text, i) => (rows[at]![i] === null ? colors.dim(text) : text))),
  ];
  if (shown < columns.length) {
    const hidden = names.slice(shown).join(', ');
    lines.push(
      colors.dim(cutToWidth(`… ${columns.length - shown} more columns: ${hidden}`, style.maxWidth ?? Infinity)),
    );
  }
  return lines;
}

function cellText(cell: string | null, nullText: string): string {
  return cell === null ? nullText : printable(cell);
}

/** Narrows the widest columns first until the table fits; leaves columns out where narrowing is not enough. */
function fit(natural: readonly number[], maxWidth: number | undefined): { widths: number[]; shown: number } {
  const widths = [...natural];
  if (maxWidth === undefined) return { widths, shown: widths.length };
  const total = (): number => widths.reduce((sum, width) => sum + width + 3, -1);
  while (total() > maxWidth) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) {
      if (widths.length <= 1) break;
      widths.pop();
      continue;
    }
    const second = Math.max(narrowest, ...widths.filter((width) => width < widest));
    const many = widths.filter((width) => width === widest).length;
    const step = Math.min(widest - second, Math.max(1, Math.ceil((total() - maxWidth) / many)));
    for (let i = 0; i < widths.length; i++) if (widths[i] === widest) widths[i] = widest - step;
  }
  if (widths.length === 1 && total() > maxWidth) widths[0] = Math.max(1, maxWidth - 2);
  return { widths, shown: widths.length };
}

/** One block a row, a line a column: for rows wider than the terminal (`\x`). Nothing is cut, long values go on below. */
export function expandedLines(columns: readonly ResultColumn[], rows: readonly Cells[], style: TableStyle): string[] {
  const colors = colorsFor(style.color);
  const names = columns.map((column) => printable(column.name));
  const width = names.reduce((widest, name) => Math.max(widest, displayWidth(name)), 0);
  const room = style.maxWidth === undefined ? Infinity : Math.max(1, style.maxWidth - width - 3);
  const lines: string[] = [];
  rows.forEach((row, at) => {
    lines.push(colors.dim(`── row ${at + 1} ──`));
    names.forEach((name, i) => {
      const cell = row[i] ?? null;
      const texts = cell === null ? [colors.dim(style.color ? 'NULL' : '<NULL>')] : wrapToWidth(printable(cell), room);
      texts.forEach((text, part) => {
        lines.push(`${colors.bold(padRight(part === 0 ? name : '', width))} │ ${text}`);
      });
    });
  });
  return lines;
}

export function rowCount(count: number): string {
  return `(${count.toLocaleString('en-US')} ${count === 1 ? 'row' : 'rows'})`;
}
