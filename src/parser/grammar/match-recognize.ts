import type {
  MatchDefinition,
  MatchMeasure,
  MatchRecognize,
  MatchSkip,
  MatchSubset,
  PatternElement,
  PatternQuantifier,
} from '../ast/match-recognize.ts';
import type { Expression } from '../ast/expression.ts';
import type { TableAlias, TableExpression } from '../ast/query.ts';
import { syntaxErrors } from '../messages.ts';
import type { Cursor } from './cursor.ts';
import { isIntervalStart } from './interval.ts';
import { parseOrderItems } from './over.ts';

export function isMatchRecognize(cursor: Cursor): boolean {
  return cursor.isWord('MATCH_RECOGNIZE') && cursor.isAhead(1, '(');
}

/** At the word MATCH_RECOGNIZE, behind the table. */
export function parseMatchRecognize(
  cursor: Cursor,
  input: TableExpression,
  parseAlias: (cursor: Cursor) => TableAlias | undefined,
): MatchRecognize {
  const word = cursor.advance();
  cursor.grow(word);
  cursor.expectSign('(');
  const partitionBy = cursor.takeWord('PARTITION', 'BY') ? cursor.list(() => cursor.expression()) : [];
  const orderBy = cursor.takeWord('ORDER', 'BY') ? parseOrderItems(cursor) : [];
  const measures = cursor.takeWord('MEASURES') ? cursor.list(() => parseMeasure(cursor)) : [];
  const allRows = parseRows(cursor);
  const timeoutRows = cursor.takeWord('WITH', 'TIMEOUT', 'ROWS');
  const skip = cursor.takeWord('AFTER', 'MATCH') ? parseSkip(cursor) : undefined;
  if (!cursor.isWord('PATTERN')) throw cursor.expected(nextClause({ partitionBy, orderBy, measures, skip }));
  const { pattern, within } = parsePattern(cursor);
  const subsets = cursor.takeWord('SUBSET') ? cursor.list(() => parseSubset(cursor)) : [];
  const define = cursor.takeWord('DEFINE') ? cursor.list(() => parseDefinition(cursor)) : [];
  if (!cursor.isSign(')')) throw cursor.expected(define.length > 0 ? '"," or ")"' : '"DEFINE" or ")"');
  cursor.advance();
  const alias = parseAlias(cursor);
  return {
    kind: 'match-recognize',
    input,
    partitionBy,
    orderBy,
    measures,
    allRows,
    timeoutRows,
    skip,
    pattern,
    within,
    subsets,
    define,
    alias,
    span: cursor.spanFrom(input.span),
  };
}

function nextClause(found: {
  readonly partitionBy: readonly unknown[];
  readonly orderBy: readonly unknown[];
  readonly measures: readonly unknown[];
  readonly skip: unknown;
}): string {
  if (found.skip !== undefined) return '"PATTERN"';
  if (found.measures.length > 0) return '",", "ONE ROW PER MATCH", "AFTER MATCH SKIP" or "PATTERN"';
  if (found.orderBy.length > 0) return '",", "MEASURES", "AFTER MATCH SKIP" or "PATTERN"';
  if (found.partitionBy.length > 0) return '"," or "ORDER BY"';
  return '"PARTITION BY", "ORDER BY", "MEASURES" or "PATTERN"';
}

function parseMeasure(cursor: Cursor): MatchMeasure {
  const start = cursor.token;
  const semantics = parseSemantics(cursor);
  const expression = cursor.expression();
  cursor.expectWord('AS');
  return { semantics, expression, name: cursor.identifier('a name of a measure'), span: cursor.spanFrom(start) };
}

/** `FINAL LAST(A.x)`, while `FINAL.x` and `FINAL AS y` begin with a name: only before a call the word is no name. */
function parseSemantics(cursor: Cursor): MatchMeasure['semantics'] {
  const word = cursor.isWord('FINAL') ? 'final' : cursor.isWord('RUNNING') ? 'running' : undefined;
  const next = cursor.peek();
  const call = (next.kind === 'word' || next.kind === 'quoted-name') && cursor.isAhead(2, '(');
  if (word === undefined || !call || operatorWords.has(next.kind === 'word' ? next.text : '')) return undefined;
  cursor.advance();
  return word;
}

