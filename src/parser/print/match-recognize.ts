import type { MatchRecognize, MatchSkip, PatternElement, PatternQuantifier } from '../ast/match-recognize.ts';
import type { Expression } from '../ast/expression.ts';
import type { ExpressionPrinter } from './expression.ts';
import { nameText } from './names.ts';

/** `MATCH_RECOGNIZE ( … )`, without the table before it and the alias behind it. */
export function matchText(node: MatchRecognize, expressions: ExpressionPrinter): string {
  const clauses: string[] = [];
  if (node.partitionBy.length > 0) clauses.push(`PARTITION BY ${expressions.list(node.partitionBy)}`);
  if (node.orderBy.length > 0) clauses.push(`ORDER BY ${expressions.orderItems(node.orderBy)}`);
  if (node.measures.length > 0) {
    const measures = node.measures.map(({ semantics, expression, name }) => {
      const word = semantics === undefined ? '' : `${semantics.toUpperCase()} `;
      return `${word}${expressions.print(expression)} AS ${nameText(name)}`;
    });
    clauses.push(`MEASURES ${measures.join(', ')}`);
  }
  clauses.push(`${node.allRows ? 'ALL ROWS' : 'ONE ROW'} PER MATCH${node.timeoutRows ? ' WITH TIMEOUT ROWS' : ''}`);
  if (node.skip !== undefined) clauses.push(`AFTER MATCH SKIP ${skipText(node.skip)}`);
  const within = node.within === undefined ? '' : ` WITHIN ${withinText(node.within, expressions)}`;
  clauses.push(`PATTERN (${elementsText(node.pattern)})${within}`);
  if (node.subsets.length > 0) {
    const subsets = node.subsets.map(
      ({ name, variables }) => `${nameText(name)} = (${variables.map(nameText).join(', ')})`,
    );
    clauses.push(`SUBSET ${subsets.join(', ')}`);
  }
  if (node.define.length > 0) {
    const definitions = node.define.map(
      ({ variable, condition }) => `${nameText(variable)} AS ${expressions.print(condition)}`,
    );
    clauses.push(`DEFINE ${definitions.join(', ')}`);
  }
  return `MATCH_RECOGNIZE (${clauses.join(' ')})`;
}

function withinText(within: Expression, expressions: ExpressionPrinter): string {
  const text = expressions.print(within);
  return within.kind === 'interval' ? text : `INTERVAL (${text})`;
}

function skipText(skip: MatchSkip): string {
  if (skip.kind === 'next-row') return 'TO NEXT ROW';
  if (skip.kind === 'past-last-row') return 'PAST LAST ROW';
  const name = skip.variable === undefined ? '' : nameText(skip.variable);
  return `TO ${skip.kind === 'to-first' ? 'FIRST' : 'LAST'} ${name}`;
}

function elementsText(elements: readonly PatternElement[]): string {
  return elements
    .map((element) => {
      const arrow = element.relaxed ? '-> ' : '';
      return arrow + bodyText(element) + (element.quantifier === undefined ? '' : quantifierText(element.quantifier));
    })
    .join(' ');
}

function bodyText(element: PatternElement): string {
  switch (element.kind) {
    case 'pattern-variable':
      return variableText(nameText(element.name));
    case 'pattern-group':
      return `(${elementsText(element.elements)})`;
    case 'pattern-exclusion':
      return `{- ${elementsText(element.elements)} -}`;
    case 'pattern-alternation':
      return element.branches.map(elementsText).join(' | ');
    case 'pattern-permute':
      return `PERMUTE(${element.branches.map(elementsText).join(', ')})`;
  }
}

/** Words that mean something else inside PATTERN. */
function variableText(name: string): string {
  return /^(PERMUTE|WITHIN)$/i.test(name) ? `\`${name}\`` : name;
}

function quantifierText({ least, most, reluctant }: PatternQuantifier): string {
  const bounds =
    most === undefined
      ? least === 0
        ? '*'
        : least === 1
          ? '+'
          : `{${least},}`
      : least === 0 && most === 1
        ? '?'
        : least === most
          ? `{${least}}`
          : `{${least},${most}}`;
  return bounds + (reluctant ? '?' : '');
}
