import type { DecodeContext, Decoder, EncodeContext, Encoder } from '../../contracts/format.ts';
import { encodeUtf8 } from '../../columnar/byte-slice.ts';
import { LineDecoder } from '../line-decoder.ts';
import { slotsByPosition } from '../positions.ts';
import { TextEncoderRows } from '../text-rows.ts';

/** `delimited`: fields between a separator, by position, without quoting. Missing fields are NULL, extra ones ignored. */
export function decoder(context: DecodeContext): Decoder {
  const separator = encodeUtf8(context.options.text('fieldDelimiter'));
  const slots = slotsByPosition(context);
  const first = separator[0]!;
  return new LineDecoder(
    context,
    (rows, bytes, start, end) => {
      let fieldStart = start;
      for (let position = 0; position < slots.length; position++) {
        let fieldEnd = bytes.indexOf(first, fieldStart);
        while (fieldEnd >= 0 && fieldEnd < end && !matches(bytes, fieldEnd, separator)) {
          fieldEnd = bytes.indexOf(first, fieldEnd + 1);
        }
        const last = fieldEnd < 0 || fieldEnd >= end;
        const slot = slots[position]!;
        if (slot >= 0) rows.set(slot, fieldStart, (last ? end : fieldEnd) - fieldStart);
        if (last) return;
        fieldStart = fieldEnd + separator.length;
      }
    },
    false,
  );
}

/** Values between separators; nothing is quoted, so a value must not hold the separator or a line end. */
export function encoder(context: EncodeContext): Encoder {
  const separator = context.options.text('fieldDelimiter');
  return new TextEncoderRows(context, {
    header: '',
    row: (out, columns) => {
      for (let i = 0; i < columns.length; i++) {
        if (i > 0) out.text(separator);
        out.value(columns[i]!);
      }
    },
  });
}

function matches(bytes: Uint8Array, at: number, separator: Uint8Array): boolean {
  for (let i = 1; i < separator.length; i++) if (bytes[at + i] !== separator[i]) return false;
  return true;
}
