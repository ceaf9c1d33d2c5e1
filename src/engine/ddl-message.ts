import type { Statement } from '../parser/ast/statements.ts';

/**
 * What the user reads after CREATE, ALTER or DROP.
 * @param known what it names was there before
 */
export function ddlMessage(statement: Statement, known: boolean): string {
  switch (statement.kind) {
    case 'create-table':
    case 'create-view': {
      const what = statement.kind === 'create-table' ? 'table' : 'view';
      const done = !known ? 'created' : statement.ifNotExists && !statement.orReplace ? 'is kept' : 'replaced';
      return `${what} "${statement.name.at(-1)?.name ?? ''}" ${done}`;
    }
    case 'alter-table':
    case 'alter-view': {
      const what = statement.kind === 'alter-table' ? 'table' : 'view';
      const name = statement.name.at(-1)?.name ?? '';
      if (!known) return `${what} "${name}" does not exist`;
      if (statement.action.kind !== 'rename') return `${what} "${name}" altered`;
      return `${what} "${name}" is "${statement.action.to.at(-1)?.name ?? ''}" now`;
    }
    case 'drop': {
      const name = statement.name.at(-1)?.name ?? '';
      return known ? `${statement.what} "${name}" dropped` : `${statement.what} "${name}" does not exist`;
    }
    default:
      return 'done';
  }
}
