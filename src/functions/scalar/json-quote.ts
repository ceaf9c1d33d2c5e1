import { VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { slowText } from './slow-text.ts';

/** JSON string text with everything beyond ASCII escaped, as Flink writes it. */
function quote(text: string): string {
  const body = JSON.stringify(text).slice(1, -1);
  const escaped = body.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}

/** Undoes `quote`; text that is no quoted JSON string stays as it is. */
function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  const body = text.slice(1, -1);
  let out = '';
  for (let i = 0; i < body.length; i++) {
    const one = body.charAt(i);
    if (one !== '\\') {
      out += one;
      continue;
    }
    const next = body.charAt(++i);
    const simple = SIMPLE[next];
    if (simple !== undefined) {
      out += simple;
    } else if (next === 'u' && /^[0-9A-Fa-f]{4}$/.test(body.slice(i + 1, i + 5))) {
      out += String.fromCharCode(parseInt(body.slice(i + 1, i + 5), 16));
      i += 4;
    } else {
      return text;
    }
  }
  return out;
}

const SIMPLE: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const jsonQuote = scalar({
  name: 'JSON_QUOTE',
  category: 'json',
  syntax: ['JSON_QUOTE(text)'],
  doc: 'The text as a JSON string: quoted, with escapes; characters beyond ASCII become `\\uXXXX`.',
  examples: [{ sql: `JSON_QUOTE('say "hi"')`, gives: '"say \\"hi\\""' }],
  // slow: JSON.stringify.
  overloads: [{ params: ['text'], returns: VARCHAR, kernel: slowText(quote) }],
});

const jsonUnquote = scalar({
  name: 'JSON_UNQUOTE',
  category: 'json',
  syntax: ['JSON_UNQUOTE(text)'],
  doc: 'The text of a JSON string; what is no valid quoted string stays as it is.',
  examples: [{ sql: `JSON_UNQUOTE('"abc"')`, gives: 'abc' }],
  // slow: rare.
  overloads: [{ params: ['text'], returns: VARCHAR, kernel: slowText(unquote) }],
});

export const jsonQuotes = [jsonQuote, jsonUnquote];
