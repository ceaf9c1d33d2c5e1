import type { ScalarBinding, ScalarImplementation } from '../../contracts/function.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** Source text of a call from the names of its arguments. */
export type InlineText = (...args: string[]) => string;

/** The `inline` of the contract, written with one parameter an argument. */
export function inlineForm(text: InlineText): (args: readonly string[]) => string {
  return (args) => text(...args);
}

/** A deterministic implementation that is NULL exactly where an argument is. */
export function plainImplementation(kernel: ScalarImplementation['kernel'], inline?: InlineText): ScalarImplementation {
  const base = { nulls: 'propagate', mayReturnNull: false, deterministic: true, kernel } as const;
  return inline === undefined ? base : { ...base, inline: inlineForm(inline) };
}

export function plainBinding(
  args: readonly SqlType[],
  returns: SqlType,
  kernel: ScalarImplementation['kernel'],
  inline?: InlineText,
): ScalarBinding {
  return { args, returns, impl: plainImplementation(kernel, inline) };
}
