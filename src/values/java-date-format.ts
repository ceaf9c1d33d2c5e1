import { ByteSlice } from '../columnar/byte-slice.ts';
import {
  civilFromDays,
  dayOfYear,
  daysFromCivil,
  daysFromLenient,
  daysInMonth,
  isoDayOfWeek,
  MS_PER_DAY,
  type CivilDate,
} from './civil-date.ts';
import { compileDatePattern, fullYear, type DateField } from './date-pattern.ts';
import { parseSqlTimestamp } from './flink-timestamp.ts';
import { weekFrom, weekOfYear, weekYear } from './week-of-year.ts';
import { writeNameField, writeNumberField, writeQuarter, writeZoneField } from './write-date-field.ts';
import { writeAscii, writePadded } from './write-number.ts';
import { zoneName } from './zone-name.ts';
import { knownZone, type Zone } from './zone.ts';

/**
 * `simple`: Java's SimpleDateFormat, lenient (Blink): numbers of any width, day 31 of February is in March, text behind
 * the match is ignored. `strict`: Java's DateTimeFormatter as Flink uses it: two letters are two digits, ranges are
 * checked, S counts fraction digits, all the text must match; what it refuses is read as `java.sql.Timestamp` reads it.
 */
export type DateFormatStyle = 'simple' | 'strict';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const cache = new Map<string, JavaDateFormat | undefined>();

/** A compiled date pattern. Make it once per pattern (`JavaDateFormat.of` caches), use it for every row. */
export class JavaDateFormat {
  readonly #fields: readonly DateField[];
  readonly #style: DateFormatStyle;
  readonly #maxBytes: number;
  readonly #civil: CivilDate = { year: 1970, month: 1, day: 1 };
  /** The day that `#civil` stands for. */
  #civilDays = 0;
  // Where parsing stands, and what it read; registers instead of objects per row.
  #at = 0;
  #year = 1970;
  #month = 1;
  #day = 1;
  #dayOfYear = 0;
  #hour = 0;
  #half = -1;
  #hourIsHalf = false;
  #minute = 0;
  #second = 0;
  #ms = 0;
  #zone: Zone | undefined;

  private constructor(fields: readonly DateField[], style: DateFormatStyle) {
    this.#fields = fields;
    this.#style = style;
    this.#maxBytes = fields.reduce((sum, field) => sum + field.literal.length + Math.max(field.count, 48), 16);
  }

  /** The format of a pattern, or undefined when the pattern is not valid. */
  static of(pattern: string, style: DateFormatStyle = 'simple'): JavaDateFormat | undefined {
    const key = `${style}:${pattern}`;
    if (cache.has(key)) return cache.get(key);
    const fields = compileDatePattern(pattern, style === 'strict');
    const format = fields === undefined ? undefined : new JavaDateFormat(fields, style);
    // Patterns may come from data: the cache must not grow without end.
    if (cache.size > 500) cache.clear();
    cache.set(key, format);
    return format;
  }

