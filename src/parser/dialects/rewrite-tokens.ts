import type { Span } from '../../errors/span.ts';
import { syntaxErrors } from '../messages.ts';
import type { Token, TokenKind } from '../tokens.ts';
import type { DialectSyntax } from './dialect-syntax.ts';
import { intervalTokens } from './interval-tokens.ts';
import { rewriteLateralView } from './lateral-view.ts';
import { last } from './last.ts';

/**
 * Operators that our grammar does not have are read as ones of the same strength; the place tells them apart in the tree.
 * `like`: the pattern begins with a plus sign at this place · `binary`: the sign of the operator stands there ·
 * `item`: the index is the token at this place.
 */
export interface Marks {
  readonly like: ReadonlyMap<number, 'ilike' | 'regexp'>;
  readonly binary: ReadonlySet<number>;
  readonly item: ReadonlyMap<number, 'text' | 'json'>;
}

export interface RewrittenTokens {
  readonly tokens: readonly Token[];
  readonly marks: Marks;
}

/** Words whose use cannot be taken over, wherever a query of the dialect has them as syntax. */
const refusedPairs: readonly (readonly [string, string])[] = [
  ['WITH', 'RECURSIVE'],
  ['AT', 'TIME'],
  ['FOR', 'UPDATE'],
  ['FOR', 'SHARE'],
  ['DISTINCT', 'ON'],
  ['CLUSTER', 'BY'],
  ['DISTRIBUTE', 'BY'],
  ['SORT', 'BY'],
];
const refusedCalls: ReadonlySet<string> = new Set(['TRY', 'CONVERT', 'TABLESAMPLE', 'TRANSFORM']);
const refusedSigns: ReadonlySet<string> = new Set(['&', '|', '^', '#', '@', '?', '!', ':=']);

const at = (kind: TokenKind, text: string, { start, end }: Span): Token => ({ kind, text, start, end });
const is = (token: Token | undefined, text: string): boolean =>
  token !== undefined && token.text === text && (token.kind === 'word' || token.kind === 'sign');

/** Makes tokens of our grammar from tokens of another one; each new token has the place of what it stands for. */
export function rewriteTokens(input: readonly Token[], syntax: DialectSyntax): RewrittenTokens {
  return new TokenRewriter(rewriteLateralView(input, syntax.name), syntax).run();
}

class TokenRewriter {
  private readonly input: readonly Token[];
  private readonly syntax: DialectSyntax;
  private readonly out: Token[] = [];
  private readonly like = new Map<number, 'ilike' | 'regexp'>();
  private readonly binary = new Set<number>();
  private readonly item = new Map<number, 'text' | 'json'>();
  /** Where in `out` the parentheses open here begin; undefined for brackets that became something else. */
  private readonly open: { readonly at: number; readonly closeAs: string; groupBy: number }[] = [
    { at: -1, closeAs: '', groupBy: -1 },
  ];

  constructor(input: readonly Token[], syntax: DialectSyntax) {
    this.input = input;
    this.syntax = syntax;
  }

  run(): RewrittenTokens {
    let i = 0;
    while (i < this.input.length) i = this.step(i);
    return { tokens: this.out, marks: { like: this.like, binary: this.binary, item: this.item } };
  }

  /** Takes one or more tokens and answers the place of the next. */
  private step(i: number): number {
    const token = this.input[i]!;
    if (token.kind === 'sign') return this.sign(i, token);
    if (token.kind === 'word') return this.word(i, token);
    this.out.push(token);
    return i + 1;
  }

  private sign(i: number, token: Token): number {
    const next = this.input[i + 1];
    const touching = next?.start === token.end;
    switch (token.text) {
      case '(': {
        const type = this.isTypeParenthesis();
        this.open.push({ at: this.out.length, closeAs: type ? '>' : ')', groupBy: -1 });
        return this.push(i, at('sign', type ? '<' : '(', token));
      }
      case ')': {
        const scope = this.open.length > 1 ? this.open.pop() : undefined;
        return this.push(i, at('sign', scope?.closeAs ?? ')', token));
      }
      case '::':
        return this.cast(i, token);
      case '[':
        // `int[]`, the type
        if (!is(next, ']')) return this.push(i, token);
        this.out.push(is(this.out.at(-1), 'ARRAY') ? at('sign', '[', token) : at('word', 'ARRAY', token));
        if (is(this.out.at(-1), '[') && next) this.out.push(next);
        return i + 2;
      case '==':
        return this.push(i, at('sign', '=', token));
      case '&&':
        return this.push(i, at('word', 'AND', token));
      case '||':
        return this.push(i, this.syntax.barsMeanOr ? at('word', 'OR', token) : token);
      case '<=':
        if (!touching || !is(next, '>')) return this.push(i, token);
        for (const word of ['IS', 'NOT', 'DISTINCT', 'FROM']) this.out.push(at('word', word, token));
        return i + 2;
      case '~':
        return this.regexp(i, token, false);
      case '!':
        if (touching && is(next, '~')) return this.regexp(i + 1, token, true);
        break;
      case '->':
        return this.jsonItem(i, token);
      default:
        break;
    }
    if (refusedSigns.has(token.text)) throw this.refuse(`the operator "${token.text}"`, token);
    return this.push(i, token);
  }

