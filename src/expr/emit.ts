import { ByteSlice } from '../columnar/byte-slice.ts';
import type { CallExpr, CaseExpr, Expr, InExpr, LiteralExpr, LogicExpr } from '../contracts/expression.ts';
import { layoutOf, type Layout } from '../types/layout.ts';
import { inSet } from './in-set.ts';
import { exprKey } from './expr-key.ts';
import { lazyCase } from './lazy-call.ts';

/**
 * Where the value of an expression stands in generated code: names of locals (or our own constants). `isNull` is
 * undefined where the value is never NULL. The value at a NULL row is any value of the layout.
 */
export interface Emitted {
  readonly value: string;
  readonly isNull: string | undefined;
}

/** Which input columns hold NULLs in the batches this code is for. */
export type NullShape = (column: number) => 'none' | 'some' | 'unknown';

/** A value that may stand where nothing has been computed yet, so that locals keep one representation. */
const initial: Record<Exclude<Layout, 'bytes'>, string> = {
  bool: 'false',
  i8: '0',
  i16: '0',
  i32: '0',
  i64: '0n',
  i128: '0n',
  f32: '0',
  f64: '0',
};

/**
 * Writes the statements that compute expressions for row `i`. Source text is composed of our templates, column numbers
 * and counters only; literals, kernels and registers go to `bound`. Equal sub-expressions are computed once where the
 * first computation is certain to have run.
 */
export class Emitter {
  /** Values the code refers to by name. */
  readonly bound: Record<string, unknown> = {};
  /** Statements before the loop. */
  readonly prologue: string[] = [];
  readonly #nullShape: NullShape;
  /** Innermost scope last. */
  readonly #scopes: Map<string, Emitted>[] = [new Map()];
  readonly #boundNames = new Map<unknown, string>();
  #lines: string[] = [];
  #counter = 0;

  constructor(nullShape: NullShape) {
    this.#nullShape = nullShape;
  }

