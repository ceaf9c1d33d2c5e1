import type { IntervalLiteral, TimeUnit } from '../ast/expression.ts';
import { syntaxErrors } from '../messages.ts';
import type { Token } from '../tokens.ts';
import type { Cursor } from './cursor.ts';

/** From large to small. */
const units: readonly TimeUnit[] = [
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'HOUR',
  'MINUTE',
  'SECOND',
  'MILLISECOND',
];

function unitOf(token: Token): TimeUnit | undefined {
  if (token.kind !== 'word') return undefined;
  const singular = token.text.endsWith('S') ? token.text.slice(0, -1) : token.text;
  return units.find((unit) => unit === singular);
}

/** Is the word INTERVAL the beginning of a literal, not a column of that name? */
export function isIntervalStart(cursor: Cursor): boolean {
  const first = cursor.peek();
  if (first.kind === 'string') return true;
  if (first.kind === 'number') return unitOf(cursor.peek(2)) !== undefined;
  if (first.kind !== 'sign' || (first.text !== '-' && first.text !== '+')) return false;
  const second = cursor.peek(2);
  return (second.kind === 'string' || second.kind === 'number') && unitOf(cursor.peek(3)) !== undefined;
}

/** `INTERVAL '1' DAY(3)`, `INTERVAL -'10:20' MINUTE TO SECOND(3)` */
export function parseInterval(cursor: Cursor): IntervalLiteral {
  return parseAmount(cursor, cursor.advance());
}

/** The same without the word: `WITH DELAY '1' MINUTE`. */
export function parseDelay(cursor: Cursor): IntervalLiteral {
  return parseAmount(cursor, cursor.token);
}

function parseAmount(cursor: Cursor, start: Token): IntervalLiteral {
  const negative = cursor.takeSign('-');
  if (!negative) cursor.takeSign('+');
  const value = cursor.token.kind === 'number' ? cursor.advance().text : cursor.string().value;
  const unitToken = cursor.token;
  const from = parseUnit(cursor);
  const [precision, ownFraction] = parsePrecision(cursor);
  let fractionPrecision = ownFraction;
  let to: TimeUnit | undefined;
  if (cursor.takeWord('TO')) {
    to = parseUnit(cursor);
    const [fraction] = parsePrecision(cursor);
    fractionPrecision = fraction ?? fractionPrecision;
    if (!rangeFits(from, to)) throw syntaxErrors.intervalRange(from, to, cursor.spanFrom(unitToken));
  }
  return { kind: 'interval', value, negative, from, to, precision, fractionPrecision, span: cursor.spanFrom(start) };
}

function parseUnit(cursor: Cursor): TimeUnit {
  const unit = unitOf(cursor.token);
  if (!unit)
    throw cursor.expected(
      'a time unit',
      'Units are YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND and MILLISECOND.',
    );
  cursor.advance();
  return unit;
}

function parsePrecision(cursor: Cursor): [number | undefined, number | undefined] {
  if (!cursor.isSign('(') || cursor.peek().kind !== 'number') return [undefined, undefined];
  cursor.advance();
  const numbers = cursor.list(() => cursor.integer('a whole number'));
  cursor.close();
  return [numbers[0], numbers[1]];
}

function rangeFits(from: TimeUnit, to: TimeUnit): boolean {
  if (from === 'YEAR') return to === 'MONTH';
  return units.indexOf(from) >= units.indexOf('DAY') && units.indexOf(from) < units.indexOf(to);
}
