import type { FunctionContext, ScalarBinding } from '../../contracts/function.ts';
import type { SqlType } from '../../types/sql-type.ts';

export function resolveTemporalArithmetic(
  _op: string,
  _a: SqlType,
  _b: SqlType,
  _context: FunctionContext,
): ScalarBinding | undefined {
  return undefined;
}
