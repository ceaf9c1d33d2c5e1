import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { scalar, type Kernel } from '../define.ts';
import { isAscii } from '../../values/utf8.ts';

/** ASCII on bytes; anything else through JS strings (slow: Unicode case mapping changes lengths). */
function caseKernel(from: number, to: number, unicode: (text: string) => string): Kernel {
  return (out: ByteSlice, text: ByteSlice) => {
    const { bytes, offset, length } = text;
    if (!isAscii(bytes, offset, length)) {
      out.setString(unicode(text.toString()));
      return true;
    }
    const target = out.reserve(length);
    for (let i = 0; i < length; i++) {
      const byte = bytes[offset + i]!;
      target[i] = byte >= from && byte <= to ? byte ^ 0x20 : byte;
    }
    return true;
  };
}

const lower = scalar({
  name: 'LOWER',
  aliases: ['LCASE'],
  category: 'string',
  syntax: ['LOWER(text)'],
  doc: 'The text in lower case.',
  examples: [{ sql: `LOWER('Hello')`, gives: 'hello' }],
  overloads: [{ params: ['text'], returns: VARCHAR, kernel: caseKernel(0x41, 0x5a, (text) => text.toLowerCase()) }],
});

const upper = scalar({
  name: 'UPPER',
  aliases: ['UCASE'],
  category: 'string',
  syntax: ['UPPER(text)'],
  doc: 'The text in upper case.',
  examples: [{ sql: `UPPER('Hello')`, gives: 'HELLO' }],
  overloads: [{ params: ['text'], returns: VARCHAR, kernel: caseKernel(0x61, 0x7a, (text) => text.toUpperCase()) }],
});

const WORDS = /[\p{L}\p{N}]+/gu;
const ASCII_WORDS = /[A-Za-z0-9]+/g;

const initcap = scalar({
  name: 'INITCAP',
  category: 'string',
  syntax: ['INITCAP(text)'],
  doc: 'The first letter of each word in upper case, the rest in lower case; letters and digits form words (in Flink those of ASCII).',
  examples: [{ sql: `INITCAP('hello wORLD')`, gives: 'Hello World' }],
  overloads: [
    {
      params: ['text'],
      returns: VARCHAR,
      // slow: Unicode case mapping.
      make: ({ context }) => {
        const words = context.compatibility === 'flink' ? ASCII_WORDS : WORDS;
        return (out: ByteSlice, text: ByteSlice) => {
          const source = text.toString();
          out.setString(
            source.replace(words, (word) => {
              const [first = ''] = word;
              return first.toUpperCase() + word.slice(first.length).toLowerCase();
            }),
          );
          return true;
        };
      },
    },
  ],
});

export const caseFunctions = [lower, upper, initcap];
