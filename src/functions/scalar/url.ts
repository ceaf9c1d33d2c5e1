import { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { decodeText, encodeText } from './charset.ts';
import { slowText } from './slow-text.ts';

const URL_PARTS =
  /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/(([^/?#@]*)@)?((\[[^\]]*\]|[^/?#:]*)(?::\d*)?))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

const PROTOCOLS: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'file', 'jar', 'mailto']);

/** Parts as java.net.URL names them; null where the URL has none. */
function urlPart(url: string, part: string, key: string | undefined): string | null {
  // Java's URL leaves out blanks around it and knows few protocols.
  const match = URL_PARTS.exec(url.replace(/^[\0- ]+|[\0- ]+$/g, ''));
  if (match === null || !PROTOCOLS.has(match[1]?.toLowerCase() ?? '')) return null;
  const [, protocol = '', , userInfo, hostAndPort, host, path = '', query, ref] = match;
  // What stands behind the host and is no port.
  if (hostAndPort !== undefined && /^[^/]/.test(path)) return null;
  if (key !== undefined) {
    if (part !== 'QUERY' || query === undefined) return null;
    for (const pair of query.split('&')) {
      const equals = pair.indexOf('=');
      if (equals >= 0 && pair.slice(0, equals) === key) return pair.slice(equals + 1);
    }
    return null;
  }
  switch (part) {
    case 'HOST':
      return host ?? null;
    case 'PATH':
      return path;
    case 'QUERY':
      return query ?? null;
    case 'REF':
      return ref ?? null;
    case 'PROTOCOL':
      return protocol.toLowerCase();
    case 'FILE':
      return query === undefined ? path : `${path}?${query}`;
    case 'AUTHORITY':
      return hostAndPort === undefined ? null : userInfo === undefined ? hostAndPort : `${userInfo}@${hostAndPort}`;
    case 'USERINFO':
      return userInfo ?? null;
    default:
      return null;
  }
}

const parseUrl = scalar({
  name: 'PARSE_URL',
  category: 'url',
  syntax: ['PARSE_URL(url, part [, key])'],
  doc: 'A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE (path and query), AUTHORITY, USERINFO; with QUERY and a key the value of that parameter, not decoded. NULL where there is none.',
  examples: [
    { sql: `PARSE_URL('http://facebook.com/path/p1.php?query=1', 'QUERY', 'query')`, gives: '1' },
    { sql: `PARSE_URL('http://facebook.com/path?a=1', 'HOST')`, gives: 'facebook.com' },
    { sql: `PARSE_URL('nonsense', 'HOST')`, gives: null },
    { sql: `PARSE_URL('foo://host/', 'HOST')`, gives: null },
  ],
  overloads: [
    {
      params: ['text', 'text', 'text'],
      optional: 1,
      returns: VARCHAR,
      mayReturnNull: true,
      // slow: one regular expression over the decoded URL.
      kernel: slowText((url: string, part: string, key?: string | null) => urlPart(url, part, key ?? undefined)),
    },
  ],
});

/** What java.net.URLEncoder keeps. */
function isUnreserved(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x2a ||
    byte === 0x5f
  );
}

const HEX = '0123456789ABCDEF';

const urlEncode = scalar({
  name: 'URL_ENCODE',
  category: 'url',
  syntax: ['URL_ENCODE(text [, charset])'],
  doc: 'The text in application/x-www-form-urlencoded form (blank becomes `+`), of its UTF-8 bytes or those of a charset; NULL for an unknown one.',
  examples: [
    { sql: `URL_ENCODE('http://你好', 'gb2312')`, gives: 'http%3A%2F%2F%C4%E3%BA%C3' },
    { sql: `URL_ENCODE('a', 'UNKNOWN')`, gives: null },
    { sql: `URL_ENCODE('a b&c')`, gives: 'a+b%26c' },
  ],
  overloads: [
    {
      params: ['text', 'text'],
      optional: 1,
      returns: VARCHAR,
      mayReturnNull: true,
      kernel: (out: ByteSlice, text: ByteSlice, charset?: ByteSlice) => {
        const encoded = charset === undefined ? undefined : encodeText(text.toString(), charset.toString());
        if (encoded === null) return false;
        const { bytes, offset, length } = encoded === undefined ? text : ByteSlice.ofBytes(encoded);
        const target = out.reserve(length * 3);
        let at = 0;
        for (let i = offset; i < offset + length; i++) {
          const byte = bytes[i]!;
          if (isUnreserved(byte)) {
            target[at++] = byte;
          } else if (byte === 0x20) {
            target[at++] = 0x2b;
          } else {
            target[at++] = 0x25;
            target[at++] = HEX.charCodeAt(byte >> 4);
            target[at++] = HEX.charCodeAt(byte & 15);
          }
        }
        out.length = at;
        return true;
      },
    },
  ],
});

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 87 : -1;
}

const urlDecode = scalar({
  name: 'URL_DECODE',
  category: 'url',
  syntax: ['URL_DECODE(text [, charset])'],
  doc: 'The text that an application/x-www-form-urlencoded form stands for; its bytes are in UTF-8 or in a charset. NULL when a `%` has no two hex digits behind it, or for an unknown charset.',
  examples: [
    { sql: `URL_DECODE('a+b%26c')`, gives: 'a b&c' },
    { sql: `URL_DECODE('http%3A%2F%2F%C4%E3%BA%C3', 'gb2312')`, gives: 'http://你好' },
    { sql: `URL_DECODE('https%3A%2F%2Fcalcite.apache.org%', 'UTF-8')`, gives: null },
  ],
  overloads: [
    {
      params: ['text', 'text'],
      optional: 1,
      returns: VARCHAR,
      mayReturnNull: true,
      kernel: (out: ByteSlice, text: ByteSlice, charset?: ByteSlice) => {
        const { bytes, offset, length } = text;
        const end = offset + length;
        const target = out.reserve(length);
        let at = 0;
        for (let i = offset; i < end; i++) {
          const byte = bytes[i]!;
          if (byte === 0x25) {
            if (i + 2 >= end) return false;
            const high = hexDigit(bytes[i + 1]);
            const low = hexDigit(bytes[i + 2]);
            if (high < 0 || low < 0) return false;
            target[at++] = (high << 4) | low;
            i += 2;
          } else {
            target[at++] = byte === 0x2b ? 0x20 : byte;
          }
        }
        out.length = at;
        if (charset === undefined) return true;
        const decoded = decodeText(out.toBytes(), charset.toString());
        if (decoded === null) return false;
        out.setString(decoded);
        return true;
      },
    },
  ],
});

export const urlFunctions = [parseUrl, urlEncode, urlDecode];
