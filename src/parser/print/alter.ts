import type { AlterTable, AlterView, PlacedElement } from '../ast/alter.ts';
import type { TableElement, WithOption } from '../ast/create-table.ts';
import { nameListText, nameText, qualifiedNameText, quoteString } from './names.ts';
import { queryText } from './query.ts';

export function alterTableText(
  { name, ifExists, action }: AlterTable,
  elementText: (element: TableElement) => string,
  optionText: (option: WithOption) => string,
): string {
  const head = `ALTER TABLE ${ifExists ? 'IF EXISTS ' : ''}${qualifiedNameText(name)}`;
  const placed = ({ element, position }: PlacedElement): string => {
    const text = elementText(element);
    if (position === undefined) return text;
    return `${text} ${position === 'first' ? 'FIRST' : `AFTER ${nameText(position.after)}`}`;
  };
  switch (action.kind) {
    case 'rename':
      return `${head} RENAME TO ${qualifiedNameText(action.to)}`;
    case 'rename-column':
      return `${head} RENAME ${nameText(action.column)} TO ${nameText(action.to)}`;
    case 'set':
      return `${head} SET (${action.options.map(optionText).join(', ')})`;
    case 'reset':
      return `${head} RESET (${action.keys.map(({ key }) => quoteString(key)).join(', ')})`;
    case 'add':
    case 'modify':
      return `${head} ${action.kind.toUpperCase()} (${action.elements.map(placed).join(', ')})`;
    case 'drop-columns':
      return `${head} DROP ${nameListText(action.columns)}`;
    case 'drop-watermark':
      return `${head} DROP WATERMARK`;
    case 'drop-key':
      return `${head} DROP ${action.name ? `CONSTRAINT ${nameText(action.name)}` : 'PRIMARY KEY'}`;
  }
}

export function alterViewText({ name, action }: AlterView): string {
  const what = action.kind === 'rename' ? `RENAME TO ${qualifiedNameText(action.to)}` : `AS ${queryText(action.query)}`;
  return `ALTER VIEW ${qualifiedNameText(name)} ${what}`;
}
