import type { FunctionArgument } from '../ast/expression.ts';
import type { Cursor } from './cursor.ts';

const names: ReadonlySet<string> = new Set([
  'JSON_VALUE',
  'JSON_QUERY',
  'JSON_EXISTS',
  'JSON_OBJECT',
  'JSON_ARRAY',
  'JSON_OBJECTAGG',
  'JSON_ARRAYAGG',
]);

/** The clauses behind the arguments, longest first; `then`: what follows the clause. */
const clauses: readonly { words: readonly string[]; then?: 'type' }[] = [
  { words: ['RETURNING'], then: 'type' },
  { words: ['WITHOUT', 'ARRAY', 'WRAPPER'] },
  { words: ['WITHOUT', 'WRAPPER'] },
  { words: ['WITH', 'CONDITIONAL', 'ARRAY', 'WRAPPER'] },
  { words: ['WITH', 'CONDITIONAL', 'WRAPPER'] },
  { words: ['WITH', 'UNCONDITIONAL', 'ARRAY', 'WRAPPER'] },
  { words: ['WITH', 'UNCONDITIONAL', 'WRAPPER'] },
  { words: ['WITH', 'ARRAY', 'WRAPPER'] },
  { words: ['WITH', 'WRAPPER'] },
  { words: ['NULL', 'ON', 'NULL'] },
  { words: ['ABSENT', 'ON', 'NULL'] },
  ...['EMPTY', 'ERROR'].flatMap((event) =>
    [['NULL'], ['ERROR'], ['TRUE'], ['FALSE'], ['UNKNOWN'], ['EMPTY', 'ARRAY'], ['EMPTY', 'OBJECT']].map((value) => ({
      words: [...value, 'ON', event],
    })),
  ),
];

export function isJsonFunction(name: string): boolean {
  return names.has(name);
}

/** Arguments of a JSON function with its clauses as trailing symbols; the word ARRAY in WRAPPER clauses is dropped. */
export function parseJsonArguments(cursor: Cursor, name: string): FunctionArgument[] {
  const args: FunctionArgument[] = [];
  const keyed = name === 'JSON_OBJECT' || name === 'JSON_OBJECTAGG';
  if (!parseClause(cursor, args)) {
    do {
      if (keyed && cursor.isWord('KEY') && cursor.peek().kind !== 'sign' && !cursor.isAhead(1, 'VALUE'))
        cursor.advance();
      args.push(cursor.expression());
      if (keyed && cursor.takeWord('VALUE')) args.push(cursor.expression());
    } while (cursor.takeSign(','));
  }
  while (parseClause(cursor, args) || parseDefault(cursor, args));
  return args;
}

function parseClause(cursor: Cursor, args: FunctionArgument[]): boolean {
  const start = cursor.token;
  for (const { words, then } of clauses) {
    if (!cursor.takeWord(...words)) continue;
    const name = words.filter((word, index) => !(word === 'ARRAY' && words[index + 1] === 'WRAPPER')).join(' ');
    args.push({ kind: 'symbol', name: name.replace('UNCONDITIONAL ', ''), span: cursor.spanFrom(start) });
    if (then) {
      const type = cursor.typeName();
      args.push({ kind: 'type-argument', type, span: type.span });
    }
    return true;
  }
  return false;
}

/** `DEFAULT x ON EMPTY`: the symbol goes before the value. */
function parseDefault(cursor: Cursor, args: FunctionArgument[]): boolean {
  const start = cursor.token;
  if (!cursor.takeWord('DEFAULT')) return false;
  const value = cursor.expression();
  cursor.expectWord('ON');
  if (!cursor.isWord('EMPTY') && !cursor.isWord('ERROR')) throw cursor.expected('"EMPTY" or "ERROR"');
  const event = cursor.advance().text;
  args.push({ kind: 'symbol', name: `DEFAULT ON ${event}`, span: { start: start.start, end: start.end } }, value);
  return true;
}
