import { VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { slowText } from './slow-text.ts';

export const translate = scalar({
  name: 'TRANSLATE',
  aliases: ['TRANSLATE3'],
  category: 'string',
  syntax: ['TRANSLATE(text, from, to)'],
  doc: 'The text with each character of from replaced by the one at the same place of to, or left out where to is shorter. NULL or empty from: the text.',
  examples: [{ sql: `TRANSLATE('www.apache.org', 'abcde', '123')`, gives: 'www.1p13h.org' }],
  overloads: [
    {
      params: ['text', 'text', 'text'],
      returns: VARCHAR,
      nulls: 'custom',
      mayReturnNull: true,
      // slow: a map of characters per row.
      kernel: slowText((text: string | null, from: string | null, to: string | null) => {
        if (text === null) return null;
        if (from === null || from === '') return text;
        if (to === null) return null;
        const targets = [...to];
        const map = new Map<string, string>();
        for (const [i, one] of [...from].entries()) if (!map.has(one)) map.set(one, targets[i] ?? '');
        return Array.from(text, (one) => map.get(one) ?? one).join('');
      }),
    },
  ],
});
