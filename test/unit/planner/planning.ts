import { SluiceError } from '../../../src/errors/sluice-error.ts';
import { connectorRegistry } from '../../../src/connectors/registry.ts';
import { createFunctionRegistry } from '../../../src/functions/registry.ts';
import { parseScript } from '../../../src/parser/parse.ts';
import type { InsertInto, QueryStatement } from '../../../src/parser/ast/statements.ts';
import { Catalog } from '../../../src/planner/catalog.ts';
import {
  applySetting,
  planJobStages,
  planStages,
  type PlanOptions,
  type PlanStages,
} from '../../../src/planner/plan-job.ts';
import { Session } from '../../../src/planner/session.ts';

export function newCatalog(): Catalog {
  return new Catalog({ functions: createFunctionRegistry(), connectors: connectorRegistry });
}

/** Plans a script: all its INSERTs as one job, or its last query. Statements before take effect. */
export function planScript(text: string, name = 'test.sql', options: PlanOptions = {}): PlanStages {
  const source = { name, text };
  const catalog = newCatalog();
  const session = new Session({ now: () => 0 });
  const statements = parseScript(source);
  if (statements.some((one): one is InsertInto => one.kind === 'insert')) {
    return planJobStages(statements, catalog, session, { ...options, source });
  }
  let query: QueryStatement | undefined;
  for (const one of statements) {
    try {
      applySetting(one, session);
      if (one.kind === 'query') query = one;
      else catalog.applyDdl(one, { session, source });
    } catch (error) {
      throw error instanceof SluiceError ? error.withSource(source) : error;
    }
  }
  if (query === undefined) throw new Error('the script has neither INSERT nor query');
  return planStages(query, catalog, session, { ...options, source });
}

/** The error a script fails with. */
export function failure(text: string, name?: string): SluiceError {
  try {
    planScript(text, name);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
