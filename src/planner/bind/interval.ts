import type { LiteralExpr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { IntervalLiteral, TimeUnit } from '../../parser/ast/expression.ts';
import { intervalType } from '../../types/sql-type.ts';

const months: Partial<Record<TimeUnit, number>> = { YEAR: 12, QUARTER: 3, MONTH: 1 };
const millis: Partial<Record<TimeUnit, number>> = {
  WEEK: 604_800_000,
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1000,
  MILLISECOND: 1,
};
const clock: readonly TimeUnit[] = ['DAY', 'HOUR', 'MINUTE', 'SECOND'];

/**
 * `INTERVAL '1' MINUTE` as milliseconds, `INTERVAL '1-5' YEAR TO MONTH` as months.
 * @throws PlanError PLAN_TYPE when the text does not have the form of its units
 */
export function bindInterval(node: IntervalLiteral): LiteralExpr {
  const text = node.value.trim();
  const negative = node.negative !== text.startsWith('-');
  const digits = text.replace(/^[-+]/, '').trim();
  const size = node.to === undefined ? single(digits, node.from) : range(digits, node.from, node.to);
  if (size === undefined) {
    const units = node.to === undefined ? node.from : `${node.from} TO ${node.to}`;
    throw new PlanError('PLAN_TYPE', `'${node.value}' is not an interval of ${units}`, {
      span: node.span,
      hint: `Write for example INTERVAL '${example(node.from, node.to)}' ${units}.`,
    });
  }
  const value = negative ? 0 - size : size;
  const type = intervalType(node.from in months ? 'interval-month' : 'interval-day', qualifierOf(node));
  return { kind: 'literal', value, type, span: node.span };
}

/** `DAY(3) TO SECOND(2)`, as it is written. */
function qualifierOf({ from, to, precision, fractionPrecision }: IntervalLiteral): string {
  const listed = (...numbers: readonly (number | undefined)[]): string => {
    const given = numbers.filter((one) => one !== undefined);
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  };
  if (to === undefined) return `${from}${listed(precision, fractionPrecision)}`;
  return `${from}${listed(precision)} TO ${to}${listed(fractionPrecision)}`;
}

function single(text: string, unit: TimeUnit): number | undefined {
  const factor = months[unit] ?? millis[unit];
  if (factor === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * factor;
  return unit === 'SECOND' && /^\d*\.\d+$/.test(text) ? secondsMs(text) : undefined;
}

function range(text: string, from: TimeUnit, to: TimeUnit): number | undefined {
  if (from === 'YEAR' && to === 'MONTH') {
    const parts = /^(\d+)-(\d+)$/.exec(text);
    return parts === null ? undefined : Number(parts[1]) * 12 + Number(parts[2]);
  }
  const first = clock.indexOf(from);
  const last = clock.indexOf(to);
  if (first < 0 || last <= first) return undefined;
  const units = clock.slice(first, last + 1);
  const form = units.map((unit) => (unit === 'SECOND' ? '(\\d+(?:\\.\\d+)?)' : unit === 'DAY' ? '(\\d+) +' : '(\\d+)'));
  const pattern = form.map((one, i) => (i > 0 && units[i - 1] !== 'DAY' ? `:${one}` : one)).join('');
  const parts = new RegExp(`^${pattern}$`).exec(text);
  if (parts === null) return undefined;
  return units.reduce((sum, unit, i) => {
    const part = parts[i + 1]!;
    return sum + (unit === 'SECOND' ? secondsMs(part) : Number(part) * millis[unit]!);
  }, 0);
}

/** By digits: 1.001 × 1000 is less than 1001 in doubles. What is behind the milliseconds is cut. */
function secondsMs(text: string): number {
  const [whole = '', fraction = ''] = text.split('.');
  return Number(whole) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

function example(from: TimeUnit, to: TimeUnit | undefined): string {
  if (to === undefined) return '1';
  if (from === 'YEAR') return '1-5';
  const parts: Partial<Record<TimeUnit, string>> = { DAY: '1 10', HOUR: '10', MINUTE: '20', SECOND: '30' };
  const units = clock.slice(clock.indexOf(from), clock.indexOf(to) + 1);
  const written = from === 'DAY' ? units.slice(1) : units;
  return (from === 'DAY' ? '1 ' : '') + written.map((unit) => (unit === 'HOUR' ? '10' : parts[unit])).join(':');
}
