import { JsonNumber } from '../nested/json-tree.ts';
import { followStandardPath } from './follow-standard-path.ts';
import { isDefinite, parseSteps, type JsonTest, type StandardPath } from './path-steps.ts';

/** What an operand gives; ABSENT where its path leads nowhere. */
type Operand = (item: unknown, root: unknown) => unknown;

const ABSENT = Symbol('absent');

/** Words of a filter: paths, texts, numbers, operators and parentheses. */
const WORD =
  /\s*(?:([@$](?:\.\.?[\w$*-]+(?:\(\))?|\.?\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*\])*)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\/(?:[^/\\]|\\.)*\/[a-z]*)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(&&|\|\||==|!=|<>|<=|>=|=~|[<>!()[\],])|([A-Za-z]+))/y;

interface Word {
  readonly kind: 'path' | 'text' | 'regex' | 'number' | 'sign' | 'word';
  readonly text: string;
}

const kinds = ['path', 'text', 'regex', 'number', 'sign', 'word'] as const;

/** The test of `(…)`; null when the text is no filter. */
export function parseFilter(text: string): JsonTest | null {
  const words: Word[] = [];
  WORD.lastIndex = 0;
  const body = text.trimEnd();
  while (WORD.lastIndex < body.length) {
    const match = WORD.exec(body);
    const group = match === null ? -1 : match.slice(1).findIndex((one) => one !== undefined);
    if (match === null || group < 0) return null;
    words.push({ kind: kinds[group]!, text: match[group + 1]! });
  }
  const reader = new FilterReader(words);
  try {
    const test = words[0]?.text === '(' ? reader.either() : undefined;
    return test !== undefined && reader.isAtEnd ? test : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

class FilterReader {
  readonly #words: readonly Word[];
  #at = 0;

  constructor(words: readonly Word[]) {
    this.#words = words;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#words.length;
  }

  either(): JsonTest {
    let test = this.#both();
    while (this.#take('||')) {
      const [left, right] = [test, this.#both()];
      test = (item, root) => left(item, root) || right(item, root);
    }
    return test;
  }

  #both(): JsonTest {
    let test = this.#one();
    while (this.#take('&&')) {
      const [left, right] = [test, this.#one()];
      test = (item, root) => left(item, root) && right(item, root);
    }
    return test;
  }

  #one(): JsonTest {
    if (this.#take('!')) {
      const test = this.#one();
      return (item, root) => !test(item, root);
    }
    if (this.#take('(')) {
      const test = this.either();
      if (!this.#take(')')) throw new SyntaxError('no ")"');
      return test;
    }
    const left = this.#operand();
    const operator = this.#words[this.#at];
    const compare = operator === undefined ? undefined : operators[operator.text.toLowerCase()];
    if (compare === undefined) return (item, root) => left(item, root) !== ABSENT;
    this.#at++;
    const right = this.#operand();
    return (item, root) => compare(left(item, root), right(item, root));
  }

  #operand(): Operand {
    const word = this.#words[this.#at++];
    switch (word?.kind) {
      case 'path':
        return pathOperand(word.text);
      case 'text': {
        const text = word.text.slice(1, -1).replace(/\\(.)/gs, '$1');
        return () => text;
      }
      case 'number': {
        const number = new JsonNumber(word.text);
        return () => number;
      }
      case 'regex': {
        const close = word.text.lastIndexOf('/');
        const regex = new RegExp(`^(?:${word.text.slice(1, close)})$`, word.text.includes('i', close) ? 'isu' : 'su');
        return () => regex;
      }
      case 'word':
        if (word.text === 'true' || word.text === 'false') return () => word.text === 'true';
        if (word.text === 'null') return () => null;
        break;
      case 'sign':
        if (word.text === '[') return this.#list();
        break;
      case undefined:
        break;
    }
    throw new SyntaxError('no operand');
  }

  #list(): Operand {
    const items: Operand[] = [];
    while (!this.#take(']')) {
      if (items.length > 0 && !this.#take(',')) throw new SyntaxError('no ","');
      items.push(this.#operand());
    }
    return (item, root) => items.map((one) => one(item, root));
  }

  #take(sign: string): boolean {
    const word = this.#words[this.#at];
    if (word?.kind !== 'sign' || word.text !== sign) return false;
    this.#at++;
    return true;
  }
}

function pathOperand(text: string): Operand {
  const steps = parseSteps(text, parseFilter);
  if (steps === null) throw new SyntaxError('no path');
  const path: StandardPath = { lax: false, steps, definite: steps.every(isDefinite) };
  return (item, root) => {
    const { failed, value } = followStandardPath(text.startsWith('$') ? root : item, path);
    return failed ? ABSENT : value;
  };
}

const operators: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  '==': isSame,
  '!=': (left, right) => !isSame(left, right),
  '<>': (left, right) => !isSame(left, right),
  '<': (left, right) => order(left, right) < 0,
  '<=': (left, right) => order(left, right) <= 0,
  '>': (left, right) => order(left, right) > 0,
  '>=': (left, right) => order(left, right) >= 0,
  '=~': (left, right) => right instanceof RegExp && isScalarText(left) && right.test(String(left)),
  in: (left, right) => Array.isArray(right) && right.some((one) => isSame(left, one)),
  nin: (left, right) => Array.isArray(right) && !right.some((one) => isSame(left, one)),
  contains: (left, right) =>
    Array.isArray(left)
      ? left.some((one) => isSame(one, right))
      : typeof left === 'string' && typeof right === 'string' && left.includes(right),
  size: (left, right) =>
    right instanceof JsonNumber &&
    (Array.isArray(left) || typeof left === 'string') &&
    left.length === Number(right.text),
  empty: (left, right) => (Array.isArray(left) || typeof left === 'string') && (left.length === 0) === right,
};

function isScalarText(value: unknown): boolean {
  return typeof value === 'string' || value instanceof JsonNumber;
}

/** NaN, which compares with nothing, for values of different kinds. */
function order(left: unknown, right: unknown): number {
  if (left instanceof JsonNumber && right instanceof JsonNumber) return Number(left.text) - Number(right.text);
  if (typeof left !== 'string' || typeof right !== 'string') return NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

function isSame(left: unknown, right: unknown): boolean {
  if (left instanceof JsonNumber || right instanceof JsonNumber) {
    return isScalarText(left) && isScalarText(right) && Number(left) === Number(right);
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((one, i) => isSame(one, right[i]));
  }
  return left === right;
}
