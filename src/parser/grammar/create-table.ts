import type { ParseError } from '../../errors/sluice-error.ts';
import type {
  ColumnName,
  ComputedColumn,
  CreateTable,
  ExpressionStrategy,
  IndexElement,
  LikeClause,
  LikePart,
  LikeRule,
  PartitionedBy,
  PhysicalColumn,
  PrimaryKeyElement,
  TableElement,
  UniqueElement,
  WatermarkElement,
  WithOffsetStrategy,
  WithOption,
} from '../ast/create-table.ts';
import type { Identifier, NumberLiteral, StringLiteral } from '../ast/expression.ts';
import { syntaxErrors } from '../messages.ts';
import { refusals } from '../refusals.ts';
import type { Token } from '../tokens.ts';
import type { Cursor } from './cursor.ts';

export interface CreateFlags {
  readonly start: Token;
  readonly temporary: boolean;
  readonly orReplace: boolean;
}

/** Behind CREATE … TABLE. */
export function parseCreateTable(cursor: Cursor, { start, temporary, orReplace }: CreateFlags): CreateTable {
  const ifNotExists = cursor.takeWord('IF', 'NOT', 'EXISTS');
  const name = cursor.qualifiedName('a table name');
  const bare: ParseError[] = [];
  const listed = cursor.isSign('(') || !['WITH', 'AS', 'LIKE', 'COMMENT', 'PARTITIONED'].includes(cursor.token.text);
  const elements = listed ? parseElements(cursor, bare) : [];
  const comment = cursor.takeWord('COMMENT') ? cursor.string('a comment in quotes') : undefined;
  if (cursor.isSequence('DISTRIBUTED')) throw syntaxErrors.refused('DISTRIBUTED BY', cursor.token, refusals.buckets);
  const partitionedBy = parsePartitionedBy(cursor);
  const options = cursor.takeWord('WITH') ? parseOptions(cursor) : [];
  const like = parseLike(cursor);
  const query = !like && cursor.takeWord('AS') ? cursor.query() : undefined;
  const [nameOnly] = bare;
  if (!query && nameOnly) throw nameOnly;
  if (!listed && !like && !query) throw syntaxErrors.noColumns(name.at(-1)?.name ?? '', start);
  const span = cursor.spanFrom(start);
  return {
    kind: 'create-table',
    name,
    temporary,
    orReplace,
    ifNotExists,
    elements,
    comment,
    partitionedBy,
    options,
    like,
    query,
    span,
  };
}

function parseElements(cursor: Cursor, bare: ParseError[]): TableElement[] {
  cursor.expectSign('(');
  const elements = cursor.list(() => parseElement(cursor, bare));
  cursor.close();
  return elements;
}

function parsePartitionedBy(cursor: Cursor): PartitionedBy | undefined {
  const start = cursor.token;
  if (!cursor.takeWord('PARTITIONED')) return undefined;
  cursor.expectWord('BY');
  const columns = cursor.identifierList('a column');
  return { columns, span: cursor.spanFrom(start) };
}

const likeParts: Readonly<Record<string, LikePart>> = {
  ALL: 'all',
  CONSTRAINTS: 'constraints',
  PARTITIONS: 'partitions',
  GENERATED: 'generated',
  METADATA: 'metadata',
  OPTIONS: 'options',
  WATERMARKS: 'watermarks',
};

function parseLike(cursor: Cursor): LikeClause | undefined {
  const start = cursor.token;
  if (!cursor.takeWord('LIKE')) return undefined;
  const table = cursor.qualifiedName('a table');
  const rules: LikeRule[] = [];
  if (cursor.takeSign('(')) {
    do rules.push(parseLikeRule(cursor));
    while (!cursor.isSign(')'));
    cursor.close();
  }
  return { table, rules, span: cursor.spanFrom(start) };
}

function parseLikeRule(cursor: Cursor): LikeRule {
  const start = cursor.token;
  const strategy = cursor.takeWord('INCLUDING')
    ? 'including'
    : cursor.takeWord('EXCLUDING')
      ? 'excluding'
      : cursor.takeWord('OVERWRITING')
        ? 'overwriting'
        : undefined;
  if (!strategy) throw cursor.expected('"INCLUDING", "EXCLUDING" or "OVERWRITING"');
  const part = cursor.token.kind === 'word' ? likeParts[cursor.token.text] : undefined;
  const wanted = strategy === 'overwriting' ? /^(generated|metadata|options|watermarks)$/ : /./;
  if (!part || !wanted.test(part)) {
    const names = Object.keys(likeParts).filter((one) => wanted.test(one.toLowerCase()));
    throw cursor.expected(`one of ${names.join(', ')}`);
  }
  cursor.advance();
  return { strategy, part, span: cursor.spanFrom(start) };
}

