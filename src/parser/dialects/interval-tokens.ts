import type { Token } from '../tokens.ts';

const ranks = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'] as const;
const short: Readonly<Record<string, string>> = { MIN: 'MINUTE', SEC: 'SECOND', HR: 'HOUR', MON: 'MONTH', YR: 'YEAR' };

/** `'1 day'`, `'1 day 2 hours'`, `'2 weeks'` of PostgreSQL, where the unit stands inside the string; undefined: another form. */
export function intervalTokens(amount: Token | undefined, unit: Token | undefined): Token[] | undefined {
  if (amount?.kind !== 'string') return undefined;
  if (unit?.kind === 'word' && /^(YEAR|QUARTER|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?$/.test(unit.text)) return undefined;
  const parts = [...amount.text.matchAll(/\s*(-?\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*/gy)];
  if (parts.length === 0 || parts.reduce((sum, part) => sum + part[0].length, 0) !== amount.text.length)
    return undefined;
  const values = new Map<string, number>();
  for (const [, number, word = ''] of parts) {
    const singular = word.toUpperCase().replace(/S$/, '');
    const name = short[singular] ?? singular;
    const weeks = name === 'WEEK';
    const key = weeks ? 'DAY' : name;
    if (!ranks.some((rank) => rank === key)) return undefined;
    values.set(key, (values.get(key) ?? 0) + Number(number) * (weeks ? 7 : 1));
  }
  const { start, end } = amount;
  const word = (text: string): Token => ({ kind: 'word', text, start, end });
  const text = (value: string): Token => ({ kind: 'string', text: value, start, end });
  const [only] = values;
  if (values.size === 1 && only) {
    return only[1] < 0
      ? [{ kind: 'sign', text: '-', start, end }, text(String(-only[1])), word(only[0])]
      : [text(String(only[1])), word(only[0])];
  }
  const get = (key: string): number => values.get(key) ?? 0;
  if ([...values.values()].some((value) => value < 0)) return undefined;
  const months = values.has('YEAR') || values.has('MONTH');
  if (months && values.size > (values.has('YEAR') && values.has('MONTH') ? 2 : 1)) return undefined;
  if (months) return [text(`${get('YEAR')}-${get('MONTH')}`), word('YEAR'), word('TO'), word('MONTH')];
  const clock = `${get('DAY')} ${get('HOUR')}:${get('MINUTE')}:${get('SECOND')}`;
  return [text(clock), word('DAY'), word('TO'), word('SECOND')];
}
