import type { Value } from '../../../src/columnar/builder.ts';
import { ByteSlice } from '../../../src/columnar/byte-slice.ts';
import type { Compatibility, FunctionContext, ScalarBinding } from '../../../src/contracts/function.ts';
import { createFunctionRegistry } from '../../../src/functions/registry.ts';
import { layoutOf } from '../../../src/types/layout.ts';
import { sameType, typeName, type SqlType } from '../../../src/types/sql-type.ts';
import { formatValue } from '../../../src/values/format-value.ts';
import { timeZone } from '../../../src/values/zone.ts';

const registry = createFunctionRegistry();

/** An argument: its type and its value; a text stands for the bytes of a VARCHAR. */
export type Argument = readonly [type: SqlType, value: Value | string];

export interface EvaluateOptions {
  readonly zone?: string;
  readonly compatibility?: Compatibility;
  readonly now?: number;
  /** The arguments are columns, so that a function does not see their values when it is bound. */
  readonly columns?: boolean;
}

function contextOf(options: EvaluateOptions): FunctionContext {
  const { zone = 'UTC', compatibility = 'blink', now = 0 } = options;
  return { compatibility, timeZone: zone, now: () => now, regexpBacktracking: false };
}

const valueOf = ([, value]: Argument): Value => (typeof value === 'string' ? ByteSlice.ofString(value) : value);

/** How a call of these arguments is bound, or undefined where the function does not take them. */
export function bindCall(
  name: string,
  args: readonly Argument[],
  options: EvaluateOptions = {},
): ScalarBinding | undefined {
  return registry.scalar(name)?.resolve({
    types: args.map(([type]) => type),
    literals: args.map((arg) => (options.columns === true ? undefined : valueOf(arg))),
    context: contextOf(options),
  });
}

/** The text of the result of one call and its type: `3.5 DOUBLE`, `NULL INT`. Arguments are cast as the function asks. */
export function evaluate(name: string, args: readonly Argument[], options: EvaluateOptions = {}): string {
  const context = contextOf(options);
  const binding = bindCall(name, args, options);
  if (binding === undefined) return 'does not take these types';
  const values = args.map((arg, i): Value => {
    const target = binding.args[i]!;
    const value = valueOf(arg);
    if (value === null || sameType(arg[0], target)) return value;
    const cast = registry.cast(arg[0], target, 'implicit', context);
    if (cast === undefined) throw new Error(`no cast from ${typeName(arg[0])} to ${typeName(target)}`);
    return run(cast.kernel, target, [value]);
  });
  const { impl, returns } = binding;
  const result = impl.nulls === 'propagate' && values.includes(null) ? null : run(impl.kernel, returns, values);
  const style = context.compatibility;
  const text = formatValue(returns, result, timeZone(context.timeZone), style);
  return `${text ?? 'NULL'} ${typeName(returns)}`;
}

function run(kernel: (...args: never[]) => unknown, returns: SqlType, values: readonly Value[]): Value {
  const free = kernel as unknown as (...args: unknown[]) => unknown;
  if (layoutOf(returns) !== 'bytes') return free(...values) as Value;
  const out = new ByteSlice();
  return free(out, ...values) === false ? null : out;
}
