import {
  charSet,
  complementOf,
  DIGITS,
  HORIZONTAL,
  intersectionOf,
  LINE_ENDS,
  propertySet,
  SPACE,
  unionOf,
  VERTICAL,
  withBothCases,
  WORD,
  type CharSet,
} from './char-set.ts';
import type { ParsedRegexp, RegexpNode } from './regexp-node.ts';

/** The pattern is not valid in Java (or holds what cannot be said in JavaScript at all); `reason` for the message. */
export class RegexpSyntaxError extends Error {}

const MAX_DEPTH = 250;
const NOTHING: RegexpNode = { kind: 'sequence', items: [] };
const ESCAPED_CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };

/** Parses Java's `Pattern` syntax. @throws RegexpSyntaxError */
export function parseJavaRegexp(pattern: string): ParsedRegexp {
  return new JavaRegexpParser(pattern).parse();
}

class JavaRegexpParser {
  readonly #pattern: string;
  #at = 0;
  #depth = 0;
  #ignoreCase = false;
  #dotAll = false;
  #comments = false;
  #multiline = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): ParsedRegexp {
    const root = this.#choice();
    if (this.#at < this.#pattern.length) throw new RegexpSyntaxError('unmatched ")"');
    return { root, multiline: this.#multiline };
  }

  #choice(): RegexpNode {
    if (++this.#depth > MAX_DEPTH) throw new RegexpSyntaxError('nested too deep');
    const options = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at++;
      options.push(this.#sequence());
    }
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): RegexpNode {
    const items: RegexpNode[] = [];
    for (;;) {
      this.#skipComments();
      const next = this.#peek();
      if (next === '' || next === '|' || next === ')') break;
      const atoms = this.#atom();
      const last = atoms.pop();
      items.push(...atoms);
      if (last !== undefined) items.push(this.#repeat(last));
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  #repeat(body: RegexpNode): RegexpNode {
    let node = body;
    for (;;) {
      this.#skipComments();
      const next = this.#peek();
      let min = 0;
      let max = Infinity;
      if (next === '?') max = 1;
      else if (next === '+') min = 1;
      else if (next === '{') {
        const match = /^\{(\d{1,6})(,(\d{1,6})?)?\}/.exec(this.#pattern.slice(this.#at, this.#at + 16));
        if (match === null) throw new RegexpSyntaxError('"{" starts no repetition');
        min = Number(match[1]);
        max = match[2] === undefined ? min : match[3] === undefined ? Infinity : Number(match[3]);
        if (max < min) throw new RegexpSyntaxError('a repetition whose limits are the wrong way round');
        this.#at += match[0].length - 1;
      } else if (next !== '*') return node;
      this.#at++;
      const suffix = this.#peek();
      if (suffix === '+') throw new RegexpSyntaxError('possessive repetition is not supported');
      if (suffix === '?') this.#at++;
      node = { kind: 'repeat', body: node, min, max, lazy: suffix === '?' };
    }
  }

  /** One atom, or several for a quotation; the last one is what a repetition behind them takes. */
  #atom(): RegexpNode[] {
    const code = this.#pattern.codePointAt(this.#at) ?? 0;
    const one = String.fromCodePoint(code);
    this.#at += one.length;
    switch (one) {
      case '(':
        return this.#group();
      case '[':
        return [this.#set(this.#class())];
      case '.':
        return [{ kind: 'set', set: this.#dotAll ? charSet([0, 0x10ffff]) : complementOf(LINE_ENDS) }];
      case '^':
      case '$':
        return [{ kind: 'raw', text: one }];
      case '*':
      case '+':
      case '?':
      case '{':
        throw new RegexpSyntaxError(`"${one}" repeats nothing`);
      case '\\':
        return this.#escape();
      default:
        return [this.#set(charSet([code, code]))];
    }
  }

  #set(set: CharSet): RegexpNode {
    return { kind: 'set', set: this.#ignoreCase ? withBothCases(set) : set };
  }

  #group(): RegexpNode[] {
    const head = /^\?(?:<([A-Za-z_][A-Za-z0-9_]*)>|<=|<!|[:=!>]|([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)]))/.exec(
      this.#pattern.slice(this.#at, this.#at + 100),
    );
    const flags = [this.#ignoreCase, this.#dotAll, this.#comments] as const;
    let open = '(';
    if (head !== null) {
      this.#at += head[0].length;
      if (head[0] === '?>') throw new RegexpSyntaxError('an atomic group is not supported');
      open = `(${head[0]}`;
      if (head[4] !== undefined) {
        this.#setFlags(head[2] ?? '', true);
        this.#setFlags(head[3] ?? '', false);
        // `(?i)` holds to the end of the group around it, which restores the flags.
        if (head[4] === ')') return [NOTHING];
        open = '(?:';
      }
    } else if (this.#peek() === '?') {
      throw new RegexpSyntaxError('"(?" starts no known group');
    }
    const body = this.#choice();
    if (this.#peek() !== ')') throw new RegexpSyntaxError('a group is not closed');
    this.#at++;
    [this.#ignoreCase, this.#dotAll, this.#comments] = flags;
    return [{ kind: 'group', open, body }];
  }

  #setFlags(letters: string, on: boolean): void {
    for (const letter of letters) {
      if (letter === 'i') this.#ignoreCase = on;
      else if (letter === 's') this.#dotAll = on;
      else if (letter === 'x') this.#comments = on;
      else if (letter === 'm') this.#multiline ||= on;
      else if (!'duU'.includes(letter)) throw new RegexpSyntaxError(`flag "${letter}" does not exist`);
    }
  }

  #escape(): RegexpNode[] {
    const next = this.#peek();
    if (next === 'Q') {
      this.#at++;
      return this.#quotation();
    }
    const simple: Readonly<Record<string, string>> = {
      b: '\\b',
      B: '\\B',
      A: this.#multiline ? '(?<![\\s\\S])' : '^',
      z: this.#multiline ? '(?![\\s\\S])' : '$',
      Z: this.#multiline ? '(?![\\s\\S])' : '$',
      R: '(?:\\r\\n|[\\n\\x0b\\f\\r\\x85\\u2028\\u2029])',
    };
    const raw = simple[next];
    if (raw !== undefined) {
      this.#at++;
      return [{ kind: 'raw', text: raw }];
    }
    const reference = /^(?:[1-9]|k<[A-Za-z_][A-Za-z0-9_]*>)/.exec(this.#pattern.slice(this.#at, this.#at + 100));
    if (reference !== null) {
      this.#at += reference[0].length;
      return [{ kind: 'raw', text: `(?:\\${reference[0]})` }];
    }
    return [this.#set(this.#escapedSet())];
  }

  #quotation(): RegexpNode[] {
    const close = this.#pattern.indexOf('\\E', this.#at);
    const text = this.#pattern.slice(this.#at, close < 0 ? undefined : close);
    this.#at = close < 0 ? this.#pattern.length : close + 2;
    const atoms = [...text].map((one) => {
      const code = one.codePointAt(0) ?? 0;
      return this.#set(charSet([code, code]));
    });
    return atoms.length === 0 ? [NOTHING] : atoms;
  }

  /** What stands behind a backslash, as characters; also inside classes. */
  #escapedSet(): CharSet {
    const rest = this.#pattern.slice(this.#at, this.#at + 100);
    const next = rest.charAt(0);
    if (next === '') throw new RegexpSyntaxError('the pattern ends with a backslash');
    const classes: Readonly<Record<string, CharSet>> = { d: DIGITS, w: WORD, s: SPACE, h: HORIZONTAL, v: VERTICAL };
    const positive = classes[next];
    if (positive !== undefined) return this.#take(1, positive);
    const negative = classes[next.toLowerCase()];
    if (negative !== undefined) return this.#take(1, complementOf(negative));
    const control = ESCAPED_CONTROLS[next];
    if (control !== undefined) return this.#take(1, charSet([control, control]));
    const code =
      /^(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|0([0-3]?[0-7]{1,2})|c([@-_a-z]))/.exec(rest);
    if (code !== null) {
      const hex = code[1] ?? code[2] ?? code[3];
      const value =
        hex !== undefined
          ? parseInt(hex, 16)
          : code[4] !== undefined
            ? parseInt(code[4], 8)
            : (code[5] ?? '@').charCodeAt(0) ^ 64;
      if (value > 0x10ffff) throw new RegexpSyntaxError('a code point above 10FFFF');
      return this.#take(code[0].length, charSet([value, value]));
    }
    const property = /^([pP])(?:\{([^}]*)\}|([A-Z]))/.exec(rest);
    if (property !== null) {
      const name = property[2] ?? property[3] ?? '';
      const set = propertySet(name);
      if (set === undefined) throw new RegexpSyntaxError(`character property "${name}" does not exist`);
      return this.#take(property[0].length, property[1] === 'P' ? complementOf(set) : set);
    }
    if (/[A-Za-z0-9]/.test(next)) throw new RegexpSyntaxError(`escape "\\${next}" does not exist`);
    const literal = this.#pattern.codePointAt(this.#at) ?? 0;
    return this.#take(literal > 0xffff ? 2 : 1, charSet([literal, literal]));
  }

  #take(length: number, set: CharSet): CharSet {
    this.#at += length;
    return set;
  }

  /** Behind `[`: ranges, nested classes, `&&`. */
  #class(): CharSet {
    if (++this.#depth > MAX_DEPTH) throw new RegexpSyntaxError('nested too deep');
    const negated = this.#peek() === '^';
    if (negated) this.#at++;
    let result: CharSet | undefined;
    let current: CharSet = [];
    for (let first = true; ; first = false) {
      this.#skipComments();
      const next = this.#peek();
      if (next === '') throw new RegexpSyntaxError('a character class is not closed');
      if (next === ']' && !first) {
        this.#at++;
        break;
      }
      if (next === '&' && this.#pattern.startsWith('&&', this.#at)) {
        this.#at += 2;
        result = result === undefined ? current : intersectionOf(result, current);
        current = [];
        continue;
      }
      if (next === '[') {
        this.#at++;
        current = unionOf(current, this.#class());
        continue;
      }
      current = unionOf(current, this.#classRange());
    }
    this.#depth--;
    const set = result === undefined ? current : intersectionOf(result, current);
    // Cases join before the complement: [^a] with `i` matches neither a nor A.
    const cased = this.#ignoreCase ? withBothCases(set) : set;
    return negated ? complementOf(cased) : cased;
  }

  #classRange(): CharSet {
    const low = this.#classAtom();
    const isSingle = low.length === 2 && low[0] === low[1];
    const behind = this.#pattern.charAt(this.#at + 1);
    if (!isSingle || this.#peek() !== '-' || behind === ']' || behind === '[' || behind === '') return low;
    this.#at++;
    const high = this.#classAtom();
    if (high.length !== 2 || high[0] !== high[1] || high[0]! < low[0]!) {
      throw new RegexpSyntaxError('a character range is the wrong way round');
    }
    return charSet([low[0]!, high[0]!]);
  }

  #classAtom(): CharSet {
    const code = this.#pattern.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    if (code !== 0x5c) return charSet([code, code]);
    if (this.#peek() === 'Q') {
      this.#at++;
      let set: CharSet = [];
      for (const node of this.#quotation()) if (node.kind === 'set') set = unionOf(set, node.set);
      return set;
    }
    return this.#escapedSet();
  }

  #peek(): string {
    return this.#pattern.charAt(this.#at);
  }

  /** `(?x)`: blanks, and `#` to the end of the line, mean nothing. */
  #skipComments(): void {
    if (!this.#comments) return;
    const match = /^(?:\s|#[^\n]*)+/.exec(this.#pattern.slice(this.#at));
    if (match !== null) this.#at += match[0].length;
  }
}
