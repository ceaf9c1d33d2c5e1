import type { Statement } from '../parser/ast/statements.ts';

/** What the user reads after a CREATE or DROP. */
export function ddlMessage(statement: Statement): string {
  switch (statement.kind) {
    case 'create-table':
      return `table "${statement.name.at(-1)?.name ?? ''}" created`;
    case 'create-view':
      return `view "${statement.name.at(-1)?.name ?? ''}" created`;
    case 'drop':
      return `${statement.what} "${statement.name.at(-1)?.name ?? ''}" dropped`;
    default:
      return 'done';
  }
}
