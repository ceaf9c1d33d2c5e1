import type { Statement } from '../parser/ast/statements.ts';
import { printStatement } from '../parser/print.ts';
import type { ExplainFormat } from './api.ts';

/** The syntax tree: as SQL again, as its nodes with their spans, or drawn. */
export function explainTree(statement: Statement, format: ExplainFormat): string {
  switch (format) {
    case 'text':
      return printStatement(statement);
    case 'json':
      return JSON.stringify(statement, null, 2);
    case 'mermaid': {
      const lines = ['flowchart TD'];
      draw(statement, lines);
      return lines.join('\n');
    }
  }
}

/** Draws a node and what hangs below it; its plain fields stand in its box. @returns the name of its box */
function draw(node: object, lines: string[]): string {
  const name = `n${lines.length}`;
  const at = lines.push('') - 1;
  const facts: string[] = [];
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (key === 'kind' || key === 'span') continue;
    // Lists may be lists of lists: rows of VALUES.
    const nodes = [value].flat(8).filter(isNode);
    for (const child of nodes) {
      const below = draw(child, lines);
      lines.push(`  ${name} -->|${key}| ${below}`);
    }
    if (typeof value !== 'object' && value !== undefined)
      facts.push(`${key}: ${escaped(value === null ? 'null' : `${value as string | number | boolean}`)}`);
  }
  const { kind } = node as { kind?: unknown };
  lines[at] = `  ${name}["${[typeof kind === 'string' ? kind : 'part', ...facts].join('<br>')}"]`;
  return name;
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Mermaid reads entities: quotes and brackets of a text must not end its box. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} _.,:;+*/()=%'-]/gu, (sign) => `#${sign.codePointAt(0) ?? 0};`);
}
