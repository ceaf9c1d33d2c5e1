import { JsonNumber } from '../nested/json-tree.ts';

/** A value of `jsonTree` as JSON text without blanks, members by name as Flink writes them. */
export function treeText(value: unknown): string {
  if (value instanceof JsonNumber) return numberText(value.text);
  if (Array.isArray(value)) return `[${value.map(treeText).join(',')}]`;
  if (value instanceof Map) {
    const members = [...(value as ReadonlyMap<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${treeText(one)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** A number as Java's BigDecimal prints it: an exponent only for numbers below 1E-6 and where zeros would be invented. */
export function numberText(text: string): string {
  if (/^-?\d+$/.test(text)) return text;
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const scale = fraction.length - Number(exponent);
  const adjusted = digits.length - 1 - scale;
  if (scale >= 0 && adjusted >= -6) {
    if (scale === 0) return sign + digits;
    const padded = digits.padStart(scale + 1, '0');
    return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  }
  const mantissa = digits.length > 1 ? `${digits[0] ?? ''}.${digits.slice(1)}` : digits;
  return `${sign}${mantissa}E${adjusted >= 0 ? '+' : ''}${adjusted}`;
}
