import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import { typeName } from '../../types/sql-type.ts';
import { partsOf } from '../expr-tree.ts';
import type { LogicalField, LogicalNode } from './plan.ts';

/** Parts that say where a node stands, what it reads or what it is called. */
const aside = new Set(['span', 'input', 'inputs', 'left', 'right', 'schema', 'name', 'names']);
/** Code that follows from what stands beside it. */
const derived = new Set(['span', 'binding', 'impl', 'toKey']);

const exprKinds = new Set(['column', 'literal', 'call', 'case', 'and', 'or', 'not', 'is-null', 'is-not-null', 'in']);

/** Thrown to leave the walk of a node at once; it never gets out of this file. */
const varies = new Error('what the node gives is not the same twice');

/** Tells nodes apart by what they give. Keys of one object of this class can be compared. */
export class NodeKeys {
  /** Expressions by what they are made of; a long one is not written out at each of its parts. */
  readonly #numbers = new Map<string, number>();
  readonly #exprs = new WeakMap<Expr, number>();
  readonly #objects = new WeakMap<object, number>();
  #lastObject = 0;

  /**
   * Nodes with equal keys over the same inputs give the same rows: names and places in the text aside. Every part of a
   * node counts unless it is named here, so that a part added later makes nodes different rather than equal.
   * @returns undefined where two runs may differ: RAND, NOW, functions of users that say so
   */
  of(node: LogicalNode, inputs: readonly number[]): string | undefined {
    try {
      const own = Object.entries(node)
        .filter(([name, value]) => !aside.has(name) && value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${name}:${this.#part(node, name, value)}`);
      return `${own.join(';')} ${inputs.join(',')} ${node.schema.fields.map((one) => this.#field(one)).join(',')}`;
    } catch (error) {
      if (error === varies) return undefined;
      throw error;
    }
  }

  #part(node: LogicalNode, name: string, value: unknown): string {
    // One read serves all scans of a table, computed columns included.
    if (node.kind === 'scan' && name === 'outputs') {
      return (value as readonly Expr[]).map((one) => this.#expr(one, true)).join(',');
    }
    if (node.kind === 'project' && name === 'exprs') {
      // As a time attribute it is no value: every row has one processing time for all who read it.
      return (value as readonly Expr[]).map((one) => this.#expr(one, isProctime(one))).join(',');
    }
    return this.#value(value);
  }

  #field({ type, nullable, time, window }: LogicalField): string {
    return `${typeName(type)}${nullable ? '?' : ''}${time ?? ''}${window === undefined ? '' : this.#value(window)}`;
  }

  #value(value: unknown): string {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'function') return this.#identity(value);
    if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
    if (Array.isArray(value)) return `[${value.map((one) => this.#value(one)).join(',')}]`;
    if (isExpr(value)) return String(this.#expr(value, false));
    if (Object.getPrototypeOf(value) !== Object.prototype || 'descriptor' in value) return this.#identity(value);
    const { binding } = value as Bound;
    if (binding?.deterministic === false) throw varies;
    const parts = Object.entries(value as Readonly<Record<string, unknown>>)
      .filter(([name, part]) => !derived.has(name) && part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => `${name}:${this.#value(part)}`);
    return `{${parts.join(',')}${this.#definition(binding?.definition)}}`;
  }

  /** @throws varies unless it may */
  #expr(expr: Expr, mayVary: boolean): number {
    const known = mayVary ? undefined : this.#exprs.get(expr);
    if (known !== undefined) return known;
    if (!mayVary && expr.kind === 'call' && !expr.impl.deterministic) throw varies;
    const parts = partsOf(expr).map((part) => this.#expr(part, mayVary));
    const key = `${this.#head(expr)}(${parts.join(',')})`;
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.#numbers.size));
    if (!mayVary) this.#exprs.set(expr, number);
    return number;
  }

  #head(expr: Expr): string {
    switch (expr.kind) {
      case 'column':
        return `$${expr.index}`;
      case 'literal':
        return literalText(expr);
      case 'call':
        // Functions of users can be replaced between two statements.
        return `${expr.name}:${typeName(expr.type)}${this.#definition(expr.impl.definition)}`;
      case 'in':
        return `in${expr.hasNull ? '?' : ''}`;
      default:
        return expr.kind;
    }
  }

  #definition(definition: object | undefined): string {
    return definition === undefined ? '' : this.#identity(definition);
  }

  /** Equal for the same object only. */
  #identity(value: object): string {
    let id = this.#objects.get(value);
    if (id === undefined) this.#objects.set(value, (id = ++this.#lastObject));
    return `#${id}`;
  }
}

interface Bound {
  readonly binding?: { readonly definition?: object; readonly deterministic?: boolean };
}

function isProctime(expr: Expr): boolean {
  return expr.kind === 'call' && expr.name === 'PROCTIME';
}

function isExpr(value: object): value is Expr {
  const { kind, type } = value as { kind?: unknown; type?: unknown };
  return typeof kind === 'string' && exprKinds.has(kind) && type !== undefined;
}

function literalText({ value, type }: LiteralExpr): string {
  if (typeof value === 'object' && value !== null) {
    const { bytes, offset, length } = value;
    return `${typeName(type)}:${Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('base64')}`;
  }
  return `${typeName(type)}:${Object.is(value, -0) ? '-0' : String(value)}`;
}
