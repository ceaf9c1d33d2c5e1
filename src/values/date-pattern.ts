import { encodeUtf8 } from '../columnar/byte-slice.ts';

/** The letters of Java's date patterns that are known here. */
const LETTERS = 'GyYMLwWDdFEuaHkKhmsSzZX';
/** Those of DateTimeFormatter besides. */
const MORE_LETTERS = 'QqecAnN';

/** One part of a date pattern. */
export interface DateField {
  /** A pattern letter, or '' for literal bytes. */
  readonly letter: string;
  readonly count: number;
  /** The next field is a number right behind this one, so that this one has exactly `count` digits. */
  abuts: boolean;
  readonly literal: Uint8Array;
}

/**
 * The parts of a pattern; undefined when the pattern is not valid.
 * @param modern of DateTimeFormatter: more letters, and brackets around what may be left out, which is always written
 */
export function compileDatePattern(pattern: string, modern: boolean): DateField[] | undefined {
  const letters = modern ? LETTERS + MORE_LETTERS : LETTERS;
  const fields: DateField[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') fields.push({ letter: '', count: 0, abuts: false, literal: encodeUtf8(literal) });
    literal = '';
  };
  const characters = [...pattern];
  for (let i = 0; i < characters.length;) {
    const one = characters[i]!;
    if (one === "'") {
      if (characters[i + 1] === "'") {
        literal += "'";
        i += 2;
        continue;
      }
      i++;
      for (;;) {
        const inner = characters[i];
        if (inner === undefined) return undefined;
        i++;
        if (inner !== "'") literal += inner;
        else if (characters[i] === "'") {
          literal += "'";
          i++;
        } else break;
      }
      continue;
    }
    if (modern && (one === '[' || one === ']')) {
      i++;
      continue;
    }
    if (!/[A-Za-z]/.test(one)) {
      literal += one;
      i++;
      continue;
    }
    if (!letters.includes(one)) return undefined;
    let count = 1;
    while (characters[i + count] === one) count++;
    if (count > 100) return undefined;
    flush();
    fields.push({ letter: one, count, abuts: false, literal: new Uint8Array(0) });
    i += count;
  }
  flush();
  for (let i = 0; i + 1 < fields.length; i++) {
    fields[i]!.abuts = fields[i]!.letter !== '' && fields[i + 1]!.letter !== '' && isNumeric(fields[i + 1]!);
  }
  return fields;
}

function isNumeric(field: DateField): boolean {
  return !'GEazZX'.includes(field.letter) && !(field.count >= 3 && 'ML'.includes(field.letter));
}

/** Two digits mean the year within 80 years before and 20 after this one, as in SimpleDateFormat. */
export function fullYear(twoDigits: number): number {
  const first = new Date().getUTCFullYear() - 80;
  const year = first - (first % 100) + twoDigits;
  return year < first ? year + 100 : year;
}
