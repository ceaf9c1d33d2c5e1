import { ApiError } from '../api-error.ts';

/** One log as a search sees it: the names of GetLogs (`__topic__`, `__tag__:…` included) and their texts. */
export type FlatLog = Readonly<Record<string, string>>;

export type LogTest = (log: FlatLog) => boolean;

/** What the real service splits texts at where the index names nothing else. */
const SEPARATORS = /[\s,'";=()[\]{}?@&<>/:]+/;

/**
 * The search part of a query: `*`, words, `"a phrase"`, `key:value`, `key > 5`, `pre*`, `and`, `or`, `not`, parentheses;
 * terms next to each other are AND-ed, letters have no case.
 * @throws ApiError InvalidQueryString; ParameterInvalid for the SQL behind a `|`
 */
export function parseSearchQuery(text: string): LogTest {
  const parser = new SearchParser(tokenize(text));
  return parser.parse();
}

interface Token {
  /** `word` may hold wildcards; `text` was quoted; the rest are signs. */
  readonly kind: 'word' | 'text' | 'sign';
  readonly value: string;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|"((?:[^"\\]|\\.)*)"|(>=|<=|[()|:=<>])|((?:[^\s"()|:=<>\\]|\\.)+)/gsy;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw invalidQuery(`the query has an unclosed quote at ${at + 1}`);
    const [, quoted, sign, word] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replace(/\\(.)/gs, '$1') });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word.replace(/\\(.)/gs, '$1') });
    at = pattern.lastIndex;
  }
  return tokens;
}

/** Any text below is nested at most this deep; the query is the client's. */
const MAX_DEPTH = 100;

class SearchParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): LogTest {
    if (this.#atEnd()) return everything;
    const test = this.#any();
    if (!this.#atEnd()) throw invalidQuery(`the query goes on with "${this.#tokens[this.#at]!.value}"`);
    return test;
  }

  #any(): LogTest {
    if (++this.#depth > MAX_DEPTH) throw invalidQuery('the query is nested too deep');
    const tests = [this.#all()];
    while (this.#takeWord('or')) tests.push(this.#all());
    this.#depth--;
    return tests.length === 1 ? tests[0]! : (log) => tests.some((test) => test(log));
  }

  #all(): LogTest {
    const tests = [this.#not()];
    while (!this.#atEnd() && !this.#isSign(')') && !this.#isWord('or')) {
      this.#takeWord('and');
      tests.push(this.#not());
    }
    return tests.length === 1 ? tests[0]! : (log) => tests.every((test) => test(log));
  }

  #not(): LogTest {
    let negated = false;
    while (this.#takeWord('not')) negated = !negated;
    const test = this.#term();
    return negated ? (log) => !test(log) : test;
  }

  #term(): LogTest {
    const token = this.#next();
    if (token.kind === 'sign') {
      if (token.value !== '(') throw invalidQuery(`the query has "${token.value}" where a word belongs`);
      const inner = this.#any();
      if (!this.#takeSign(')')) throw invalidQuery('the query has "(" without ")"');
      return inner;
    }
    let key = token.value;
    // The names of tags hold a colon themselves.
    if (key === '__tag__' && this.#takeSign(':')) key = `__tag__:${this.#operand()}`;
    if (this.#takeSign(':')) {
      if (this.#takeSign('*')) return (log) => log[key] !== undefined;
      const sign = this.#comparison();
      return sign === undefined ? fieldTest(key, this.#next()) : this.#compare(key, sign);
    }
    const sign = this.#comparison();
    if (sign !== undefined) return this.#compare(key, sign);
    if (token.kind === 'word' && token.value === '*') return everything;
    const test = valueTest(token);
    return (log) => {
      for (const name in log) if (name !== '__time__' && test(log[name] ?? '')) return true;
      return false;
    };
  }

  #compare(key: string, sign: string): LogTest {
    const operand = this.#operand();
    const wanted = Number(operand);
    if (operand === '' || Number.isNaN(wanted)) throw invalidQuery(`"${operand}" is not a number`);
    return (log) => {
      const text = log[key];
      if (text === undefined || text === '') return false;
      const value = Number(text);
      if (sign === '>') return value > wanted;
      if (sign === '>=') return value >= wanted;
      if (sign === '<') return value < wanted;
      return sign === '<=' ? value <= wanted : value === wanted;
    };
  }

  #comparison(): string | undefined {
    return ['>', '>=', '<', '<=', '='].find((sign) => this.#takeSign(sign));
  }

  #operand(): string {
    const token = this.#next();
    if (token.kind === 'sign') throw invalidQuery(`the query has "${token.value}" where a value belongs`);
    return token.value;
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw invalidQuery('the query ends where a word belongs');
    if (token.kind === 'sign' && token.value === '|') {
      throw new ApiError(400, 'ParameterInvalid', 'this service searches and does not run the SQL behind "|"');
    }
    return token;
  }

  #atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  #isWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'word' && token.value.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    const found = this.#isWord(word);
    if (found) this.#at++;
    return found;
  }

  #isSign(sign: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'sign' && token.value === sign;
  }

  #takeSign(sign: string): boolean {
    const found = this.#isSign(sign);
    if (found) this.#at++;
    return found;
  }
}

const everything: LogTest = () => true;

function fieldTest(key: string, token: Token): LogTest {
  if (token.kind === 'sign') throw invalidQuery(`the query has "${token.value}" where a value belongs`);
  if (token.kind === 'word' && token.value === '*') return (log) => log[key] !== undefined;
  const test = valueTest(token);
  return (log) => {
    const value = log[key];
    return value !== undefined && test(value);
  };
}

/** A text matches when each word of the token is one of its words; `*` and `?` of an unquoted token stand for letters. */
function valueTest(token: Token): (text: string) => boolean {
  if (token.kind === 'word' && /[*?]/.test(token.value)) {
    const pattern = token.value.toLowerCase();
    return (text) => wordsOf(text).some((word) => matchesGlob(word, pattern));
  }
  const wanted = wordsOf(token.value);
  if (wanted.length === 0) return (text) => text === token.value;
  const lower = token.value.toLowerCase();
  return (text) => {
    const candidate = text.toLowerCase();
    // Cheap, and most logs end here.
    if (!wanted.every((word) => candidate.includes(word))) return false;
    if (candidate === lower) return true;
    const words = wordsOf(candidate);
    return wanted.every((word) => words.includes(word));
  };
}

/** `*` any letters, `?` one; steps back to the last `*` only, so that no query takes long. */
function matchesGlob(word: string, pattern: string): boolean {
  let at = 0;
  let star = -1;
  let starAt = 0;
  let i = 0;
  while (i < word.length) {
    if (pattern[at] === '*') {
      star = at++;
      starAt = i;
    } else if (pattern[at] === '?' || pattern[at] === word[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++starAt;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(SEPARATORS)
    .filter((word) => word !== '');
}

function invalidQuery(message: string): ApiError {
  return new ApiError(400, 'InvalidQueryString', message);
}
