import { decodeUtf8 } from '../../columnar/byte-slice.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';
import { javaRegexp } from '../../values/regexp-guard.ts';
import type { DecodeContext, Decoder } from '../../contracts/format.ts';
import { LineDecoder } from '../line-decoder.ts';

/**
 * `regex`: named groups of `pattern` are the columns, matched by name. Runs on JS strings (V8's regular expressions take
 * nothing else); group ranges are mapped back to bytes, so values still view the chunk. A line that does not match
 * follows `onError`; an optional group that took no part is NULL.
 */
export function decoder(context: DecodeContext): Decoder {
  const pattern = withIndices(context.options.text('pattern'));
  const names = context.wanted.map((column) => column.name);
  return new LineDecoder(
    context,
    (rows, bytes, start, end, line) => {
      const text = decodeUtf8(bytes, start, end - start);
      const match = pattern.exec(text);
      if (match === null) {
        rows.reject(line, text);
        return;
      }
      const ranges = match.indices?.groups;
      if (ranges === undefined) return;
      // UTF-16 and byte offsets agree as long as the line is ASCII.
      const ascii = text.length === end - start;
      for (let slot = 0; slot < names.length; slot++) {
        const range = ranges[names[slot]!];
        if (range === undefined) continue;
        if (ascii) rows.set(slot, start + range[0], range[1] - range[0]);
        else
          rows.set(slot, start + utf8Length(text, range[0]), utf8Length(text, range[1]) - utf8Length(text, range[0]));
      }
    },
    false,
  );
}

/** The pattern with the flag that reports where each group matched. @throws ConnectorError, SluiceError VALUE_REGEXP */
function withIndices(text: string): RegExp {
  const pattern = javaRegexp(text, { backtracking: false });
  if (pattern === null) {
    throw new ConnectorError('VALUE_REGEXP', 'option "pattern" is not a valid regular expression');
  }
  return new RegExp(pattern.source, `${pattern.flags}d`);
}

/** Bytes that the first `chars` UTF-16 units take. */
function utf8Length(text: string, chars: number): number {
  return Buffer.byteLength(chars === text.length ? text : text.slice(0, chars), 'utf8');
}
