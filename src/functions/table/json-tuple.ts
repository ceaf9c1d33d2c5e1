import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { TableExpander } from '../../contracts/function.ts';
import { field } from '../../types/schema.ts';
import { VARCHAR } from '../../types/sql-type.ts';
import { acceptArguments } from '../define.ts';
import { compileJsonPath, extractJson } from '../scalar/json-value.ts';
import { readBytes, tableFunction } from './table-definition.ts';

export const jsonTuple = tableFunction({
  name: 'JSON_TUPLE',
  syntax: ['JSON_TUPLE(content, path [, path …])'],
  doc: 'A row for each path, in order, with what JSON_VALUE gives for it: NULL where nothing is found. A bare name stands for `$.name`.',
  resolve({ types }) {
    const args = acceptArguments({ params: ['text', 'text'], variadic: true }, types);
    return args === undefined
      ? undefined
      : { args, columns: [field('f0', VARCHAR)], create: () => picker(args.length) };
  },
});

function picker(width: number): TableExpander {
  const content = new ByteSlice();
  const path = new ByteSlice();
  const found = new ByteSlice();
  const known = Array.from({ length: width }, (): { text?: string; path: ReturnType<typeof compileJsonPath> } => ({
    path: null,
  }));
  return {
    expand(args, row, _from, out) {
      const hasContent = readBytes(args[0]!, row, content);
      for (let i = 1; i < args.length; i++) {
        let given = false;
        if (hasContent && readBytes(args[i]!, row, path)) {
          const entry = known[i]!;
          const text = path.toString();
          if (entry.text !== text) {
            entry.path = compileJsonPath(text.trim().startsWith('$') ? text : `$.${text}`);
            entry.text = text;
          }
          given = entry.path !== null && extractJson(found, content, entry.path);
        }
        if (given) out.columns[0]!.append(found);
        else out.columns[0]!.appendNull();
        out.endRow();
      }
      return 0;
    },
  };
}
