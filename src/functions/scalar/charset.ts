import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARBINARY, VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

/** Charsets by their Java names; Node's Buffer has no big-endian UTF-16, so its bytes are swapped. */
type Charset = 'gbk' | 'utf8' | 'latin1' | 'ascii' | 'utf16le' | 'utf16be' | 'utf16';

function findCharset(name: string): Charset | undefined {
  switch (name.toUpperCase().replaceAll('_', '-')) {
    case 'UTF-8':
    case 'UTF8':
      return 'utf8';
    case 'ISO-8859-1':
    case 'LATIN1':
      return 'latin1';
    case 'US-ASCII':
    case 'ASCII':
      return 'ascii';
    case 'UTF-16LE':
      return 'utf16le';
    case 'UTF-16BE':
      return 'utf16be';
    case 'UTF-16':
      return 'utf16';
    case 'GBK':
    case 'GB2312':
    case 'GB18030':
      return 'gbk';
    default:
      return undefined;
  }
}

/** The bytes of a text; a character that the charset lacks is `?`, as in Java. */
export function encodeText(text: string, name: string): Uint8Array | null {
  const charset = findCharset(name);
  switch (charset) {
    case undefined:
      return null;
    case 'gbk':
      return encodeGbk(text);
    case 'utf8':
      return Buffer.from(text, 'utf8');
    case 'latin1':
      return Uint8Array.from([...text], (one) => oneByte(one, 0xff));
    case 'ascii':
      return Uint8Array.from([...text], (one) => oneByte(one, 0x7f));
    case 'utf16le':
      return Buffer.from(text, 'utf16le');
    case 'utf16be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'utf16':
      // Java writes a byte order mark, big-endian.
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  }
}

let gbkCodes: Map<string, number> | undefined;

/** GBK has no encoder in the platform: the table is what its decoder says of all pairs of bytes. */
function encodeGbk(text: string): Uint8Array {
  if (gbkCodes === undefined) {
    gbkCodes = new Map();
    const decoder = new TextDecoder('gbk');
    for (let lead = 0x81; lead <= 0xfe; lead++) {
      for (let trail = 0x40; trail <= 0xfe; trail++) {
        const character = decoder.decode(Uint8Array.of(lead, trail));
        if (character.length === 1 && character !== '\ufffd' && !gbkCodes.has(character)) {
          gbkCodes.set(character, (lead << 8) | trail);
        }
      }
    }
  }
  const bytes: number[] = [];
  for (const character of text) {
    const code = character < '\x80' ? undefined : gbkCodes.get(character);
    if (code === undefined) bytes.push(oneByte(character, 0x7f));
    else bytes.push(code >> 8, code & 0xff);
  }
  return Uint8Array.from(bytes);
}

function oneByte(character: string, most: number): number {
  const code = character.codePointAt(0) ?? 0;
  return code <= most ? code : 0x3f;
}

export function decodeText(bytes: Uint8Array, name: string): string | null {
  const charset = findCharset(name);
  const buffer = Buffer.from(bytes);
  switch (charset) {
    case undefined:
      return null;
    case 'gbk':
      return new TextDecoder('gbk').decode(bytes);
    case 'utf8':
      return buffer.toString('utf8');
    case 'latin1':
      return buffer.toString('latin1');
    case 'ascii':
      return Array.from(buffer, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : '\ufffd')).join('');
    case 'utf16le':
      return buffer.toString('utf16le');
    case 'utf16be':
    case 'utf16': {
      const little = charset === 'utf16' && buffer[0] === 0xff && buffer[1] === 0xfe;
      const even = buffer.subarray(0, buffer.length & ~1);
      const text = (little ? even : even.swap16()).toString('utf16le');
      return charset === 'utf16' ? text.replace(/^\ufeff/, '') : text;
    }
  }
}

const encode = scalar({
  name: 'ENCODE',
  category: 'conversion',
  syntax: ['ENCODE(text, charset)'],
  doc: "The bytes of a text in a charset of Java's names (UTF-8, UTF-16LE, ISO-8859-1, GBK, …); an unknown charset gives NULL.",
  examples: [
    { sql: `DECODE(ENCODE('aabbef', 'UTF-16LE'), 'UTF-16LE')`, gives: 'aabbef' },
    { sql: `DECODE(ENCODE('你好a', 'GBK'), 'GBK')`, gives: '你好a' },
    { sql: `CAST(TO_BASE64(ENCODE('你好', 'gb2312')) AS VARCHAR)`, gives: 'xOO6ww==' },
  ],
  overloads: [
    {
      params: ['text', 'text'],
      returns: VARBINARY,
      mayReturnNull: true,
      // slow: transcoding goes through JS strings.
      kernel: (out: ByteSlice, text: ByteSlice, charset: ByteSlice) => {
        const bytes = encodeText(text.toString(), charset.toString());
        if (bytes === null) return false;
        out.view(bytes, 0, bytes.length);
        return true;
      },
    },
  ],
});

const decode = scalar({
  name: 'DECODE',
  category: 'conversion',
  syntax: ['DECODE(bytes, charset)'],
  doc: 'The text that bytes hold in a charset; an unknown charset gives NULL.',
  examples: [{ sql: `DECODE(ENCODE('hi', 'UTF-8'), 'UTF-8')`, gives: 'hi' }],
  overloads: [
    {
      params: ['binary', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      // slow: transcoding goes through JS strings.
      kernel: (out: ByteSlice, bytes: ByteSlice, charset: ByteSlice) => {
        const text = decodeText(bytes.toBytes(), charset.toString());
        if (text === null) return false;
        out.setString(text);
        return true;
      },
    },
  ],
});

export const charsetFunctions = [encode, decode];