const operatorWords: ReadonlySet<string> = new Set(['IN', 'AND', 'OR', 'NOT', 'LIKE', 'BETWEEN', 'OVERLAPS']);

function parseRows(cursor: Cursor): boolean {
  if (cursor.takeWord('ONE')) {
    cursor.expectWord('ROW', 'PER', 'MATCH');
    return false;
  }
  if (!cursor.takeWord('ALL')) return false;
  cursor.expectWord('ROWS', 'PER', 'MATCH');
  for (const option of ['SHOW', 'OMIT']) {
    if (cursor.isWord(option)) throw syntaxErrors.patternForm(`${option} EMPTY MATCHES`, cursor.token);
  }
  if (cursor.isSequence('WITH', 'UNMATCHED')) throw syntaxErrors.patternForm('WITH UNMATCHED ROWS', cursor.token);
  return true;
}

function parseSkip(cursor: Cursor): MatchSkip {
  const start = cursor.token;
  cursor.expectWord('SKIP');
  if (cursor.takeWord('PAST')) {
    cursor.expectWord('LAST', 'ROW');
    return { kind: 'past-last-row', variable: undefined, span: cursor.spanFrom(start) };
  }
  if (!cursor.takeWord('TO')) throw cursor.expected('"TO" or "PAST LAST ROW"');
  if (cursor.takeWord('NEXT', 'ROW')) return { kind: 'next-row', variable: undefined, span: cursor.spanFrom(start) };
  // FIRST and LAST may be names of variables themselves.
  const worded = (cursor.isWord('FIRST') || cursor.isWord('LAST')) && !cursor.isAhead(1, 'PATTERN');
  const kind = worded && cursor.advance().text === 'FIRST' ? 'to-first' : 'to-last';
  const variable = cursor.identifier('a pattern variable');
  return { kind, variable, span: cursor.spanFrom(start) };
}

function parsePattern(cursor: Cursor): {
  readonly pattern: readonly PatternElement[];
  readonly within: Expression | undefined;
} {
  cursor.expectWord('PATTERN');
  if (!cursor.isSign('(')) throw cursor.expected('"("');
  cursor.advance();
  const pattern = parseAlternatives(cursor);
  let within = parseWithin(cursor);
  if (!cursor.isSign(')')) throw cursor.expected('a pattern variable or ")"');
  cursor.advance();
  within ??= parseWithin(cursor);
  return { pattern, within };
}

function parseWithin(cursor: Cursor): Expression | undefined {
  if (!cursor.isWord('WITHIN') || cursor.isAhead(1, ')')) return undefined;
  cursor.advance();
  if (!cursor.isWord('INTERVAL')) throw cursor.expected('"INTERVAL"');
  if (isIntervalStart(cursor)) return cursor.expression();
  cursor.advance();
  return cursor.expression();
}

/** `A B | C`: one element where there are alternatives, else those of the sequence. */
function parseAlternatives(cursor: Cursor): readonly PatternElement[] {
  return cursor.nested(() => {
    const start = cursor.token;
    const branches = [parseElements(cursor)];
    while (cursor.takeSign('|')) branches.push(parseElements(cursor));
    if (branches.length === 1) return branches[0]!;
    const span = cursor.spanFrom(start);
    return [{ kind: 'pattern-alternation', branches, relaxed: false, quantifier: undefined, span }];
  });
}

function parseElements(cursor: Cursor): readonly PatternElement[] {
  const elements: PatternElement[] = [];
  for (;;) {
    const arrow = cursor.isSign('->');
    if (arrow && elements.length === 0) throw cursor.expected('a pattern variable');
    if (arrow) cursor.advance();
    refuse(cursor);
    const isEnd =
      cursor.isSign(')') ||
      cursor.isSign('|') ||
      cursor.isSign(',') ||
      isExclusionEnd(cursor) ||
      (cursor.isWord('WITHIN') && cursor.isAhead(1, 'INTERVAL'));
    const goesOn = cursor.isSign('(') || cursor.isSign('{') || cursor.isName();
    if (!arrow && elements.length > 0 && (isEnd || !goesOn)) return elements;
    elements.push(parseElement(cursor, arrow));
  }
}

