import type {
  AggregateFunction,
  AnyFunction,
  FunctionRegistry,
  ScalarFunction,
  TableFunction,
} from '../contracts/function.ts';
import { InternalError } from '../errors/sluice-error.ts';
import { castImplementation } from './cast/cast.ts';
import { builtinFunctions } from './catalog.ts';

/** Lookup by name or alias, without case, over the built-ins and then `extra`, which wins over a built-in of its name. */
export function createFunctionRegistry(extra: readonly AnyFunction[] = []): FunctionRegistry {
  const scalars = new Map<string, ScalarFunction>();
  const aggregates = new Map<string, AggregateFunction>();
  const tables = new Map<string, TableFunction>();
  const overs = new Map<string, AnyFunction>();
  const names = new Set<string>();
  const add = (fn: AnyFunction, mayReplace: boolean): void => {
    names.add(fn.name);
    const group: Map<string, AnyFunction> = { scalar: scalars, aggregate: aggregates, table: tables, over: overs }[
      fn.kind
    ];
    for (const name of [fn.name, ...(fn.aliases ?? [])]) {
      const key = name.toUpperCase();
      if (!mayReplace && group.has(key)) throw new InternalError(`function "${key}" is in the catalog twice`);
      group.set(key, fn);
    }
  };
  for (const fn of builtinFunctions) add(fn, false);
  for (const fn of extra) add(fn, true);
  const sorted = [...names].sort();
  return {
    scalar: (name) => scalars.get(name.toUpperCase()),
    aggregate: (name) => aggregates.get(name.toUpperCase()),
    table: (name) => tables.get(name.toUpperCase()),
    names: () => sorted,
    records: () => [...builtinFunctions, ...extra],
    cast: castImplementation,
  };
}
