import { redactSql } from './redact.ts';
import type { SluiceError } from './sluice-error.ts';
import type { SourceText, Span } from './span.ts';

export type Paint = (text: string) => string;

/** How the parts are coloured; default: not at all. */
export interface CaretStyle {
  readonly error: Paint;
  readonly place: Paint;
  readonly hint: Paint;
}

export interface RenderOptions {
  readonly style?: CaretStyle;
  /** Names of options whose values are secret, besides those that look like it. */
  readonly secrets?: readonly string[];
}

const plain: CaretStyle = { error: (text) => text, place: (text) => text, hint: (text) => text };

/** Longer lines are cut around the caret, in display columns. */
const widestLine = 200;
const tabWidth = 4;

/**
 * An error as users see it: code and message, the place with a caret below it, notes, hint, and where it happened.
 * Values of secret options in the shown line are `'***'`. Without a final line break.
 */
export function renderError(error: SluiceError, options: RenderOptions = {}): string {
  const style = options.style ?? plain;
  const lines = [`${style.error(`error[${error.code}]`)}: ${error.message}`];
  if (error.span !== undefined && error.source !== undefined) {
    lines.push(...snippet(error.source, error.span, { style, secrets: options.secrets ?? [] }));
  }
  if (error.detail !== undefined) lines.push(`detail: ${error.detail}`);
  for (const note of error.notes) {
    const source = note.source ?? error.source;
    const place = note.span !== undefined && source !== undefined ? ` at ${placeOf(source, note.span.start)}` : '';
    lines.push(`${style.hint('note')}: ${note.text}${place}`);
  }
  if (error.hint !== undefined) lines.push(`${style.hint('hint')}: ${error.hint}`);
  if (error.where.length > 0) lines.push(`  in ${error.where.join(' › ')}`);
  return lines.join('\n');
}

/** `file:line:column`, both from 1, columns in characters. */
export function placeOf(source: SourceText, offset: number): string {
  const { line, lineStart } = lineAt(source.text, offset);
  const column = [...source.text.slice(lineStart, offset)].length + 1;
  return `${source.name}:${line}:${column}`;
}

function snippet(
  source: SourceText,
  span: Span,
  how: { readonly style: CaretStyle; readonly secrets: readonly string[] },
): readonly string[] {
  const { line } = lineAt(source.text, span.start);
  const redacted = redactSql(source.text, how.secrets);
  const start = redacted.map(clamp(span.start, source.text));
  const end = Math.max(start, redacted.map(clamp(span.end, source.text)));
  const { lineStart, lineEnd } = lineAt(redacted.text, start);
  const before = printable(redacted.text.slice(lineStart, start));
  const marked = printable(redacted.text.slice(start, Math.min(end, lineEnd)));
  const after = printable(redacted.text.slice(Math.min(end, lineEnd), lineEnd));
  const shown = cut(before, marked, after);
  const number = String(line);
  const carets = '^'.repeat(Math.max(1, displayWidth(shown.marked)));
  return [
    `  ${how.style.place('-->')} ${placeOf(source, clamp(span.start, source.text))}`,
    ` ${number} | ${shown.before}${shown.marked}${shown.after}`,
    ` ${' '.repeat(number.length)} | ${' '.repeat(displayWidth(shown.before))}${how.style.error(carets)}`,
  ];
}

function clamp(offset: number, text: string): number {
  return Math.max(0, Math.min(offset, text.length));
}

/** The line of an offset, counted from 1, without its line break. */
function lineAt(
  text: string,
  offset: number,
): { readonly line: number; readonly lineStart: number; readonly lineEnd: number } {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const next = text.indexOf('\n', offset);
  const rawEnd = next < 0 ? text.length : next;
  const lineEnd = rawEnd > lineStart && text.charAt(rawEnd - 1) === '\r' ? rawEnd - 1 : rawEnd;
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1)) line++;
  return { line, lineStart, lineEnd };
}

/** Tabs become blanks; control characters of a user's file must not reach the terminal. */
function printable(text: string): string {
  return text.replaceAll('\t', ' '.repeat(tabWidth)).replace(/[\u0000-\u001f\u007f-\u009f]/g, '·');
}

function cut(before: string, marked: string, after: string): { before: string; marked: string; after: string } {
  if (displayWidth(before) + displayWidth(marked) + displayWidth(after) <= widestLine) return { before, marked, after };
  const side = Math.floor(widestLine / 3);
  const left = [...before];
  const middle = [...marked];
  const right = [...after];
  return {
    before: left.length > side ? `…${left.slice(-side).join('')}` : before,
    marked: middle.length > side ? middle.slice(0, side).join('') : marked,
    after: right.length > side || middle.length > side ? `${right.slice(0, side).join('')}…` : after,
  };
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const narrowNone = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns a text takes on a terminal: 2 for CJK and emoji, 0 for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (character < '\u0300') width += 1;
    else if (!narrowNone.test(character)) width += wide.test(character) ? 2 : 1;
  }
  return width;
}
