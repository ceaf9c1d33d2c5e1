import { ByteSlice } from '../../columnar/byte-slice.ts';
import { behindElement, isJson, memberValue, skipBlanks, skipString, skipValue } from '../json/json-scanner.ts';
import { jsonStringInto } from '../json/json-text.ts';

/** A number of a JSON text with the digits it is written with: BIGINT and DECIMAL have more than a double. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** JSON text as JavaScript values, numbers as `JsonNumber`, objects as `Map`; undefined when it is not JSON. */
export function jsonTree(bytes: Uint8Array, offset: number, length: number): unknown {
  if (!isJson(bytes, offset, length)) return undefined;
  return valueOf(bytes, skipBlanks(bytes, offset, offset + length), offset + length);
}

/** As `jsonTree`, of the first value of the text: what stands behind it does not count, as in Flink. */
export function firstJsonTree(bytes: Uint8Array, offset: number, length: number): unknown {
  const end = offset + length;
  const at = skipBlanks(bytes, offset, end);
  return isFirstJson(bytes, offset, length) ? valueOf(bytes, at, end) : undefined;
}

/** Whether the text starts with a JSON value. A number or word ends with a blank or the text. */
export function isFirstJson(bytes: Uint8Array, offset: number, length: number): boolean {
  const end = offset + length;
  const at = skipBlanks(bytes, offset, end);
  const behind = skipValue(bytes, at, end);
  if (behind < 0) return false;
  const first = bytes[at];
  const isBounded = first === 0x22 || first === 0x7b || first === 0x5b;
  return isBounded || behind === end || skipBlanks(bytes, behind, end) > behind;
}

const register = new ByteSlice();

/** The value that starts at `at` of checked JSON. */
function valueOf(bytes: Uint8Array, at: number, end: number): unknown {
  switch (bytes[at]) {
    case 0x22:
      return stringOf(bytes, at, skipString(bytes, at, end));
    case 0x7b: {
      const members = new Map<string, unknown>();
      for (let place = skipBlanks(bytes, at + 1, end); bytes[place] === 0x22;) {
        const value = memberValue(bytes, place, end);
        members.set(stringOf(bytes, place, skipString(bytes, place, end)), valueOf(bytes, value, end));
        place = skipBlanks(bytes, behindElement(bytes, skipValue(bytes, value, end), end, 0x7d), end);
        if (bytes[place - 1] === 0x7d) break;
      }
      return members;
    }
    case 0x5b: {
      const items: unknown[] = [];
      let place = skipBlanks(bytes, at + 1, end);
      if (bytes[place] === 0x5d) return items;
      for (;;) {
        items.push(valueOf(bytes, place, end));
        const behind = behindElement(bytes, skipValue(bytes, place, end), end, 0x5d);
        if (bytes[behind - 1] === 0x5d) return items;
        place = skipBlanks(bytes, behind, end);
      }
    }
    case 0x74:
      return true;
    case 0x66:
      return false;
    case 0x6e:
      return null;
    default: {
      register.view(bytes, at, skipValue(bytes, at, end) - at);
      return new JsonNumber(register.toString());
    }
  }
}

/** @param behind behind the closing quote */
function stringOf(bytes: Uint8Array, at: number, behind: number): string {
  jsonStringInto(register, bytes, at + 1, behind - 1);
  return register.toString();
}
