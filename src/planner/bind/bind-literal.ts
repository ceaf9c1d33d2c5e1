import { fold } from '../../expr/fold.ts';
import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import { bytesLiteral, textLiteral } from '../../contracts/literal.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Literal, NumberLiteral, TemporalLiteral } from '../../parser/ast/expression.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INT,
  MAX_DECIMAL_PRECISION,
  NULL_TYPE,
  TIME,
  TIMESTAMP,
  char,
  decimal,
  timestamp,
  type SqlType,
} from '../../types/sql-type.ts';
import type { BindContext } from './bind-context.ts';
import { bindInterval } from './interval.ts';

export function bindLiteral(node: Literal, context: BindContext): Expr {
  switch (node.kind) {
    case 'string':
      return textLiteral(node.value, char([...node.value].length), node.span);
    case 'number':
      return bindNumber(node, node.span);
    case 'boolean':
      return { kind: 'literal', value: node.value, type: BOOLEAN, span: node.span };
    case 'null':
      return { kind: 'literal', value: null, type: NULL_TYPE, span: node.span };
    case 'binary-string': {
      const bytes = Uint8Array.from(node.hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
      return bytesLiteral(bytes, { kind: 'binary', length: bytes.length }, node.span);
    }
    case 'temporal':
      return bindTemporal(node, context);
    case 'interval':
      return bindInterval(node);
  }
}

/**
 * `1` is INT, or BIGINT or DECIMAL when it does not fit; `1.5` DECIMAL with the digits written; `1e3` DOUBLE.
 * The sign belongs to the number so that the smallest INT is one.
 */
export function bindNumber(node: NumberLiteral, span: Span, negative = false): LiteralExpr {
  if (node.form === 'double') {
    const value = Number(node.text);
    return { kind: 'literal', value: negative ? -value : value, type: DOUBLE, span };
  }
  const dot = node.text.indexOf('.');
  const digits = node.text.replace('.', '');
  const unscaled = negative ? -BigInt(digits) : BigInt(digits);
  const scale = dot < 0 ? 0 : node.text.length - dot - 1;
  if (node.form === 'integer') {
    if (BigInt.asIntN(32, unscaled) === unscaled) return { kind: 'literal', value: Number(unscaled), type: INT, span };
    if (BigInt.asIntN(64, unscaled) === unscaled) return { kind: 'literal', value: unscaled, type: BIGINT, span };
  }
  const significant = digits.replace(/^0+/, '').length;
  const written = node.form === 'integer' ? significant : digits.length;
  // The zero before the point of `0.00…1` is left out where there is no room for it.
  const precision = written > MAX_DECIMAL_PRECISION ? Math.max(significant, scale) : written;
  if (precision > MAX_DECIMAL_PRECISION) {
    throw new PlanError('PLAN_TYPE', `number ${node.text} has more than ${MAX_DECIMAL_PRECISION} digits`, {
      span,
      hint: 'Write it with an exponent (1e3) to make it a DOUBLE.',
    });
  }
  return { kind: 'literal', value: unscaled, type: decimal(Math.max(1, precision), scale), span };
}

/** Flink gives a literal the precision of its digits; Blink has milliseconds only. */
function timestampType(text: string, context: BindContext): SqlType {
  const digits = /\.(\d+)\s*$/.exec(text)?.[1]?.length ?? 0;
  return context.call.compatibility === 'flink' ? timestamp(Math.min(9, digits)) : TIMESTAMP;
}

/** The text is read as CAST of Blink reads it, TIMESTAMP in the session's zone. */
function bindTemporal(node: TemporalLiteral, context: BindContext): Expr {
  const type = node.type === 'date' ? DATE : node.type === 'time' ? TIME : timestampType(node.value, context);
  const arg = textLiteral(node.value, char([...node.value].length), node.span);
  // A literal is a day that exists, under either setting; CAST of Flink takes 31 February for the 29th.
  const reading = node.type === 'timestamp' ? { ...context.call, compatibility: 'blink' as const } : context.call;
  const impl = context.functions.cast(arg.type, type, 'try', reading);
  const form = { date: '2018-01-31', time: '10:00:00', timestamp: '2018-01-31 10:00:00' }[node.type];
  const value =
    impl === undefined ? undefined : fold({ kind: 'call', name: 'TRY_CAST', args: [arg], impl, type, span: node.span });
  if (value?.kind !== 'literal' || value.value === null) {
    throw new PlanError('PLAN_TYPE', `'${node.value}' is not a ${node.type.toUpperCase()}`, {
      span: node.span,
      hint: `Write for example ${node.type.toUpperCase()} '${form}'.`,
    });
  }
  return { ...value, span: node.span };
}
