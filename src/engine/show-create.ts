import { SluiceError } from '../errors/sluice-error.ts';
import { looksSecret } from '../errors/redact.ts';
import type { ShowCreate } from '../parser/ast/statements.ts';
import { printStatement } from '../parser/print.ts';
import type { Catalog } from '../planner/catalog.ts';

/** SHOW CREATE: the declaration as it parses again, secrets as '***'. */
export function showCreate(statement: ShowCreate, catalog: Catalog): string {
  const entry = catalog.resolve(statement.name, statement.span);
  if (entry.statement === undefined) {
    throw new SluiceError('PLAN_UNSUPPORTED', `table "${entry.name}" was registered by the program`, {
      span: statement.span,
      hint: `It has no declaration; run DESCRIBE ${entry.name}.`,
    });
  }
  const options = entry.kind === 'table' && entry.from.kind === 'connector' ? entry.from.entry.options : {};
  const secret = (key: string): boolean =>
    looksSecret(key) ||
    Object.entries(options).some(([name, spec]) => spec.secret && name.toLowerCase() === key.toLowerCase());
  return `${printStatement(entry.statement, {
    optionValue: (option) => (secret(option.key) ? '***' : option.value.value),
  })};`;
}
