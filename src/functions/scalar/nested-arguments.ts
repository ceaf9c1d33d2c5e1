import type { ScalarBinding, ScalarImplementation } from '../../contracts/function.ts';
import { canWiden, commonType } from '../../types/coercion.ts';
import { arrayOf, isNested, isString, VARCHAR, type ArrayType, type SqlType } from '../../types/sql-type.ts';

/** A deterministic binding; `custom`: the kernel is called with NULL arguments as well. */
export function nestedBinding(
  args: readonly SqlType[],
  returns: SqlType,
  kernel: ScalarImplementation['kernel'],
  options: { readonly nulls?: 'custom'; readonly mayReturnNull?: true } = {},
): ScalarBinding {
  const { nulls = 'propagate', mayReturnNull = false } = options;
  return { args, returns, impl: { nulls, mayReturnNull, deterministic: true, kernel } };
}

/** Whether a value of `given` is taken where elements of `element` are: numbers widen, a text is no number. */
export function fitsElement(given: SqlType, element: SqlType): boolean {
  return given.kind === 'null' || (isString(given) === isString(element) && canWiden(given, element));
}

/** The ARRAY all arguments are converted to; a bare NULL is one of them. */
export function commonArray(types: readonly SqlType[]): ArrayType | undefined {
  const common = commonType(types, 'values');
  return common?.kind === 'array' ? common : undefined;
}

/** What a value becomes inside a collection: lengths of texts differ from element to element. */
export function elementType(type: SqlType): SqlType {
  return isString(type) ? VARCHAR : type;
}

/** The common type of the elements of a constructor. */
export function commonElement(types: readonly SqlType[]): SqlType | undefined {
  return types.length === 0 ? undefined : commonType(types.map(elementType), 'values');
}

export const TEXT_ARRAY = arrayOf(VARCHAR);

/** Numbers, texts, dates, times, booleans: what has an order. */
export function hasOrder(type: SqlType): boolean {
  return !isNested(type) && type.kind !== 'null';
}
