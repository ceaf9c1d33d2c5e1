import type { Expression, FunctionArgument, FunctionCall } from '../ast/expression.ts';
import { fromPercentPattern, fromTemplatePattern } from './date-patterns.ts';
import type { FunctionRewrite } from './dialect-syntax.ts';
import { isExpression, nameOf, plain } from './rewrite-query.ts';
import type { RewriteTools } from './rewrite-query.ts';
import { last } from './last.ts';

const units: ReadonlySet<string> = new Set([
  'YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND',
]); // prettier-ignore

/** What the arguments of a call must be for it to be taken over. */
function wrong(call: FunctionCall, tools: RewriteTools, hint: string): Error {
  return tools.refuse(`this form of ${nameOf(call)}()`, call.span, hint);
}

function expressions(call: FunctionCall, tools: RewriteTools, least: number, most: number): Expression[] {
  const args = call.args.filter(isExpression);
  if (args.length !== call.args.length || args.length < least || args.length > most) {
    throw wrong(call, tools, `It takes ${least === most ? least : `${least} to ${most}`} arguments.`);
  }
  return args;
}

function one(call: FunctionCall, tools: RewriteTools): [Expression] {
  return [expressions(call, tools, 1, 1)[0]!];
}

function two(call: FunctionCall, tools: RewriteTools): [Expression, Expression] {
  const args = expressions(call, tools, 2, 2);
  return [args[0]!, args[1]!];
}

function three(call: FunctionCall, tools: RewriteTools): [Expression, Expression, Expression] {
  const args = expressions(call, tools, 3, 3);
  return [args[0]!, args[1]!, args[2]!];
}

function unit(argument: Expression, call: FunctionCall, tools: RewriteTools): FunctionArgument {
  const name = argument.kind === 'string' ? argument.value.toUpperCase().replace(/S$/, '') : '';
  if (!units.has(name)) throw wrong(call, tools, "The unit is a constant such as 'minute'.");
  return { kind: 'symbol', name, span: argument.span };
}

/** The name of a function with nothing of ours to stand for it. */
export function refused(hint: string): FunctionRewrite {
  return (call, tools) => {
    throw tools.refuse(`${nameOf(call)}()`, call.span, hint);
  };
}

/** Columns that hold the seconds of a log; date functions of the console take them as points in time. */
const secondsColumns: ReadonlySet<string> = new Set(['__time__', '__timestamp__']);

function pointInTime(value: Expression, call: FunctionCall, tools: RewriteTools): Expression {
  if (value.kind !== 'column-ref' || !secondsColumns.has(last(value.parts).name.toLowerCase())) return value;
  return tools.fill('TO_TIMESTAMP(CAST(_1 AS BIGINT) * 1000)', [value], {
    ...call,
    filter: undefined,
    over: undefined,
  });
}

/** `date_trunc('minute', t)`. A week begins on Monday there, on Sunday with FLOOR. */
export const dateTrunc: FunctionRewrite = (call, tools) => {
  const [first, time] = two(call, tools);
  const symbol = unit(first, call, tools);
  const point = pointInTime(time, call, tools);
  if (symbol.kind === 'symbol' && symbol.name === 'WEEK') {
    return tools.fill("FLOOR((_1 - INTERVAL '1' DAY) TO WEEK) + INTERVAL '1' DAY", [point], call);
  }
  return plain('FLOOR', [point, symbol], call.span);
};

/** `date_diff('hour', a, b)` */
export const dateDiff: FunctionRewrite = (call, tools) => {
  const [first, ...times] = three(call, tools);
  return plain(
    'TIMESTAMPDIFF',
    [unit(first, call, tools), ...times.map((time) => pointInTime(time, call, tools))],
    call.span,
  );
};

/** `date_add('day', n, t)` */
export const dateAdd: FunctionRewrite = (call, tools) => {
  const [first, amount, time] = three(call, tools);
  return plain('TIMESTAMPADD', [unit(first, call, tools), amount, pointInTime(time, call, tools)], call.span);
};

/** `date_add(t, INTERVAL 1 DAY)` of MySQL. */
export function intervalSum(sign: '+' | '-'): FunctionRewrite {
  return (call, tools) => {
    const [time, amount] = two(call, tools);
    if (amount.kind !== 'interval') throw wrong(call, tools, 'The second argument is an INTERVAL with a constant.');
    return tools.fill(`_1 ${sign} _2`, [time, amount], call);
  };
}

/** `date_part('hour', t)`; the day of the week counts from Sunday = 0 there. */
export const datePart: FunctionRewrite = (call, tools) => {
  const [part, time] = two(call, tools);
  const name = part.kind === 'string' ? part.value.toUpperCase() : '';
  return extracted(name, time, call, tools);
};

export const extract: FunctionRewrite = (call, tools) => {
  const [part, time] = call.args;
  if (part?.kind !== 'symbol' || !time || !isExpression(time)) return call;
  return extracted(part.name, time, call, tools);
};