  /** The statements so far; the emitter starts anew with an empty list. */
  takeLines(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  emit(expr: Expr): Emitted {
    if (expr.kind === 'literal') return this.#literal(expr);
    const key = exprKey(expr);
    if (key !== undefined) {
      for (const scope of this.#scopes) {
        const known = scope.get(key);
        if (known !== undefined) return known;
      }
    }
    const emitted = this.#emitFresh(expr);
    if (key !== undefined) this.#scopes[this.#scopes.length - 1]!.set(key, emitted);
    return emitted;
  }

  /** Leaves the current row (`continue`) unless the condition is TRUE. */
  emitGuard(filter: Expr): void {
    if (filter.kind === 'and') {
      for (const arg of filter.args) this.emitGuard(arg);
      return;
    }
    const { value, isNull } = this.emit(filter);
    this.line(isNull === undefined ? `if (!${value}) continue;` : `if (${isNull} || !${value}) continue;`);
  }

  /** A name for a value that must not appear in the source. */
  bind(prefix: string, value: unknown): string {
    const known = this.#boundNames.get(value);
    if (known !== undefined) return known;
    const name = this.#name(prefix);
    this.bound[name] = value;
    this.#boundNames.set(value, name);
    return name;
  }

  #emitFresh(expr: Exclude<Expr, LiteralExpr>): Emitted {
    switch (expr.kind) {
      case 'column':
        return this.#column(expr.index, layoutOf(expr.type));
      case 'call':
        return this.#call(expr);
      case 'case':
        return this.#case(expr);
      case 'and':
      case 'or':
        return this.#logic(expr);
      case 'not': {
        const arg = this.emit(expr.arg);
        return { value: this.#constant(`!${arg.value}`), isNull: arg.isNull };
      }
      case 'is-null':
        return { value: this.emit(expr.arg).isNull ?? 'false', isNull: undefined };
      case 'is-not-null': {
        const { isNull } = this.emit(expr.arg);
        return { value: isNull === undefined ? 'true' : this.#constant(`!${isNull}`), isNull: undefined };
      }
      case 'in':
        return this.#in(expr);
    }
  }

  #column(index: number, layout: Layout): Emitted {
    const shape = this.#nullShape(index);
    const column = `columns[${index}]`;
    let isNull: string | undefined;
    // A column may be read in several scopes that do not see each other; its hoisted locals are declared once.
    const first = !(`hoisted${index}` in this.#hoisted);
    this.#hoisted[`hoisted${index}`] = true;
    if (shape !== 'none') {
      if (first) this.prologue.push(`const m${index} = ${column}.nulls;`);
      const test = `m${index}[i] === 1`;
      isNull = this.#constant(shape === 'some' ? test : `m${index} !== null && ${test}`);
    }
    if (layout === 'bytes') {
      const register = this.#columnRegister(index);
      this.line(`${register}.offset = o${index}[i]; ${register}.length = l${index}[i];`);
      return { value: register, isNull };
    }
    if (first) this.prologue.push(`const a${index} = ${column}.values;`);
    if (layout === 'bool') return { value: this.#constant(`a${index}[i] === 1`), isNull };
    if (layout === 'i128') {
      const value = `(a${index}[2 * i + 1] << 64n) | BigInt.asUintN(64, a${index}[2 * i])`;
      return { value: this.#constant(value), isNull };
    }
    return { value: this.#constant(`a${index}[i]`), isNull };
  }

  readonly #hoisted: Record<string, true> = {};
  readonly #columnRegisters = new Map<number, string>();

  /** The register of a bytes column: pointed at the buffer once per batch, moved row by row. */
  #columnRegister(index: number): string {
    let register = this.#columnRegisters.get(index);
    if (register === undefined) {
      register = this.bind('r', new ByteSlice());
      this.#columnRegisters.set(index, register);
      const column = `columns[${index}]`;
      this.prologue.push(`const o${index} = ${column}.offsets, l${index} = ${column}.lengths;`);
      this.prologue.push(`${register}.view(${column}.bytes, 0, 0);`);
    }
    return register;
  }

  #literal(expr: LiteralExpr): Emitted {
    const layout = layoutOf(expr.type);
    if (expr.value === null) {
      return { value: layout === 'bytes' ? this.bind('r', EMPTY) : initial[layout], isNull: 'true' };
    }
    if (typeof expr.value === 'boolean') return { value: String(expr.value), isNull: undefined };
    if (layout === 'bytes') return { value: this.bind('t', expr.value), isNull: undefined };
    // A Map takes −0 for 0, so −0 is never looked up.
    const shared = !Object.is(expr.value, -0) && layout !== 'i128';
    const known = shared ? this.#literals.get(expr.value) : undefined;
    if (known !== undefined) return { value: known, isNull: undefined };
    const name = this.#name('c');
    const bound = this.#name('L');
    this.bound[bound] = expr.value;
    // The optimiser only keeps a bigint in a machine word when it sees that 64 bits are enough.
    this.prologue.push(`const ${name} = ${layout === 'i64' ? `BigInt.asIntN(64, ${bound})` : bound};`);
    if (shared) this.#literals.set(expr.value, name);
    return { value: name, isNull: undefined };
  }

  readonly #literals = new Map<unknown, string>();

  #call(expr: CallExpr): Emitted {
    const lazy = lazyCase(expr);
    if (lazy !== undefined) return this.#case(lazy);
    const args = expr.args.map((arg) => this.emit(arg));
    const { impl } = expr;
    const bytes = layoutOf(expr.type) === 'bytes';
    const custom = impl.nulls === 'custom';
    const inputNull = custom ? undefined : this.#anyNull(args);
    if (impl.inline !== undefined && !custom && !bytes && !impl.mayReturnNull) {
      // An inline form never throws, so it may run on the leftovers of NULL rows: no branch, one representation.
      return { value: this.#constant(impl.inline(args.map((arg) => arg.value))), isNull: inputNull };
    }
    const kernel = this.bind('k', impl.kernel);
    const passed = args.map((arg) =>
      custom && arg.isNull !== undefined ? `${arg.isNull} ? null : ${arg.value}` : arg.value,
    );
    if (bytes) return this.#bytesCall(kernel, passed, inputNull, impl.mayReturnNull);
    const invocation = `${kernel}(${passed.join(', ')})`;
    if (!impl.mayReturnNull) {
      if (inputNull === undefined) return { value: this.#constant(invocation), isNull: undefined };
      const value = this.#variable(initial[layoutOf(expr.type) as Exclude<Layout, 'bytes'>]);
      this.line(`if (!${inputNull}) ${value} = ${invocation};`);
      return { value, isNull: inputNull };
    }
    const value = this.#variable(initial[layoutOf(expr.type) as Exclude<Layout, 'bytes'>]);
    const isNull = this.#variable('true');
    const result = this.#name('x');
    const take = `const ${result} = ${invocation}; if (${result} !== null) { ${value} = ${result}; ${isNull} = false; }`;
    this.line(inputNull === undefined ? take : `if (!${inputNull}) { ${take} }`);
    return { value, isNull };
  }

  #bytesCall(kernel: string, args: readonly string[], inputNull: string | undefined, mayReturnNull: boolean): Emitted {
    const out = this.bind('r', new ByteSlice());
    const invocation = `${kernel}(${[out, ...args].join(', ')})`;
    if (!mayReturnNull) {
      this.line(inputNull === undefined ? `${invocation};` : `if (!${inputNull}) ${invocation};`);
      return { value: out, isNull: inputNull };
    }
    if (inputNull === undefined) return { value: out, isNull: this.#constant(`${invocation} === false`) };
    return { value: out, isNull: this.#constant(`${inputNull} || ${invocation} === false`) };
  }

  #case(expr: CaseExpr): Emitted {
    const layout = layoutOf(expr.type);
    const value = this.#variable(layout === 'bytes' ? this.bind('r', EMPTY) : initial[layout]);
    const isNull = this.#variable('false');
    let anyNull = false;
    const assign = (branch: Expr): void => {
      if (branch.kind === 'literal' && branch.value === null) {
        anyNull = true;
        this.line(`${isNull} = true;`);
        return;
      }
      const result = this.emit(branch);
      if (result.isNull !== undefined) {
        anyNull = true;
        this.line(`${isNull} = ${result.isNull};`);
      }
      this.line(`${value} = ${result.value};`);
    };
    const label = this.#name('b');
    // The first condition always runs: what it computes is known to everything after the CASE as well.
    const conditionOf = (when: Expr): string => {
      const condition = this.emit(when);
      return condition.isNull === undefined ? condition.value : `!${condition.isNull} && ${condition.value}`;
    };
    const [first, ...rest] = expr.whens;
    if (first === undefined) return this.emit(expr.otherwise);
    const firstCondition = conditionOf(first.when);
    this.line(`${label}: {`);
    this.#inScope(() => {
      const branch = (condition: string, then: Expr): void => {
        this.line(`if (${condition}) {`);
        this.#inScope(() => assign(then));
        this.line(`break ${label}; }`);
      };
      branch(firstCondition, first.then);
      for (const { when, then } of rest) branch(conditionOf(when), then);
      assign(expr.otherwise);
    });
    this.line('}');
    return { value, isNull: anyNull ? isNull : undefined };
  }

  #logic(expr: LogicExpr): Emitted {
    const decisive = expr.kind === 'or';
    const [firstArg, ...rest] = expr.args;
    if (firstArg === undefined) return { value: String(!decisive), isNull: undefined };
    const first = this.emit(firstArg);
    if (rest.length === 0) return first;
    const value = this.#variable(String(!decisive));
    const isNull = this.#variable('false');
    let anyNull = false;
    const label = this.#name('b');
    const take = (arg: Emitted): void => {
      const hit = decisive ? arg.value : `!${arg.value}`;
      const decide = `{ ${value} = ${decisive}; ${isNull} = false; break ${label}; }`;
      if (arg.isNull === undefined) {
        this.line(`if (${hit}) ${decide}`);
      } else {
        anyNull = true;
        this.line(`if (${arg.isNull}) ${isNull} = true; else if (${hit}) ${decide}`);
      }
    };
    this.line(`${label}: {`);
    take(first);
    this.#inScope(() => {
      for (const arg of rest) take(this.emit(arg));
    });
    this.line('}');
    return { value, isNull: anyNull ? isNull : undefined };
  }

  #in(expr: InExpr): Emitted {
    const arg = this.emit(expr.arg);
    const hit =
      layoutOf(expr.arg.type) !== 'bytes' && expr.values.length <= 4
        ? expr.values.map((value) => `${arg.value} === ${this.emit(value).value}`).join(' || ') || 'false'
        : `${this.bind('s', inSet(expr))}.has(${arg.value})`;
    const found = this.#constant(arg.isNull === undefined ? hit : `!${arg.isNull} && (${hit})`);
    if (!expr.hasNull) return { value: found, isNull: arg.isNull };
    return { value: found, isNull: this.#constant(`!${found}`) };
  }

  #anyNull(args: readonly Emitted[]): string | undefined {
    const flags = [...new Set(args.flatMap((arg) => (arg.isNull === undefined ? [] : [arg.isNull])))];
    return flags.length <= 1 ? flags[0] : this.#constant(flags.join(' || '));
  }

  #inScope(body: () => void): void {
    this.#scopes.push(new Map());
    body();
    this.#scopes.pop();
  }

  #constant(expression: string): string {
    const name = this.#name('v');
    this.line(`const ${name} = ${expression};`);
    return name;
  }

  #variable(start: string): string {
    const name = this.#name('v');
    this.line(`let ${name} = ${start};`);
    return name;
  }

  #name(prefix: string): string {
    return `${prefix}_${this.#counter++}`;
  }
}

const EMPTY = new ByteSlice();
