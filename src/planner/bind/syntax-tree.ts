import type { Span } from '../../errors/span.ts';
import type { ColumnRef, Expression } from '../../parser/ast/expression.ts';

/** A copy with every place replaced: what was taken over from another text is shown where it was asked for. */
export function movedTo<Node>(node: Node, span: Span): Node {
  if (Array.isArray(node)) return node.map((one: unknown) => movedTo(one, span)) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    copy[key] = value !== undefined && /^(span|[a-z]+Span)$/.test(key) ? span : movedTo(value, span);
  }
  return copy as Node;
}

/** Every column named in an expression, sub-queries included. */
export function columnRefs(node: unknown): ColumnRef[] {
  if (Array.isArray(node)) return node.flatMap(columnRefs);
  if (typeof node !== 'object' || node === null) return [];
  if ((node as { kind?: unknown }).kind === 'column-ref') return [node as ColumnRef];
  return Object.values(node).flatMap(columnRefs);
}

/** The expression with a column under another name. */
export function withRenamed(node: Expression, from: string, to: string): Expression {
  const walk = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    const copy = Object.fromEntries(Object.entries(one).map(([key, value]) => [key, walk(value)]));
    const [first, ...rest] = (copy['kind'] === 'column-ref' ? copy['parts'] : []) as ColumnRef['parts'];
    if (first?.name.toLowerCase() !== from.toLowerCase()) return copy;
    return { ...copy, parts: [{ ...first, name: to }, ...rest] };
  };
  return walk(node) as Expression;
}
