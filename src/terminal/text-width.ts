import stringWidth from 'string-width';

const plainAscii = /^[\x20-\x7e]*$/;
let segmenter: Intl.Segmenter | undefined;

/** Terminal columns a text takes: CJK and most emoji take two. */
export function displayWidth(text: string): number {
  return plainAscii.test(text) ? text.length : stringWidth(text);
}

/** At most `width` columns; what was cut is shown by `…`. Never splits a character that is shown as one. */
export function cutToWidth(text: string, width: number): string {
  if (text.length <= width && plainAscii.test(text)) return text;
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return '…'.slice(0, width);
  if (plainAscii.test(text)) return text.slice(0, width - 1) + '…';
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let cut = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const wide = displayWidth(segment);
    if (used + wide > width - 1) break;
    cut += segment;
    used += wide;
  }
  return cut + '…';
}

/** The text in pieces of at most `width` columns; never splits a character that is shown as one. */
export function wrapToWidth(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const lines = [''];
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const wide = displayWidth(segment);
    if (used > 0 && used + wide > width) {
      lines.push('');
      used = 0;
    }
    lines[lines.length - 1] += segment;
    used += wide;
  }
  return lines;
}

export function padRight(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

const control = /[\u0000-\u001f\u007f-\u009f]/g;
const controlNames: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One printable line: control characters are spelt out, so that a log's content cannot steer the terminal. */
export function printable(text: string): string {
  if (plainAscii.test(text)) return text;
  return text.replace(
    control,
    (char) => controlNames[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
