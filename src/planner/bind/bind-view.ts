import { PlanError, SluiceError } from '../../errors/sluice-error.ts';
import type { CatalogLookup, CatalogView } from '../catalog-table.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { renameColumns } from '../logical/build.ts';
import type { Session } from '../session.ts';
import { bindContext } from './bind-context.ts';
import type { QueryBinder } from './query-tail.ts';

/**
 * The plan of a view. It sees what the catalog holds now.
 * @throws SluiceError that points into the text of the view
 */
export function bindView(
  view: CatalogView,
  place: { readonly catalog: CatalogLookup; readonly session: Session; readonly views?: readonly string[] },
  bindQuery: QueryBinder,
): LogicalNode {
  const { statement } = view;
  try {
    const views = [...(place.views ?? []), view.name.toLowerCase()];
    const plan = bindQuery(statement.query, { ...bindContext(place.catalog, place.session), views });
    if (statement.columns === undefined) return plan;
    if (statement.columns.length !== plan.schema.fields.length) {
      throw new PlanError(
        'PLAN_DDL',
        `view "${view.name}" names ${statement.columns.length} columns and its query has ${plan.schema.fields.length}`,
        { span: statement.columns[0]?.span },
      );
    }
    return renameColumns(
      plan,
      statement.columns.map((one) => one.name),
    );
  } catch (error) {
    if (error instanceof SluiceError && view.source !== undefined) error.withSource(view.source);
    throw error;
  }
}
