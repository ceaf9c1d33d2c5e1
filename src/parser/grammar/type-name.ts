import type { Span } from '../../errors/span.ts';
import type { Identifier, TypeName } from '../ast/expression.ts';
import type { Cursor } from './cursor.ts';

interface TypeParts {
  readonly name: string;
  readonly parameters?: readonly number[];
  readonly arguments?: readonly TypeName[];
  readonly fields?: readonly { readonly name: Identifier; readonly type: TypeName }[];
}

/** Any word is taken for a type; which ones exist is decided later. */
export function parseTypeName(cursor: Cursor): TypeName {
  return cursor.nested(() => {
    const start = cursor.token;
    if (start.kind !== 'word' && start.kind !== 'quoted-name') throw cursor.expected('a type');
    if (!cursor.isName()) throw cursor.expected('a type');
    const word = cursor.advance().text.toUpperCase();
    const parts = parseParts(cursor, word);
    let type = typeName(parts, cursor.spanFrom(start));
    // `INT ARRAY` is ARRAY<INT>.
    for (;;) {
      const outer = cursor.takeWord('ARRAY') ? 'ARRAY' : cursor.takeWord('MULTISET') ? 'MULTISET' : undefined;
      if (outer === undefined) return type;
      type = typeName({ name: outer, arguments: [type] }, cursor.spanFrom(start));
    }
  });
}

function typeName(parts: TypeParts, span: Span): TypeName {
  return {
    kind: 'type-name',
    name: parts.name,
    parameters: parts.parameters ?? [],
    arguments: parts.arguments ?? [],
    fields: parts.fields ?? [],
    notNull: false,
    span,
  };
}

function parseParts(cursor: Cursor, word: string): TypeParts {
  switch (word) {
    case 'ARRAY':
    case 'MULTISET':
    case 'MAP': {
      if (!cursor.takeSign('<')) return { name: word };
      const types = cursor.list(() => nestedType(cursor));
      closeAngle(cursor);
      return { name: word, arguments: types };
    }
    case 'ROW':
      return { name: word, fields: parseFields(cursor) };
    case 'INTERVAL':
      return parseInterval(cursor);
    case 'DOUBLE':
      return { name: cursor.takeWord('PRECISION') ? 'DOUBLE PRECISION' : word };
    case 'CHAR':
    case 'CHARACTER':
    case 'BINARY': {
      const name = cursor.takeWord('VARYING') ? `${word} VARYING` : word;
      return { name, parameters: parseParameters(cursor) };
    }
    case 'TIME':
    case 'TIMESTAMP': {
      const parameters = parseParameters(cursor);
      return { name: word + parseZone(cursor), parameters };
    }
    default:
      return { name: word, parameters: parseParameters(cursor) };
  }
}

function nestedType(cursor: Cursor): TypeName {
  const type = parseTypeName(cursor);
  if (cursor.takeWord('NOT', 'NULL')) return { ...type, notNull: true, span: cursor.spanFrom(type.span) };
  cursor.takeWord('NULL');
  return type;
}

function parseParameters(cursor: Cursor): number[] {
  if (!cursor.takeSign('(')) return [];
  const numbers = cursor.list(() => cursor.integer('a whole number'));
  cursor.close();
  return numbers;
}

/** `ROW<a INT, b VARCHAR>` and `ROW(a INT, b VARCHAR)` */
function parseFields(cursor: Cursor): { name: Identifier; type: TypeName }[] {
  if (cursor.takeSign('<>')) return [];
  const round = cursor.isSign('(');
  if (!round && !cursor.isSign('<')) return [];
  cursor.advance();
  const fields = cursor.list(() => {
    const name = cursor.identifier('a field name');
    return { name, type: nestedType(cursor) };
  });
  if (round) cursor.close();
  else closeAngle(cursor);
  return fields;
}

function closeAngle(cursor: Cursor): void {
  cursor.close('>');
}

function parseInterval(cursor: Cursor): TypeParts {
  if (!cursor.isName()) throw cursor.expected('a time unit');
  let name = `INTERVAL ${cursor.advance().text}`;
  const parameters = parseParameters(cursor);
  if (cursor.takeWord('TO')) {
    if (!cursor.isName()) throw cursor.expected('a time unit');
    name += ` TO ${cursor.advance().text}`;
    return { name, parameters: [...parameters, ...parseParameters(cursor)] };
  }
  return { name, parameters };
}

function parseZone(cursor: Cursor): string {
  if (cursor.takeWord('WITH', 'LOCAL', 'TIME', 'ZONE')) return ' WITH LOCAL TIME ZONE';
  if (cursor.takeWord('WITH', 'TIME', 'ZONE')) return ' WITH TIME ZONE';
  if (cursor.takeWord('WITHOUT', 'TIME', 'ZONE')) return ' WITHOUT TIME ZONE';
  return '';
}
