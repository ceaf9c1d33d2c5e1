import type { SourceText } from '../errors/span.ts';
import type { InsertInto, Statement } from '../parser/ast/statements.ts';
import type { Catalog } from '../planner/catalog.ts';
import { planStages } from '../planner/plan-job.ts';
import type { Session } from '../planner/session.ts';
import { placed } from './placed.ts';

/**
 * What a statement adds to the job of its script. `CREATE TABLE … AS` declares its table first; where its INSERT does
 * not fit the table, the declaration is taken back.
 * @returns undefined for a statement that is no part of a job
 */
export function jobInserts(
  statement: Statement,
  { catalog, session }: { readonly catalog: Catalog; readonly session: Session },
  source: SourceText,
): readonly InsertInto[] | undefined {
  if (statement.kind === 'insert') return [statement];
  if (statement.kind === 'statement-set') return statement.inserts;
  if (statement.kind !== 'create-table' || statement.query === undefined) return undefined;
  const { query } = statement;
  const name = statement.name.at(-1)?.name ?? '';
  const before = catalog.get(name);
  return placed(source, () => {
    const insert = catalog.createFromQuery(statement, query, { session, source });
    if (insert === undefined) return [];
    try {
      planStages(insert, catalog, session, { source });
    } catch (error) {
      catalog.restore(name, before);
      throw error;
    }
    return [insert];
  });
}
