import { ParseError } from '../errors/sluice-error.ts';
import type { SourceText } from '../errors/span.ts';
import type { Expression } from './ast/expression.ts';
import type { Query } from './ast/query.ts';
import type { Statement } from './ast/statements.ts';
import { parseCall } from './grammar/call.ts';
import { Cursor } from './grammar/cursor.ts';
import type { GrammarRules, VariableLookup } from './grammar/cursor.ts';
import { parseExpression as expression, precedence } from './grammar/expression.ts';
import { continueQuery, continuesQuery, parseQuery as query } from './grammar/query.ts';
import { isStatementEnd, parseOneStatement, statementWords } from './grammar/statement.ts';
import { parseTypeName } from './grammar/type-name.ts';
import { lex } from './lexer.ts';
import { hints, syntaxErrors } from './messages.ts';
import type { Token } from './tokens.ts';

export interface ParseOptions {
  /** Gives the value of `${NAME}` inside string literals; without it the text stays as it is. */
  readonly variables?: VariableLookup;
}

const rules: GrammarRules = {
  expression,
  operand: (cursor) => expression(cursor, precedence.range + 1),
  call: parseCall,
  query,
  continuesQuery,
  continueQuery,
  typeName: parseTypeName,
};

/**
 * The statements of a whole file, in order. Spans are UTF-16 offsets into `source.text`; `;` belongs to no statement.
 * @throws ParseError with span and source, at the first mistake.
 */
export function parseScript(source: SourceText, options: ParseOptions = {}): Statement[] {
  return parse(source, options, (cursor) => {
    const statements: Statement[] = [];
    for (;;) {
      while (cursor.takeSign(';'));
      if (cursor.atEnd()) return statements;
      statements.push(parseOneStatement(cursor));
      endStatement(cursor);
    }
  });
}

/** Exactly one statement; a semicolon may follow. */
export function parseStatement(source: SourceText, options: ParseOptions = {}): Statement {
  return parse(source, options, (cursor) => {
    if (cursor.atEnd()) throw syntaxErrors.emptyText('a statement', cursor.token);
    const statement = parseOneStatement(cursor);
    endStatement(cursor);
    while (cursor.takeSign(';'));
    if (!cursor.atEnd()) throw syntaxErrors.oneStatement(cursor.token);
    return statement;
  });
}

/** One query and nothing else. */
export function parseQuery(source: SourceText, options: ParseOptions = {}): Query {
  return parse(source, options, (cursor) => {
    const node = cursor.query();
    if (!cursor.atEnd()) throw cursor.expected('the end of the query');
    return node;
  });
}

/** One query of tokens that were made from those of another dialect; their places are in `text`. */
export function parseQueryTokens(text: string, tokens: readonly Token[]): Query {
  const cursor = new Cursor(text, tokens, rules);
  const node = cursor.query();
  if (!cursor.atEnd()) throw cursor.expected('the end of the query');
  return node;
}

/** One expression and nothing else. */
export function parseExpression(source: SourceText, options: ParseOptions = {}): Expression {
  return parse(source, options, (cursor) => {
    if (cursor.atEnd()) throw syntaxErrors.emptyText('an expression', cursor.token);
    const node = cursor.expression();
    if (!cursor.atEnd()) throw cursor.expected('the end of the expression');
    return node;
  });
}

function parse<Node>(source: SourceText, options: ParseOptions, rule: (cursor: Cursor) => Node): Node {
  try {
    return rule(new Cursor(source.text, lex(source.text), rules, options.variables));
  } catch (error) {
    throw error instanceof ParseError ? error.withSource(source) : error;
  }
}

function endStatement(cursor: Cursor): void {
  if (isStatementEnd(cursor)) return;
  const { token } = cursor;
  const next = token.kind === 'word' && statementWords.includes(token.text) && token.text !== 'WITH';
  throw cursor.expected('";" or the end of the text', next ? hints.missingSemicolon(token.text) : undefined);
}
