import type { DecodeContext, Decoder, EncodeContext, Encoder } from '../../contracts/format.ts';
import { LineDecoder } from '../line-decoder.ts';
import { TextEncoderRows } from '../text-rows.ts';

/** `raw`: the one VARCHAR column, whatever its name, is the line. Empty lines are rows. */
export function decoder(context: DecodeContext): Decoder {
  const wanted = context.wanted.length > 0;
  return new LineDecoder(
    context,
    (rows, _bytes, start, end) => {
      if (wanted) rows.set(0, start, end - start);
    },
    true,
  );
}

/** Writes the column as it is, a line a row; NULL is an empty line. */
export function encoder(context: EncodeContext): Encoder {
  return new TextEncoderRows(context, {
    header: '',
    row: (out, columns) => {
      const first = columns[0];
      if (first !== undefined) out.value(first);
    },
  });
}
