import type { Span } from '../../errors/span.ts';
import type { Expression, FunctionCall } from '../ast/expression.ts';
import { parseExpression } from '../parse.ts';

type Clauses = Pick<FunctionCall, 'distinct' | 'filter' | 'withinGroup' | 'over'>;

const parsed = new Map<string, Expression>();

/** How many arguments a text with `_1`, `_2` … needs. */
export function templateArguments(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\b_(\d)\b/g)].map(([, digit]) => Number(digit)));
}

/**
 * The expression of a text in which `_1`, `_2` … are arguments. FILTER, OVER and the like go to its first call; undefined
 * where there is a clause and no call. All new nodes have the given place.
 */
export function expandTemplate(
  text: string,
  args: readonly Expression[],
  clauses: Clauses,
  span: Span,
): Expression | undefined {
  let template = parsed.get(text);
  if (!template) {
    template = parseExpression({ name: '<function table>', text });
    parsed.set(text, template);
  }
  let wanted = clauses.distinct || Boolean(clauses.filter ?? clauses.over) || clauses.withinGroup.length > 0;
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    const node = value as Record<string, unknown>;
    if (node['kind'] === 'column-ref') {
      const [part] = node['parts'] as { readonly name: string }[];
      const argument = /^_(\d)$/.exec(part?.name ?? '');
      if (argument) return args[Number(argument[1]) - 1];
    }
    const takes = wanted && node['kind'] === 'function-call';
    if (takes) wanted = false;
    const copy: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(node)) {
      copy[key] = key === 'span' || key === 'operatorSpan' ? span : visit(child);
    }
    if (!takes) return copy;
    const filters = [copy['filter'] as Expression | undefined, clauses.filter].filter((one) => one !== undefined);
    const filter = filters.length < 2 ? filters[0] : { kind: 'chain', operator: 'AND', operands: filters, span };
    return { ...copy, ...clauses, filter, distinct: clauses.distinct || copy['distinct'] === true };
  };
  const expression = visit(template) as Expression;
  return wanted ? undefined : expression;
}
