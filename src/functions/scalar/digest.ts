import { createHash } from 'node:crypto';
import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { ScalarFunction } from '../../contracts/function.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { writeAscii } from '../../values/write-number.ts';
import { scalar, type Overload } from '../define.ts';
import { encodeText } from './charset.ts';

/** Writes the digest of a byte range as lower-case hex. */
function digestInto(out: ByteSlice, algorithm: string, bytes: Uint8Array): boolean {
  const hex = createHash(algorithm).update(bytes).digest('hex');
  writeAscii(out.reserve(hex.length), 0, hex);
  return true;
}

function digest(name: string, algorithm: string, example: string): ScalarFunction {
  const plain: Overload = {
    params: ['bytes'],
    returns: VARCHAR,
    kernel: (out: ByteSlice, value: ByteSlice) =>
      digestInto(out, algorithm, value.bytes.subarray(value.offset, value.offset + value.length)),
  };
  const withCharset: Overload = {
    params: ['text', 'text'],
    returns: VARCHAR,
    kernel: (out: ByteSlice, text: ByteSlice, charset: ByteSlice) => {
      // An unknown charset falls back to UTF-8, as in Blink.
      const bytes = encodeText(text.toString(), charset.toString()) ?? text.toBytes();
      return digestInto(out, algorithm, bytes);
    },
  };
  return scalar({
    name,
    category: 'hash',
    syntax: [`${name}(text_or_bytes)`, `${name}(text, charset)`],
    doc: `The ${name} digest as lower-case hex, of the bytes, or of the text in UTF-8 or the named charset.`,
    examples: [{ sql: `${name}('')`, gives: example }],
    overloads: [plain, withCharset],
  });
}

const SHA2_ALGORITHMS: Readonly<Record<number, string>> = {
  224: 'sha224',
  256: 'sha256',
  384: 'sha384',
  512: 'sha512',
};

const sha2 = scalar({
  name: 'SHA2',
  category: 'hash',
  syntax: ['SHA2(text_or_bytes, 224 | 256 | 384 | 512)'],
  doc: 'The SHA-2 digest of that many bits as lower-case hex; another number gives NULL.',
  examples: [
    { sql: `SHA2('test', 224)`, gives: '90a3ed9e32b2aaf4c61c410eb925426119e1a9dc53d4286ade99a809' },
    { sql: `SHA2('test', 7)`, gives: null },
  ],
  overloads: [
    {
      params: ['bytes', 'int'],
      returns: VARCHAR,
      mayReturnNull: true,
      kernel: (out: ByteSlice, value: ByteSlice, bits: number) => {
        const algorithm = SHA2_ALGORITHMS[bits];
        if (algorithm === undefined) return false;
        return digestInto(out, algorithm, value.bytes.subarray(value.offset, value.offset + value.length));
      },
    },
  ],
});

export const digestFunctions = [
  digest('MD5', 'md5', 'd41d8cd98f00b204e9800998ecf8427e'),
  digest('SHA1', 'sha1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'),
  digest('SHA224', 'sha224', 'd14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f'),
  digest('SHA256', 'sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
  digest(
    'SHA384',
    'sha384',
    '38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
  ),
  digest(
    'SHA512',
    'sha512',
    'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
  ),
  sha2,
];
