// What editors, the shell and the command line need of the language without running anything.
import type { Span } from './errors/span.ts';
import { highlightedWords } from './parser/keywords.ts';
import { lex } from './parser/lexer.ts';
import { splitStatements } from './parser/split-statements.ts';
import type { Token } from './parser/tokens.ts';

export { splitStatements } from './parser/split-statements.ts';
export type { SplitText, StatementText } from './parser/split-statements.ts';
export { tokenize } from './parser/tokenize.ts';
export type { HighlightKind, HighlightToken } from './parser/tokenize.ts';
export type { Span } from './errors/span.ts';

export const explainStages = ['ast', 'logical', 'optimized', 'physical'] as const;
export const explainFormats = ['text', 'json', 'mermaid'] as const;

/** query: rows come · insert: a job (CREATE TABLE … AS and statement sets too) · answer: SHOW, DESCRIBE, EXPLAIN · setup: DDL and SET · other: a mistake. */
export type StatementGroup = 'query' | 'insert' | 'answer' | 'setup' | 'other';

export interface ScriptPart extends Span {
  readonly text: string;
  readonly group: StatementGroup;
}

/** The statements of a whole script, the last one also without its semicolon; told apart by their first word only. */
export function scriptParts(text: string): ScriptPart[] {
  const { complete, rest } = splitStatements(text);
  const parts = complete.map((part) => ({ ...part, group: statementGroup(part.text) }));
  if (rest !== '') {
    const end = text.trimEnd().length;
    parts.push({ start: end - rest.length, end, text: rest, group: statementGroup(rest) });
  }
  return parts;
}

export function statementGroup(text: string): StatementGroup {
  const tokens = lex(text, { unterminated: () => undefined }).filter((token) => token.text !== '(');
  const [first, second] = tokens.map((token) => (token.kind === 'word' ? token.text : ''));
  switch (first) {
    case 'SELECT':
    case 'VALUES':
    case 'WITH':
      return 'query';
    case 'INSERT':
    case 'BEGIN':
      return 'insert';
    case 'EXECUTE':
      return second === 'INSERT' || second === 'STATEMENT' ? 'insert' : 'query';
    case 'SHOW':
    case 'DESCRIBE':
    case 'DESC':
    case 'EXPLAIN':
      return 'answer';
    case 'CREATE':
      return fillsTable(lex(text, { unterminated: () => undefined })) ? 'insert' : 'setup';
    case 'DROP':
    case 'ALTER':
    case 'SET':
    case 'RESET':
    case 'USE':
    case 'ANALYZE':
    case 'STOP':
      return 'setup';
    default:
      return 'other';
  }
}

/** `CREATE TABLE … AS query`: a job too. */
function fillsTable(tokens: readonly Token[]): boolean {
  let depth = 0;
  let isTable = false;
  for (const { kind, text } of tokens) {
    if (kind === 'sign') depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    if (kind !== 'word' || depth > 0) continue;
    if (text === 'VIEW' || text === 'FUNCTION') return false;
    isTable ||= text === 'TABLE';
    if (isTable && text === 'AS') return true;
  }
  return false;
}

/** The text with everything outside the given parts blanked, so that every place in a message stays right. */
export function keepParts(text: string, parts: readonly Span[]): string {
  let result = '';
  let at = 0;
  for (const part of parts) {
    // The semicolon falls on the one that was there or follows the last statement.
    result += `${blank(text.slice(at, part.start))}${text.slice(part.start, part.end)}`;
    const close = text.indexOf(';', part.end);
    const onlyBlanks = close >= 0 && text.slice(part.end, close).trim() === '';
    result += onlyBlanks ? `${text.slice(part.end, close)};` : ';';
    at = onlyBlanks ? close + 1 : Math.min(part.end + 1, text.length);
  }
  return result + blank(text.slice(at));
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** Comments dropped, line feeds outside strings made blanks: the statement on one line, meaning the same. */
export function onOneLine(text: string): string {
  let result = '';
  let at = 0;
  for (const token of lex(text, { unterminated: () => undefined })) {
    const gap = text.slice(at, token.start);
    if (gap !== '' && result !== '' && token.kind !== 'end') result += ' ';
    result += text.slice(token.start, token.end);
    at = token.end;
  }
  return result;
}

/** Keywords a shell offers, upper-case, sorted. */
export function keywords(): readonly string[] {
  return [...highlightedWords].sort();
}

/** Names of the built-in functions and windows, upper-case, sorted; on demand, because the list loads every function. */
export async function functionNames(): Promise<readonly string[]> {
  const { builtinFunctions } = await import('./functions/catalog.ts');
  const { windowWords } = await import('./planner/bind/window-call.ts');
  return [...builtinFunctions.map((fn) => fn.name.toUpperCase()), ...windowWords].sort();
}