function extracted(name: string, time: Expression, call: FunctionCall, tools: RewriteTools): Expression {
  const point = pointInTime(time, call, tools);
  if (name === 'EPOCH') return tools.fill('UNIX_TIMESTAMP(_1)', [point], call);
  const weekdays: Readonly<Record<string, string>> = {
    DOW: tools.syntax.nulls === 'greatest' ? 'DAYOFWEEK(_1) - 1' : 'MOD(DAYOFWEEK(_1) + 5, 7) + 1',
    DAY_OF_WEEK: 'MOD(DAYOFWEEK(_1) + 5, 7) + 1',
    ISODOW: 'MOD(DAYOFWEEK(_1) + 5, 7) + 1',
    DOY: 'DAYOFYEAR(_1)',
    DAY_OF_YEAR: 'DAYOFYEAR(_1)',
    DAYOFWEEK: 'DAYOFWEEK(_1)',
  };
  const weekday = Object.hasOwn(weekdays, name) ? weekdays[name] : undefined;
  if (weekday) return tools.fill(weekday, [point], call);
  if (!units.has(name))
    throw wrong(call, tools, 'Parts of a date are YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND.');
  return plain('EXTRACT', [{ kind: 'symbol', name, span: call.span }, point], call.span);
}

function javaFormat(target: string, translate: (pattern: string) => string | undefined): FunctionRewrite {
  return (call, tools) => {
    const [time, pattern] = two(call, tools);
    const java = pattern.kind === 'string' ? translate(pattern.value) : undefined;
    if (java === undefined)
      throw wrong(call, tools, 'The pattern is a constant of parts of dates that exist here too.');
    return tools.fill(
      target,
      [pointInTime(time, call, tools), { kind: 'string', value: java, span: pattern.span }],
      call,
    );
  };
}

export const percentFormat = javaFormat('DATE_FORMAT(_1, _2)', fromPercentPattern);
export const percentParse = javaFormat('TO_TIMESTAMP(_1, _2)', fromPercentPattern);
export const percentFromSeconds = javaFormat('FROM_UNIXTIME(_1, _2)', fromPercentPattern);
export const templateFormat = javaFormat('DATE_FORMAT(_1, _2)', fromTemplatePattern);
export const templateParse = javaFormat('TO_TIMESTAMP(_1, _2)', fromTemplatePattern);
export const templateDate = javaFormat('TO_DATE(_1, _2)', fromTemplatePattern);

/** CONCAT that is NULL when a part is NULL; Blink's skips such parts. */
export const strictConcat: FunctionRewrite = (call, tools) => {
  const args = expressions(call, tools, 1, Number.POSITIVE_INFINITY);
  const texts = args.map((operand): Expression =>
    operand.kind === 'string' ? operand : tools.fill('CAST(_1 AS VARCHAR)', [operand], call),
  );
  return texts.length === 1 && texts[0]
    ? texts[0]
    : { kind: 'chain', operator: '||', operands: texts, span: call.span };
};

export const arrayOf: FunctionRewrite = (call, tools) => ({
  kind: 'array',
  items: expressions(call, tools, 1, Number.POSITIVE_INFINITY),
  span: call.span,
});

export const mapOf: FunctionRewrite = (call, tools) => {
  const items = expressions(call, tools, 2, Number.POSITIVE_INFINITY);
  if (items.length % 2 === 1) throw wrong(call, tools, 'Keys and values come in pairs.');
  const entries: { key: Expression; value: Expression }[] = [];
  for (let k = 0; k < items.length; k += 2) entries.push({ key: items[k]!, value: items[k + 1]! });
  return { kind: 'map', entries, span: call.span };
};

/** `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)` */
export const percentileWithin: FunctionRewrite = (call, tools) => {
  const [share] = one(call, tools);
  const [item, ...more] = call.withinGroup;
  if (!item || more.length > 0 || item.descending) throw wrong(call, tools, 'Write WITHIN GROUP (ORDER BY x).');
  return tools.fill('PERCENTILE(_1, _2)', [item.expression, share], { ...call, withinGroup: [] });
};

/** PostgreSQL replaces the first match only, unless the flag g is given; a group is `\1` there and `$1` here. */
export const regexpReplaceAll: FunctionRewrite = (call, tools) => {
  const args = expressions(call, tools, 3, 4);
  const [text, pattern, replacement] = [args[0]!, args[1]!, args[2]!];
  const flags = args[3];
  if (flags?.kind !== 'string' || flags.value !== 'g' || replacement.kind !== 'string') {
    throw wrong(call, tools, "Only all matches can be replaced, by a constant: give the flag 'g'.");
  }
  const value = replacement.value
    .replaceAll('$', '\\$')
    .replaceAll(/\\([1-9])/g, '$$$1')
    .replaceAll('\\&', '$0');
  return tools.fill('REGEXP_REPLACE(_1, _2, _3)', [text, pattern, { ...replacement, value }], call);
};

/** Hive splits by a regular expression; one without special characters is a text. */
export const splitByPattern: FunctionRewrite = (call, tools) => {
  const [text, pattern] = two(call, tools);
  const literal =
    pattern.kind === 'string' ? pattern.value.replaceAll(/\\([^a-zA-Z0-9])|\[([^\\\]^])\]/g, '\0$1$2') : undefined;
  if (literal === undefined || /(?<!\0)[\\^$.|?*+()[\]{}]/.test(literal)) {
    throw wrong(call, tools, 'The separator is a constant, not a regular expression.');
  }
  const value = literal.replaceAll('\0', '');
  return tools.fill('SPLIT(_1, _2)', [text, { kind: 'string', value, span: pattern.span }], call);
};
