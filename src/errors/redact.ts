/** A text whose secrets are replaced, with the same number of lines. */
export interface Redacted {
  readonly text: string;
  /** Where a UTF-16 offset of the original stands in `text`; inside a secret: the begin of its replacement. */
  map(offset: number): number;
}

/** Keys whose values are never shown, whatever declares them. */
export function looksSecret(key: string): boolean {
  return /key|secret|password|passwd|token|credential/i.test(key);
}

const replacement = "'***'";

/**
 * Replaces the values of secret `key = 'value'` pairs by `'***'`. It reads quotes and comments only, so that it works
 * on texts that do not parse: a string that is never closed is a secret up to the end, and within WITH (…) so is a
 * value without quotes.
 * @param secrets further names of secret keys, compared without case
 */
export function redactSql(text: string, secrets: readonly string[] = []): Redacted {
  const names = new Set(secrets.map((one) => one.toLowerCase()));
  const isSecret = (key: string): boolean => looksSecret(key) || names.has(key.toLowerCase());
  const ranges: { readonly start: number; readonly end: number; readonly by: string }[] = [];
  let key: string | undefined;
  let expectValue = false;
  let withDepth = 0;
  let afterWith = false;
  for (const token of scan(text)) {
    const written = text.slice(token.start, token.end);
    if (expectValue && key !== undefined && isSecret(key)) {
      const isText = token.kind === 'string';
      if (isText || (withDepth > 0 && token.kind === 'word')) {
        const end = isText ? token.end : bareEnd(text, token.start);
        // Values without quotes may go on behind signs (`abc+d/e=`): they are one secret up to the next separator.
        if (token.start >= (ranges.at(-1)?.end ?? 0)) {
          ranges.push({ start: token.start, end, by: replacementFor(text.slice(token.start, end)) });
        }
      }
    }
    const isEquals = token.kind === 'sign' && written === '=';
    expectValue = isEquals && key !== undefined;
    if (token.kind === 'sign' && written === '(' && (afterWith || withDepth > 0)) withDepth++;
    if (token.kind === 'sign' && written === ')' && withDepth > 0) withDepth--;
    afterWith = token.kind === 'word' && /^with$/i.test(written);
    if (!isEquals) key = token.kind === 'sign' ? undefined : written.replace(/^[`'"]|[`'"]$/g, '');
  }
  return apply(text, ranges);
}

interface Scanned {
  readonly kind: 'word' | 'string' | 'sign';
  readonly start: number;
  readonly end: number;
}

// Comments first, then strings and names in quotes (closed or not), words with dots, and single signs.
const tokens =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|('(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$))|(`(?:[^`]|``)*(?:`|$)|[\p{L}\p{N}_.$-]+)|\S/gu;

function* scan(text: string): Generator<Scanned> {
  for (const match of text.matchAll(tokens)) {
    const [written, string, word] = match;
    if (string === undefined && word === undefined && /^(--|\/\*)/.test(written)) continue;
    const kind = string !== undefined ? 'string' : word !== undefined ? 'word' : 'sign';
    yield { kind, start: match.index, end: match.index + written.length };
  }
}

function bareEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !/[\s,;)'"]/.test(text.charAt(end))) end++;
  return end;
}

/** Keeps line breaks so that line numbers stay right. */
function replacementFor(secret: string): string {
  const breaks = secret.replace(/[^\n]/g, '');
  return breaks === '' ? replacement : `'***${breaks}'`;
}

function apply(
  text: string,
  ranges: readonly { readonly start: number; readonly end: number; readonly by: string }[],
): Redacted {
  let out = '';
  let from = 0;
  for (const range of ranges) {
    out += text.slice(from, range.start) + range.by;
    from = range.end;
  }
  out += text.slice(from);
  return {
    text: out,
    map(offset) {
      let shift = 0;
      for (const range of ranges) {
        if (offset <= range.start) break;
        if (offset < range.end) return range.start + shift;
        shift += range.by.length - (range.end - range.start);
      }
      return offset + shift;
    },
  };
}