  /**
   * Writes the text of an instant in `zone`.
   * @param belowMs nanoseconds behind the millisecond, for the S of style `strict`
   */
  formatInto(out: ByteSlice, epochMs: number, zone: Zone, belowMs = 0): void {
    const offset = zone.offsetAt(epochMs);
    const local = epochMs + offset;
    const days = Math.floor(local / MS_PER_DAY);
    const msOfDay = local - days * MS_PER_DAY;
    const target = out.reserve(this.#maxBytes);
    const date = this.#civil;
    if (days !== this.#civilDays) {
      civilFromDays(days, date);
      this.#civilDays = days;
    }
    const seconds = (msOfDay / 1000) | 0;
    const hour = (seconds / 3600) | 0;
    let at = 0;
    for (const { letter, count, literal } of this.#fields) {
      switch (letter) {
        case '':
          target.set(literal, at);
          at += literal.length;
          break;
        case 'y':
        case 'Y': {
          const year = letter === 'y' ? date.year : weekYear(days, date.year);
          if (count === 2) at = writePadded(target, at, Math.abs(year) % 100, 2);
          else at = writeNumberField(target, at, year, count);
          break;
        }
        case 'M':
        case 'L':
          if (count < 3) at = writeNumberField(target, at, date.month, count);
          else at = writeNameField(target, at, MONTHS[date.month - 1]!, count);
          break;
        case 'd':
          at = writeNumberField(target, at, date.day, count);
          break;
        case 'H':
          at = writeNumberField(target, at, hour, count);
          break;
        case 'k':
          at = writeNumberField(target, at, hour === 0 ? 24 : hour, count);
          break;
        case 'K':
          at = writeNumberField(target, at, hour % 12, count);
          break;
        case 'h':
          at = writeNumberField(target, at, hour % 12 === 0 ? 12 : hour % 12, count);
          break;
        case 'm':
          at = writeNumberField(target, at, Math.floor(seconds / 60) % 60, count);
          break;
        case 's':
          at = writeNumberField(target, at, seconds % 60, count);
          break;
        case 'S':
          at = this.#fraction(target, at, (msOfDay - seconds * 1000) * 1e6 + belowMs, count);
          break;
        case 'a':
          at = writeAscii(target, at, hour < 12 ? 'AM' : 'PM');
          break;
        case 'E':
          at = writeNameField(target, at, DAYS[isoDayOfWeek(days) - 1]!, count);
          break;
        case 'u':
          // The year in DateTimeFormatter.
          at = writeNumberField(target, at, this.#style === 'strict' ? date.year : isoDayOfWeek(days), count);
          break;
        case 'D':
          at = writeNumberField(target, at, dayOfYear(days), count);
          break;
        case 'F':
          at = writeNumberField(
            target,
            at,
            this.#style === 'strict' ? ((date.day - 1) % 7) + 1 : Math.floor((date.day - 1) / 7) + 1,
            count,
          );
          break;
        case 'w':
          at = writeNumberField(target, at, weekOfYear(days, date.year), count);
          break;
        case 'W':
          at = writeNumberField(target, at, weekFrom(days, days - date.day + 1), count);
          break;
        case 'G':
          at = writeAscii(target, at, date.year > 0 ? 'AD' : 'BC');
          break;
        case 'Q':
        case 'q':
          at = writeQuarter(target, at, Math.floor((date.month + 2) / 3), count);
          break;
        case 'e':
        case 'c':
          if (count < 3) at = writeNumberField(target, at, (isoDayOfWeek(days) % 7) + 1, count);
          else at = writeNameField(target, at, DAYS[isoDayOfWeek(days) - 1]!, count);
          break;
        case 'A':
          at = writeNumberField(target, at, msOfDay, count);
          break;
        case 'n':
        case 'N': {
          const ms = letter === 'n' ? msOfDay - seconds * 1000 : msOfDay;
          at = writeNumberField(target, at, ms * 1e6 + belowMs, count);
          break;
        }
        case 'z':
          at = writeAscii(target, at, zoneName(zone, epochMs, count > 3));
          break;
        default:
          at = writeZoneField(target, at, letter, count, offset);
      }
    }
    out.length = at;
  }

  /** `formatInto` as a JS string. */
  format(epochMs: number, zone: Zone): string {
    const out = new ByteSlice();
    this.formatInto(out, epochMs, zone);
    return out.toString();
  }

  /** Epoch ms of a text read in `zone`; NaN when it does not match. */
  parse(bytes: Uint8Array, offset: number, length: number, zone: Zone): number {
    const local = this.parseLocal(bytes, offset, length);
    return local === local ? (this.#zone ?? zone).toInstant(local) : NaN;
  }

  /** Local ms of a text; NaN when it does not match. A zone in the text is read over. */
  parseLocal(bytes: Uint8Array, offset: number, length: number): number {
    const local = this.#read(bytes, offset, offset + length);
    if (this.#style === 'simple' || local === local) return local;
    return parseSqlTimestamp(bytes, offset, length);
  }

  #read(bytes: Uint8Array, offset: number, end: number): number {
    this.#at = offset;
    this.#year = 1970;
    this.#month = this.#day = 1;
    this.#dayOfYear = this.#hour = this.#minute = this.#second = this.#ms = 0;
    this.#half = -1;
    this.#hourIsHalf = false;
    this.#zone = undefined;
    for (const field of this.#fields) {
      if (field.letter === '') {
        const { literal } = field;
        for (let i = 0; i < literal.length; i++)
          if (this.#at + i >= end || bytes[this.#at + i] !== literal[i]) return NaN;
        this.#at += literal.length;
      } else if (!this.#readField(field, bytes, end)) {
        return NaN;
      }
    }
    if (this.#hourIsHalf) this.#hour = (this.#hour % 12) + (this.#half === 1 ? 12 : 0);
    if (this.#style === 'strict') {
      if (this.#at !== end || !this.#inRange()) return NaN;
      // Java's SMART resolver: a day beyond the end of its month is the last one.
      this.#day = Math.min(this.#day, daysInMonth(this.#year, this.#month));
    }
    const days =
      this.#dayOfYear > 0
        ? daysFromCivil(this.#year, 1, 1) + this.#dayOfYear - 1
        : daysFromLenient(this.#year, this.#month, this.#day);
    return days * MS_PER_DAY + ((this.#hour * 60 + this.#minute) * 60 + this.#second) * 1000 + this.#ms;
  }

  #inRange(): boolean {
    return (
      this.#month >= 1 &&
      this.#month <= 12 &&
      this.#day >= 1 &&
      this.#day <= 31 &&
      this.#hour <= 23 &&
      this.#minute <= 59 &&
      this.#second <= 59
    );
  }

  #readField(field: DateField, bytes: Uint8Array, end: number): boolean {
    const { letter, count } = field;
    const lenient = this.#style === 'simple';
    if (lenient) while (this.#at < end && (bytes[this.#at] === 0x20 || bytes[this.#at] === 0x09)) this.#at++;
    if (this.#at >= end) return false;
    switch (letter) {
      case 'E':
        return this.#readName(DAYS, bytes, end) > 0;
      case 'a':
        this.#half = this.#readWord(bytes, end, 'AM') ? 0 : this.#readWord(bytes, end, 'PM') ? 1 : -1;
        return this.#half >= 0;
      case 'G':
        return this.#readWord(bytes, end, 'AD') || this.#readWord(bytes, end, 'BC');
      case 'z':
      case 'Z':
      case 'X':
        return this.#readZone(bytes, end);
      case 'M':
      case 'L':
        if (count >= 3) {
          this.#month = this.#readName(MONTHS, bytes, end);
          return this.#month > 0;
        }
    }
    const start = this.#at;
    const fixed = field.abuts || (!lenient && (count === 2 || letter === 'S'));
    const value = this.#readNumber(bytes, end, fixed ? count : lenient ? 12 : 9, lenient);
    if (value !== value) return false;
    const width = this.#at - start;
    if (!lenient && width < Math.min(count, 4)) return false;
    switch (letter) {
      case 'u':
        if (!lenient) this.#year = value;
        break;
      case 'y':
      case 'Y':
        if (!lenient && count === 2) this.#year = 2000 + value;
        else this.#year = count === 2 && width === 2 && value >= 0 ? fullYear(value) : value;
        break;
      case 'M':
      case 'L':
        this.#month = value;
        break;
      case 'd':
        this.#day = value;
        break;
      case 'D':
        this.#dayOfYear = value;
        break;
      case 'H':
        this.#hour = value;
        break;
      case 'k':
        this.#hour = value === 24 ? 0 : value;
        break;
      case 'h':
      case 'K':
        this.#hour = value;
        this.#hourIsHalf = true;
        break;
      case 'm':
        this.#minute = value;
        break;
      case 's':
        this.#second = value;
        break;
      case 'S':
        // SimpleDateFormat reads ".5" as 5 ms; DateTimeFormatter as 500.
        this.#ms = lenient ? value : Math.floor(value / 10 ** (width - 3));
        break;
    }
    return true;
  }

  #readNumber(bytes: Uint8Array, end: number, most: number, signed: boolean): number {
    let at = this.#at;
    const negative = signed && bytes[at] === 0x2d;
    if (negative) at++;
    const start = at;
    let value = 0;
    for (; at < end && at - start < most; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === start) return NaN;
    this.#at = at;
    return negative ? -value : value;
  }

  /** Full or three-letter names, any case: 1-based, 0 when none fits. */
  #readName(names: readonly string[], bytes: Uint8Array, end: number): number {
    for (const [i, full] of names.entries()) {
      if (this.#readWord(bytes, end, full) || this.#readWord(bytes, end, full.slice(0, 3))) return i + 1;
    }
    return 0;
  }

  #readWord(bytes: Uint8Array, end: number, word: string): boolean {
    if (this.#at + word.length > end) return false;
    for (let i = 0; i < word.length; i++) {
      if ((bytes[this.#at + i]! | 0x20) !== (word.charCodeAt(i) | 0x20)) return false;
    }
    this.#at += word.length;
    return true;
  }

  #readZone(bytes: Uint8Array, end: number): boolean {
    let last = this.#at;
    while (last < end && (bytes[last]! > 0x2a || bytes[last] === 0x2b)) last++;
    let text = '';
    for (let i = this.#at; i < last; i++) text += String.fromCharCode(bytes[i]!);
    const zone = knownZone(text);
    if (zone === undefined) return false;
    this.#zone = zone;
    this.#at = last;
    return true;
  }

  #fraction(target: Uint8Array, at: number, nanos: number, count: number): number {
    if (this.#style === 'simple') return writeNumberField(target, at, Math.floor(nanos / 1e6), count);
    for (let i = 0, unit = 1e8, rest = nanos; i < count; i++, unit /= 10) {
      const digit = unit >= 1 ? Math.floor(rest / unit) : 0;
      target[at + i] = 0x30 + digit;
      rest -= digit * unit;
    }
    return at + count;
  }
}
