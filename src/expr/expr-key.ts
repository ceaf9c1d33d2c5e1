import { ByteSlice } from '../columnar/byte-slice.ts';
import type { Expr } from '../contracts/expression.ts';
import { typeName } from '../types/sql-type.ts';

const keys = new WeakMap<Expr, string | null>();
const implIds = new WeakMap<object, number>();
let nextImplId = 0;

/**
 * A text that is equal for expressions that always give the same value on the same row; undefined where an expression
 * must not be shared (NOW(), RAND()). A call is told by its name, types and arguments, because every call site has an
 * implementation of its own; one that is not plain (`CAST` has modes) also by its implementation.
 */
export function exprKey(expr: Expr): string | undefined {
  let key = keys.get(expr);
  if (key === undefined) {
    key = computeKey(expr) ?? null;
    keys.set(expr, key);
  }
  return key ?? undefined;
}

function computeKey(expr: Expr): string | undefined {
  switch (expr.kind) {
    case 'column':
      return `#${expr.index}`;
    case 'literal':
      return `${typeName(expr.type)}:${literalText(expr.value)}`;
    case 'call': {
      if (!expr.impl.deterministic) return undefined;
      const name = expr.name.includes('CAST') ? `${expr.name}@${implId(expr.impl)}` : expr.name;
      return list(`${name}>${typeName(expr.type)}`, expr.args);
    }
    case 'case':
      return list('case', [...expr.whens.flatMap(({ when, then }) => [when, then]), expr.otherwise]);
    case 'and':
    case 'or':
      return list(expr.kind, expr.args);
    case 'not':
    case 'is-null':
    case 'is-not-null':
      return list(expr.kind, [expr.arg]);
    case 'in':
      return list(expr.hasNull ? 'in?' : 'in', [expr.arg, ...expr.values]);
  }
}

function list(head: string, args: readonly Expr[]): string | undefined {
  const parts: string[] = [];
  for (const arg of args) {
    const key = exprKey(arg);
    if (key === undefined) return undefined;
    parts.push(`${key.length}:${key}`);
  }
  return `${head}(${parts.join(',')})`;
}

function literalText(value: unknown): string {
  if (value instanceof ByteSlice) {
    let text = 'x';
    for (let i = 0; i < value.length; i++) text += String.fromCharCode(value.bytes[value.offset + i]!);
    return text;
  }
  return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`;
}

function implId(impl: object): number {
  let id = implIds.get(impl);
  if (id === undefined) {
    id = nextImplId++;
    implIds.set(impl, id);
  }
  return id;
}