function parseElement(cursor: Cursor, relaxed: boolean): PatternElement {
  const start = cursor.token;
  if (cursor.takeSign('(')) {
    const elements = parseAlternatives(cursor);
    if (!cursor.isSign(')')) throw cursor.expected('a pattern variable or ")"');
    cursor.advance();
    const quantifier = parseQuantifier(cursor);
    return { kind: 'pattern-group', elements, relaxed, quantifier, span: cursor.spanFrom(start) };
  }
  if (cursor.isSign('{') && cursor.isAhead(1, '-')) {
    cursor.advance();
    cursor.advance();
    const elements = parseAlternatives(cursor);
    if (!isExclusionEnd(cursor)) throw cursor.expected('a pattern variable or "-}"');
    cursor.advance();
    cursor.advance();
    const quantifier = parseQuantifier(cursor);
    return { kind: 'pattern-exclusion', elements, relaxed, quantifier, span: cursor.spanFrom(start) };
  }
  if (cursor.isSequence('PERMUTE', '(')) {
    cursor.advance();
    cursor.advance();
    const branches = cursor.list(() => parseAlternatives(cursor));
    if (!cursor.isSign(')')) throw cursor.expected('"," or ")"');
    cursor.advance();
    const quantifier = parseQuantifier(cursor);
    return { kind: 'pattern-permute', branches, relaxed, quantifier, span: cursor.spanFrom(start) };
  }
  const name = cursor.identifier('a pattern variable');
  const quantifier = parseQuantifier(cursor);
  return { kind: 'pattern-variable', name, relaxed, quantifier, span: cursor.spanFrom(start) };
}

function isExclusionEnd(cursor: Cursor): boolean {
  return cursor.isSign('-') && cursor.isAhead(1, '}');
}

/** What the standard has and nobody takes. */
function refuse(cursor: Cursor): void {
  const { token } = cursor;
  if (cursor.isSign('||')) throw syntaxErrors.patternForm('an empty alternative', token);
  if (cursor.isSign('^') || cursor.isSign('$')) throw syntaxErrors.patternForm('an anchor of the partition', token);
}

function parseQuantifier(cursor: Cursor): PatternQuantifier | undefined {
  let bounds: readonly [number, number | undefined];
  if (cursor.takeSign('*')) bounds = [0, undefined];
  else if (cursor.takeSign('+')) bounds = [1, undefined];
  else if (cursor.takeSign('?')) bounds = [0, 1];
  else if (cursor.isSign('{') && !cursor.isAhead(1, '-')) bounds = parseBounds(cursor);
  else return undefined;
  return { least: bounds[0], most: bounds[1], reluctant: cursor.takeSign('?') };
}

/** `{2}`, `{2,}`, `{2,4}`, `{,4}` */
function parseBounds(cursor: Cursor): readonly [number, number | undefined] {
  const open = cursor.advance();
  const isNumber = cursor.token.kind === 'number';
  if (!isNumber && !cursor.isSign(',')) throw cursor.expected('a number of repetitions');
  const least = isNumber ? cursor.integer('a number of repetitions') : 0;
  let most: number | undefined = least;
  if (cursor.takeSign(',')) {
    most = cursor.token.kind === 'number' ? cursor.integer('a number of repetitions') : undefined;
    if (most === undefined && !isNumber) throw cursor.expected('a number of repetitions');
  }
  if (!cursor.isSign('}')) throw cursor.expected('"}"');
  cursor.advance();
  const span = cursor.spanFrom(open);
  if (most !== undefined && (most < least || most === 0)) throw syntaxErrors.patternBounds(span);
  if (Math.max(least, most ?? 0) > MAX_REPETITIONS) throw syntaxErrors.patternTooOften(MAX_REPETITIONS, span);
  return [least, most];
}

/** Each repetition that is counted is a state of the matcher. */
const MAX_REPETITIONS = 1000;

function parseSubset(cursor: Cursor): MatchSubset {
  const name = cursor.identifier('a name of several variables');
  cursor.expectSign('=');
  if (!cursor.isSign('(')) throw cursor.expected('"("');
  return { name, variables: cursor.identifierList('a pattern variable') };
}

function parseDefinition(cursor: Cursor): MatchDefinition {
  const variable = cursor.identifier('a pattern variable');
  cursor.expectWord('AS');
  return { variable, condition: cursor.expression() };
}
