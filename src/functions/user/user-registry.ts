import type { AnyFunction, FunctionRegistry } from '../../contracts/function.ts';
import { declareFunction, type UserDeclaration, type UserFunctionHost } from './user-declaration.ts';
import { userAggregate } from './user-aggregate.ts';
import { userScalar } from './user-scalar.ts';
import { UserSignature } from './user-signature.ts';
import { userTable } from './user-table.ts';

interface Entry {
  readonly declaration: UserDeclaration;
  readonly fn: AnyFunction;
  close(): void;
}

/** The built-in functions with those of users before them: a user's function hides a built-in one of its name. */
export class UserFunctions implements FunctionRegistry {
  readonly #builtin: FunctionRegistry;
  readonly #host: UserFunctionHost;
  readonly #entries = new Map<string, Entry>();

  constructor(builtin: FunctionRegistry, host: UserFunctionHost) {
    this.#builtin = builtin;
    this.#host = host;
  }

  /**
   * Takes a record; one of the same name is replaced.
   * @throws PlanError FUNCTION_INVALID
   */
  add(record: unknown, source: Parameters<typeof declareFunction>[1]): AnyFunction {
    const declaration = declareFunction(record, source);
    const signature = new UserSignature(declaration, this.#host.typeOf);
    let open = false;
    const opened = (): void => {
      if (open) return;
      open = true;
      declaration.record.open?.(this.#host.context());
    };
    const parts = { declaration, signature, host: this.#host, opened };
    const make = { scalar: userScalar, aggregate: userAggregate, table: userTable }[declaration.kind];
    const fn = make(parts);
    this.remove(fn.name);
    this.#entries.set(fn.name, {
      declaration,
      fn,
      close: () => {
        if (open) declaration.record.close?.();
      },
    });
    return fn;
  }

  /** The declaration of a user's function. */
  get(name: string): UserDeclaration | undefined {
    return this.#entries.get(name.toUpperCase())?.declaration;
  }

  /** @returns false when no user's function has this name */
  remove(name: string): boolean {
    const key = name.toUpperCase();
    this.#entries.get(key)?.close();
    return this.#entries.delete(key);
  }

  close(): void {
    for (const name of [...this.#entries.keys()]) this.remove(name);
  }

  scalar(name: string): ReturnType<FunctionRegistry['scalar']> {
    const own = this.#entries.get(name.toUpperCase());
    if (own === undefined) return this.#builtin.scalar(name);
    return own.fn.kind === 'scalar' ? own.fn : undefined;
  }

  aggregate(name: string): ReturnType<FunctionRegistry['aggregate']> {
    const own = this.#entries.get(name.toUpperCase());
    if (own === undefined) return this.#builtin.aggregate(name);
    return own.fn.kind === 'aggregate' ? own.fn : undefined;
  }

  table(name: string): ReturnType<FunctionRegistry['table']> {
    const own = this.#entries.get(name.toUpperCase());
    if (own === undefined) return this.#builtin.table(name);
    return own.fn.kind === 'table' ? own.fn : undefined;
  }

  names(): readonly string[] {
    return [...new Set([...this.#builtin.names(), ...this.#entries.keys()])].sort();
  }

  cast(...args: Parameters<FunctionRegistry['cast']>): ReturnType<FunctionRegistry['cast']> {
    return this.#builtin.cast(...args);
  }

  records(): readonly AnyFunction[] {
    const own = [...this.#entries.values()].map((one) => one.fn);
    return [...this.#builtin.records().filter((one) => !this.#entries.has(one.name)), ...own];
  }
}