  /** `x ~ 'a'`, `x !~ 'a'` of PostgreSQL. */
  private regexp(i: number, token: Token, negated: boolean): number {
    if (is(this.input[i + 1], '*')) throw this.refuse('a regular expression without regard to case', token);
    return this.pattern(i, token, 'regexp', negated);
  }

  private pattern(i: number, token: Token, form: 'ilike' | 'regexp', negated = false): number {
    if (negated) this.out.push(at('word', 'NOT', token));
    this.out.push(at('word', 'LIKE', token), at('sign', '+', token));
    this.like.set(token.start, form);
    return i + 1;
  }

  /** `x -> 'a'` and `x ->> 'a'`: an access by a bracket. */
  private jsonItem(i: number, token: Token): number {
    const text = is(this.input[i + 1], '>') && this.input[i + 1]!.start === token.end;
    const key = this.input[i + (text ? 2 : 1)]!;
    if (key.kind !== 'string' && key.kind !== 'number') throw this.refuse('"->" without a constant behind it', token);
    this.item.set(key.start, text ? 'text' : 'json');
    this.out.push(at('sign', '[', token), key, at('sign', ']', key));
    return i + (text ? 3 : 2);
  }

  private word(i: number, token: Token): number {
    const next = this.input[i + 1];
    const before = this.out.at(-1);
    if (is(before, '.')) return this.push(i, token);
    for (const [first, second] of refusedPairs) {
      if (token.text === first && is(next, second))
        throw this.refuse(`${first} ${second}`, { start: token.start, end: next?.end ?? token.end });
    }
    if (refusedCalls.has(token.text) && is(next, '(')) throw this.refuse(token.text, token);
    switch (token.text) {
      case 'ILIKE':
        return this.pattern(i, token, 'ilike');
      case 'RLIKE':
      case 'REGEXP':
        if (is(next, '(')) break;
        return this.pattern(i, token, 'regexp');
      case 'DIV':
        if (is(next, '(')) break;
        this.binary.add(token.start);
        return this.push(i, at('sign', '/', token));
      case 'MOD':
        return this.push(i, is(next, '(') ? token : at('sign', '%', token));
      case 'INTERVAL': {
        const parts = intervalTokens(next, this.input[i + 2]);
        if (!parts) break;
        this.out.push(token, ...parts);
        return i + 2;
      }
      case 'GROUP':
        if (is(next, 'BY')) last(this.open).groupBy = this.out.length + 2;
        break;
      case 'GROUPING':
        // Hive names the keys first and the sets behind them, which name all keys again
        if (is(next, 'SETS') && before && !is(before, 'BY') && !is(before, ',')) this.dropKeys();
        break;
      case 'WITH':
        if (is(next, 'ROLLUP') || is(next, 'CUBE')) return this.wrapKeys(i, next ?? token);
        break;
      case 'SIGNED':
      case 'UNSIGNED':
        if (is(next, 'INTEGER')) return this.push(i + 1, token);
        break;
      case 'LATERAL':
        if (is(next, 'UNNEST')) return i + 1;
        break;
      case 'SEPARATOR':
        if (next?.kind === 'string') return this.push(i, at('sign', ',', token));
        break;
      case 'LIMIT':
        // `LIMIT 5, 10` names the offset first
        if (next?.kind === 'number' && is(this.input[i + 2], ',')) {
          this.out.push(token, this.input[i + 3]!, at('word', 'OFFSET', this.input[i + 2]!), next);
          return i + 4;
        }
        break;
      case 'FROM':
        if (is(next, 'DUAL')) return i + 2;
        break;
      default:
        break;
    }
    return this.push(i, token);
  }