/**
 * A column may be named like the word that begins another element, so the words behind it decide.
 * @param bare takes the mistake of a column that is only a name; where it is absent the mistake is thrown
 */
export function parseElement(cursor: Cursor, bare?: ParseError[]): TableElement {
  if (cursor.isWord('WATERMARK') && isWatermark(cursor)) return parseWatermark(cursor);
  if (cursor.isWord('CONSTRAINT') && cursor.isAhead(2, 'PRIMARY')) return parsePrimaryKey(cursor);
  if (cursor.isSequence('PRIMARY', 'KEY')) return parsePrimaryKey(cursor);
  if (cursor.isSequence('UNIQUE', '(')) return parseUnique(cursor);
  if (cursor.isSequence('UNIQUE', 'INDEX') || (cursor.isWord('INDEX') && isIndex(cursor))) return parseIndex(cursor);
  if (cursor.isSequence('PERIOD', 'FOR')) {
    const start = cursor.token;
    cursor.expectWord('PERIOD', 'FOR', 'SYSTEM_TIME');
    return { kind: 'period', span: cursor.spanFrom(start) };
  }
  return parseColumn(cursor, bare);
}

function isWatermark(cursor: Cursor): boolean {
  return cursor.isAhead(1, 'FOR') || cursor.isAhead(2, 'FOR');
}

/** `INDEX (a)`, `INDEX i (a)`; not `index VARCHAR(10)`. */
function isIndex(cursor: Cursor): boolean {
  return cursor.isAhead(1, '(') || (cursor.isAhead(2, '(') && cursor.peek(3).kind !== 'number');
}

function parseColumn(cursor: Cursor, bare?: ParseError[]): PhysicalColumn | ComputedColumn | ColumnName {
  const start = cursor.token;
  const name = cursor.identifier('a column');
  if (bare && (cursor.isSign(',') || cursor.isSign(')'))) {
    bare.push(cursor.expected(`a type or "AS" after column "${name.name}"`));
    return { kind: 'column-name', name, span: name.span };
  }
  if (!cursor.takeWord('AS')) return parsePhysicalColumn(cursor, name);
  const expression = cursor.expression();
  const comment = cursor.takeWord('COMMENT') ? cursor.string('a comment in quotes') : undefined;
  return { kind: 'computed-column', name, expression, comment, span: cursor.spanFrom(start) };
}

function parsePhysicalColumn(cursor: Cursor, name: Identifier): PhysicalColumn {
  if (cursor.token.kind !== 'word' || !cursor.isName())
    throw cursor.expected(`a type or "AS" after column "${name.name}"`);
  const type = cursor.typeName();
  let notNull = false;
  let header = false;
  let headerKey: StringLiteral | undefined;
  let primaryKey = false;
  let comment: StringLiteral | undefined;
  for (;;) {
    if (cursor.takeWord('NOT', 'NULL')) notNull = true;
    else if (cursor.takeWord('NULL')) notNull = false;
    else if (cursor.takeWord('HEADER')) header = true;
    else if (cursor.takeWord('METADATA')) {
      header = true;
      if (cursor.takeWord('FROM')) headerKey = cursor.string('the metadata key in quotes');
      cursor.takeWord('VIRTUAL');
    } else if (cursor.takeWord('PRIMARY', 'KEY')) {
      primaryKey = true;
      cursor.takeWord('NOT', 'ENFORCED');
    } else if (cursor.takeWord('COMMENT')) comment = cursor.string('a comment in quotes');
    else break;
  }
  const span = cursor.spanFrom(name.span);
  return { kind: 'physical-column', name, type, notNull, header, headerKey, primaryKey, comment, span };
}

function parseWatermark(cursor: Cursor): WatermarkElement {
  const start = cursor.expectWord('WATERMARK');
  const name = cursor.isWord('FOR') ? undefined : cursor.identifier('a watermark name');
  cursor.expectWord('FOR');
  const column = cursor.identifier('a column');
  cursor.expectWord('AS');
  const strategy = parseStrategy(cursor);
  return { kind: 'watermark', name, column, strategy, span: cursor.spanFrom(start) };
}

