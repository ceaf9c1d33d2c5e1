import type { CreateFunction, DescribeFunction } from '../ast/statements.ts';
import type { CreateFlags } from './create-table.ts';
import type { Cursor } from './cursor.ts';

/** Behind CREATE … FUNCTION: `f AS './f.js' [LANGUAGE JAVASCRIPT]`. */
export function parseCreateFunction(cursor: Cursor, { start, temporary, orReplace }: CreateFlags): CreateFunction {
  const ifNotExists = cursor.takeWord('IF', 'NOT', 'EXISTS');
  const name = cursor.qualifiedName('a function name');
  cursor.expectWord('AS');
  const implementation = cursor.string('the implementation in quotes');
  const language = cursor.takeWord('LANGUAGE') ? cursor.identifier('a language') : undefined;
  const span = cursor.spanFrom(start);
  return { kind: 'create-function', name, temporary, orReplace, ifNotExists, implementation, language, span };
}

/** `DESCRIBE FUNCTION f`; undefined: DESCRIBE of something else. DESCRIBE has been taken. */
export function parseDescribeFunction(cursor: Cursor, start: CreateFlags['start']): DescribeFunction | undefined {
  if (!cursor.takeWord('FUNCTION')) return undefined;
  cursor.takeWord('EXTENDED');
  // Functions may be called by reserved words: LEFT, MOD.
  const name = cursor.token.kind === 'word' ? cursor.takeIdentifier() : cursor.identifier('a function');
  return { kind: 'describe-function', name, span: cursor.spanFrom(start) };
}
