import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { TableExpander } from '../../contracts/function.ts';
import { field } from '../../types/schema.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { acceptArguments } from '../define.ts';
import { Separators, Tokens } from './separators.ts';
import { readBytes, tableFunction } from './table-definition.ts';

export const stringSplit = tableFunction({
  name: 'STRING_SPLIT',
  syntax: ['STRING_SPLIT(text, separator)'],
  doc: 'A row for each token of the text. Every character of the separator separates; empty tokens are left out. No rows for NULL.',
  resolve({ types }) {
    const args = acceptArguments({ params: ['text', 'text'] }, types);
    return args === undefined ? undefined : { args, columns: [field('f0', VARCHAR, false)], create: splitter };
  },
});

function splitter(): TableExpander {
  const text = new ByteSlice();
  const separator = new ByteSlice();
  const separators = new Separators();
  const tokens = new Tokens();
  return {
    expand(args, row, _from, out) {
      if (!readBytes(args[0]!, row, text) || !readBytes(args[1]!, row, separator)) return 0;
      separators.use(separator);
      tokens.over(text.bytes, text.offset, text.length);
      while (tokens.next(separators)) {
        out.columns[0]!.appendBytes(text.bytes, tokens.start, tokens.end - tokens.start);
        out.endRow();
      }
      return 0;
    },
  };
}
