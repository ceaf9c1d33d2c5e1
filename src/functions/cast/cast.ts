import type { CastMode, FunctionContext, ScalarImplementation } from '../../contracts/function.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** The conversion `from` → `to` of blink-sql.md 2.3; undefined where none exists. */
export function castImplementation(
  from: SqlType,
  to: SqlType,
  mode: CastMode,
  context: FunctionContext,
): ScalarImplementation | undefined {
  void [from, to, mode, context];
  return undefined;
}