function parseStrategy(cursor: Cursor): WithOffsetStrategy | ExpressionStrategy {
  const start = cursor.token;
  if (!cursor.isSequence('WITHOFFSET', '(')) {
    const expression = cursor.expression();
    return { kind: 'expression', expression, span: expression.span };
  }
  cursor.advance();
  cursor.advance();
  if (!cursor.isName()) throw syntaxErrors.withOffset(cursor.token);
  const column = cursor.takeIdentifier();
  if (!cursor.takeSign(',')) throw syntaxErrors.withOffset(cursor.token);
  const offset = cursor.token;
  if (offset.kind !== 'number' || !/^\d+$/.test(offset.text)) throw syntaxErrors.withOffset(offset);
  cursor.advance();
  const span = { start: offset.start, end: offset.end };
  const offsetMs: NumberLiteral = { kind: 'number', text: offset.text, form: 'integer', span };
  if (!cursor.takeSign(')')) throw syntaxErrors.withOffset(cursor.token);
  return { kind: 'with-offset', column, offsetMs, span: cursor.spanFrom(start) };
}

function parsePrimaryKey(cursor: Cursor): PrimaryKeyElement {
  const start = cursor.token;
  const name = cursor.takeWord('CONSTRAINT') ? cursor.identifier('a constraint name') : undefined;
  cursor.expectWord('PRIMARY', 'KEY');
  const columns = cursor.identifierList('a column');
  const notEnforced = cursor.takeWord('NOT', 'ENFORCED');
  return { kind: 'primary-key', name, columns, notEnforced, span: cursor.spanFrom(start) };
}

function parseUnique(cursor: Cursor): UniqueElement {
  const start = cursor.expectWord('UNIQUE');
  const columns = cursor.identifierList('a column');
  return { kind: 'unique', columns, span: cursor.spanFrom(start) };
}

function parseIndex(cursor: Cursor): IndexElement {
  const start = cursor.token;
  const unique = cursor.takeWord('UNIQUE');
  cursor.expectWord('INDEX');
  const name = cursor.isSign('(') ? undefined : cursor.identifier('an index name');
  const columns = cursor.identifierList('a column');
  return { kind: 'index', name, unique, columns, span: cursor.spanFrom(start) };
}

/** `(key = 'value', …)` */
export function parseOptions(cursor: Cursor): WithOption[] {
  cursor.expectSign('(');
  if (cursor.takeSign(')')) return [];
  const options = cursor.list(() => parseOption(cursor));
  cursor.close();
  return options;
}

function parseOption(cursor: Cursor): WithOption {
  const { key, span: keySpan } = parseKey(cursor, 'an option name');
  if (!cursor.isSign('=')) throw syntaxErrors.optionEquals(key, cursor.token, cursor.written(cursor.token));
  cursor.advance();
  if (!cursor.isString()) throw syntaxErrors.optionValue(key, cursor.token);
  const value = cursor.string();
  const { token } = cursor;
  if (token.start === value.span.end && token.kind !== 'sign' && token.kind !== 'end')
    throw syntaxErrors.optionGoesOn(key, token);
  return { key, keySpan, value, span: cursor.spanFrom(keySpan) };
}

/** A key bare (`type`), dotted (`bootstrap.servers`), with hyphens, in backticks or in quotes; any word will do. */
export function parseKey(cursor: Cursor, what: string): { key: string; span: { start: number; end: number } } {
  const start = cursor.token;
  const first = cursor.token.kind;
  if (first !== 'word' && first !== 'quoted-name' && first !== 'string') throw cursor.expected(what);
  let key = '';
  for (;;) {
    const { kind } = cursor.token;
    if (kind === 'word' || kind === 'number') key += cursor.written(cursor.advance());
    else if (kind === 'quoted-name' || kind === 'string') key += cursor.advance().text;
    else throw cursor.expected(what);
    const glued = cursor.token.start === cursor.previous.end;
    if (glued && cursor.token.kind === 'number') continue; // `a.2b` and `.5` are cut as numbers
    if (glued && cursor.token.kind === 'word' && cursor.previous.kind === 'number') continue;
    if (!cursor.isSign('.') && !(cursor.isSign('-') && glued)) break;
    key += cursor.advance().text;
  }
  return { key, span: cursor.spanFrom(start) };
}
