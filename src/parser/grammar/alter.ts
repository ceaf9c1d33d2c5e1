import type { AlterTableAction, AlterView, OptionKey, PlacedElement } from '../ast/alter.ts';
import type { Statement } from '../ast/statements.ts';
import { syntaxErrors } from '../messages.ts';
import { refusals } from '../refusals.ts';
import type { Token } from '../tokens.ts';
import { parseElement, parseKey, parseOptions } from './create-table.ts';
import type { Cursor } from './cursor.ts';

/** ALTER of anything but consumer groups. */
export function parseAlter(cursor: Cursor): Statement {
  const start = cursor.expectWord('ALTER');
  cursor.takeWord('TEMPORARY');
  if (cursor.takeWord('VIEW')) return parseAlterView(cursor, start);
  if (!cursor.takeWord('TABLE')) throw cursor.expected('"TABLE", "VIEW" or "CONSUMER GROUP"');
  const ifExists = cursor.takeWord('IF', 'EXISTS');
  const name = cursor.qualifiedName('a table');
  const action = parseAction(cursor);
  return { kind: 'alter-table', name, ifExists, action, span: cursor.spanFrom(start) };
}

function parseAlterView(cursor: Cursor, start: Token): AlterView {
  const name = cursor.qualifiedName('a view');
  if (cursor.takeWord('RENAME')) {
    cursor.expectWord('TO');
    const to = cursor.qualifiedName('a name');
    return { kind: 'alter-view', name, action: { kind: 'rename', to }, span: cursor.spanFrom(start) };
  }
  if (!cursor.takeWord('AS')) throw cursor.expected('"RENAME TO" or "AS"');
  const query = cursor.query();
  return { kind: 'alter-view', name, action: { kind: 'query', query }, span: cursor.spanFrom(start) };
}

function parseAction(cursor: Cursor): AlterTableAction {
  if (cursor.takeWord('RENAME')) {
    if (cursor.takeWord('TO')) return { kind: 'rename', to: cursor.qualifiedName('a table name') };
    // A column may be called `column`.
    if (cursor.isWord('COLUMN') && (!cursor.isAhead(1, 'TO') || cursor.isAhead(2, 'TO'))) cursor.advance();
    const column = cursor.identifier('a column');
    cursor.expectWord('TO');
    return { kind: 'rename-column', column, to: cursor.identifier('a column') };
  }
  if (cursor.takeWord('SET')) {
    // Hive and old versions of Flink: SET TBLPROPERTIES (…).
    cursor.takeWord('TBLPROPERTIES');
    return { kind: 'set', options: parseOptions(cursor) };
  }
  if (cursor.takeWord('RESET')) {
    cursor.expectSign('(');
    const keys = cursor.list((): OptionKey => parseKey(cursor, 'an option name'));
    cursor.close();
    return { kind: 'reset', keys };
  }
  if (cursor.takeWord('ADD')) return { kind: 'add', elements: parsePlaced(cursor) };
  if (cursor.takeWord('MODIFY')) return { kind: 'modify', elements: parsePlaced(cursor) };
  if (cursor.takeWord('DROP')) return parseDropAction(cursor);
  throw cursor.expected('"RENAME", "SET", "RESET", "ADD", "MODIFY" or "DROP"');
}

function parsePlaced(cursor: Cursor): PlacedElement[] {
  refusePartition(cursor);
  const [next, second] = [cursor.peek(1), cursor.peek(2)];
  if (cursor.isWord('COLUMN') && (next.text === '(' || second.kind === 'word')) cursor.advance();
  else if (cursor.isWord('COLUMNS') && next.text === '(') cursor.advance();
  if (!cursor.isSign('(')) {
    return [parsePlacedElement(cursor)];
  }
  cursor.expectSign('(');
  const elements = cursor.list(() => parsePlacedElement(cursor));
  cursor.close();
  return elements;
}

function parsePlacedElement(cursor: Cursor): PlacedElement {
  const element = parseElement(cursor);
  if (cursor.takeWord('FIRST')) return { element, position: 'first' };
  if (cursor.takeWord('AFTER')) return { element, position: { after: cursor.identifier('a column') } };
  return { element, position: undefined };
}

function parseDropAction(cursor: Cursor): AlterTableAction {
  refusePartition(cursor);
  if (cursor.takeWord('WATERMARK')) return { kind: 'drop-watermark' };
  if (cursor.takeWord('PRIMARY', 'KEY')) return { kind: 'drop-key', name: undefined };
  if (cursor.takeWord('CONSTRAINT')) return { kind: 'drop-key', name: cursor.identifier('a constraint') };
  if (cursor.isSign('(')) return { kind: 'drop-columns', columns: cursor.identifierList('a column') };
  if (cursor.isWord('COLUMN') && (cursor.peek().kind === 'word' || cursor.peek().kind === 'quoted-name'))
    cursor.advance();
  return { kind: 'drop-columns', columns: [cursor.identifier('a column')] };
}

function refusePartition(cursor: Cursor): void {
  if (cursor.isSequence('PARTITION', '(') || cursor.isSequence('IF'))
    throw syntaxErrors.refused('ALTER TABLE … PARTITION', cursor.token, refusals.partition);
  if (cursor.isWord('DISTRIBUTION')) throw syntaxErrors.refused('DISTRIBUTION', cursor.token, refusals.buckets);
}