  private push(i: number, token: Token): number {
    this.out.push(token);
    return i + 1;
  }

  /** `array(varchar)` and `map(varchar, bigint)` of Trino behind AS or inside such a type. */
  private isTypeParenthesis(): boolean {
    const word = this.out.at(-1);
    if (!is(word, 'ARRAY') && !is(word, 'MAP')) return false;
    const before = this.out.at(-2);
    return is(before, 'AS') || is(before, '<') || (is(before, ',') && last(this.open).closeAs === '>');
  }

  /** `operand::type`; the operand is what stands before without an operator in between. */
  private cast(i: number, sign: Token): number {
    const from = this.operandStart(sign);
    const first = this.out[from] ?? sign;
    this.out.splice(from, 0, at('word', 'CAST', first), at('sign', '(', first));
    this.out.push(at('word', 'AS', sign));
    let next = i + 1;
    const type = this.input[next];
    if (type?.kind !== 'word' && type?.kind !== 'quoted-name') throw this.refuse('"::" without a type behind it', sign);
    this.out.push(type);
    next++;
    if (is(this.input[next], 'PRECISION') || is(this.input[next], 'VARYING')) this.out.push(this.input[next++]!);
    if (is(this.input[next], '(')) {
      do this.out.push(this.input[next]!);
      while (!is(this.input[next++], ')') && next < this.input.length - 1);
    }
    if ((is(this.input[next], 'WITH') || is(this.input[next], 'WITHOUT')) && is(this.input[next + 1], 'TIME'))
      next += 3;
    while (is(this.input[next], '[') && is(this.input[next + 1], ']')) {
      this.out.push(at('word', 'ARRAY', this.input[next]!));
      next += 2;
    }
    this.out.push(at('sign', ')', this.input[next - 1]!));
    return next;
  }

  private operandStart(sign: Token): number {
    let from = this.out.length - 1;
    for (;;) {
      const token = this.out[from];
      if (!token) throw this.refuse('"::" without a value before it', sign);
      if (is(token, ')') || is(token, ']')) {
        from = this.opening(from, sign);
        const before = this.out[from - 1];
        const bracket = is(this.out[from], '[');
        const called = before?.kind === 'quoted-name' || (before?.kind === 'word' && !operatorWords.has(before.text));
        if (called || (bracket && (is(before, ')') || is(before, ']')))) {
          from--;
          if (!called) continue;
        }
      }
      if (is(this.out[from - 1], '.')) {
        from -= 2;
        continue;
      }
      // DATE '2024-01-01'::timestamp
      const word = this.out[from - 1];
      return token.kind === 'string' && word?.kind === 'word' && temporalWords.has(word.text) ? from - 1 : from;
    }
  }

  private opening(from: number, sign: Token): number {
    let depth = 0;
    for (let k = from; k >= 0; k--) {
      const token = this.out[k]!;
      if (token.kind !== 'sign') continue;
      if (token.text === ')' || token.text === ']') depth++;
      else if (token.text === '(' || token.text === '[') depth--;
      if (depth === 0) return k;
    }
    throw this.refuse('"::" without a value before it', sign);
  }

  private dropKeys(): void {
    const scope = last(this.open);
    if (scope.groupBy >= 0) this.out.length = scope.groupBy;
  }

  /** `GROUP BY a, b WITH ROLLUP` is `GROUP BY ROLLUP (a, b)`. */
  private wrapKeys(i: number, word: Token): number {
    const scope = last(this.open);
    if (scope.groupBy < 0) throw this.refuse(`WITH ${word.text}`, word);
    this.out.splice(scope.groupBy, 0, at('word', word.text, word), at('sign', '(', word));
    this.out.push(at('sign', ')', word));
    return i + 2;
  }

  private refuse(what: string, { start, end }: Span): Error {
    return syntaxErrors.dialectPart(this.syntax.name, what, { start, end });
  }
}

const temporalWords: ReadonlySet<string> = new Set(['DATE', 'TIME', 'TIMESTAMP', 'INTERVAL']);

/** Words before a parenthesis that is no call. */
const operatorWords: ReadonlySet<string> = new Set(
  'AND OR NOT SELECT WHERE HAVING ON BY IN LIKE BETWEEN CASE WHEN THEN ELSE DISTINCT AS FROM VALUES LIMIT OFFSET ANY ALL SOME IS'.split(
    ' ',
  ),
);
