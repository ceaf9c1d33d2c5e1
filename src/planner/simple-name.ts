import { PlanError } from '../errors/sluice-error.ts';
import type { Span } from '../errors/span.ts';
import type { Identifier } from '../parser/ast/expression.ts';

/** The one catalog with its one database, under Flink's names. */
export const CATALOG = 'default_catalog';
export const DATABASE = 'default_database';

/** A name that may stand behind that of the only catalog and database. @throws PlanError PLAN_UNKNOWN_TABLE */
export function simpleName(name: readonly Identifier[], span: Span): string {
  const last = name.at(-1);
  if (last !== undefined && isDefaultPlace(name.slice(0, -1))) return last.name;
  throw new PlanError('PLAN_UNKNOWN_TABLE', `name "${name.map((one) => one.name).join('.')}" has several parts`, {
    span,
    hint: `Only ${CATALOG}.${DATABASE} may stand before a name; a dot inside a name needs backticks.`,
  });
}

/** Nothing, `default_database` or `default_catalog.default_database`. */
function isDefaultPlace(parts: readonly Identifier[]): boolean {
  const path = parts.map((one) => one.name.toLowerCase()).join('.');
  return path === '' || path === DATABASE || path === `${CATALOG}.${DATABASE}`;
}

/** How many parts at the beginning of a qualified column are the catalog and database. */
export function placeLength(parts: readonly Identifier[]): number {
  const longest = Math.min(2, parts.length - 2);
  for (let count = longest; count > 0; count--) if (isDefaultPlace(parts.slice(0, count))) return count;
  return 0;
}

/** The database of USE, SHOW TABLES FROM and the like. @throws PlanError PLAN_UNKNOWN_TABLE */
export function checkDatabase(name: readonly Identifier[], span: Span): void {
  if (name.length <= 2 && isDefaultPlace(name)) return;
  throw new PlanError('PLAN_UNKNOWN_TABLE', `database "${name.map((one) => one.name).join('.')}" does not exist`, {
    span,
    hint: `There is one database, ${DATABASE}, in one catalog, ${CATALOG}.`,
  });
}

/** @throws PlanError PLAN_UNKNOWN_TABLE */
export function checkCatalog(name: readonly Identifier[], span: Span): void {
  const written = name.map((one) => one.name).join('.');
  if (written.toLowerCase() === CATALOG) return;
  throw new PlanError('PLAN_UNKNOWN_TABLE', `catalog "${written}" does not exist`, {
    span,
    hint: `There is one catalog, ${CATALOG}.`,
  });
}
