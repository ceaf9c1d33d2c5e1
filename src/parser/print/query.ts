import type { Expression } from '../ast/expression.ts';
import type {
  GroupingItem,
  JoinTable,
  Query,
  SelectItem,
  SelectQuery,
  TableAlias,
  TableExpression,
} from '../ast/query.ts';
import { ExpressionPrinter } from './expression.ts';
import { matchText } from './match-recognize.ts';
import { nameListText, nameText, qualifiedNameText } from './names.ts';

const expressions: ExpressionPrinter = new ExpressionPrinter(queryText);

export function expressionText(node: Expression): string {
  return expressions.print(node);
}

export function queryText(query: Query): string {
  let text = '';
  if (query.with.length > 0) {
    const tables = query.with.map(
      ({ name, columns, query: inner }) =>
        `${nameText(name)}${columns ? ` ${nameListText(columns)}` : ''} AS (${queryText(inner)})`,
    );
    text = `WITH ${tables.join(', ')} `;
  }
  text += bodyText(query);
  if (query.orderBy.length > 0) text += ` ORDER BY ${expressions.orderItems(query.orderBy)}`;
  if (query.limit) text += ` LIMIT ${expressionText(query.limit)}`;
  if (query.offset) text += ` OFFSET ${expressionText(query.offset)}`;
  return text;
}

function bodyText(query: Query): string {
  switch (query.kind) {
    case 'select':
      return selectText(query);
    case 'values':
      return `VALUES ${query.rows.map((row) => `(${expressions.list(row)})`).join(', ')}`;
    case 'set-operation': {
      const word = ` ${query.operator.toUpperCase()}${query.all ? ' ALL' : ''} `;
      return query.inputs.map(inputText).join(word);
    }
  }
}

/** An input with a tail of its own, or another set operation, needs its parentheses. */
function inputText(query: Query): string {
  const plain =
    query.kind !== 'set-operation' &&
    query.with.length === 0 &&
    query.orderBy.length === 0 &&
    !query.limit &&
    !query.offset;
  return plain ? queryText(query) : `(${queryText(query)})`;
}

function selectText(query: SelectQuery): string {
  let text = `SELECT ${query.distinct ? 'DISTINCT ' : ''}${query.items.map(itemText).join(', ')}`;
  if (query.from) text += ` FROM ${tableText(query.from)}`;
  if (query.where) text += ` WHERE ${expressionText(query.where)}`;
  if (query.groupBy)
    text += ` GROUP BY ${query.groupBy.length === 0 ? '()' : query.groupBy.map(groupingText).join(', ')}`;
  if (query.having) text += ` HAVING ${expressionText(query.having)}`;
  if (query.windows.length > 0) {
    const windows = query.windows.map(({ name, window }) => `${nameText(name)} AS ${expressions.over(window)}`);
    text += ` WINDOW ${windows.join(', ')}`;
  }
  return text;
}

function itemText(item: SelectItem): string {
  switch (item.kind) {
    case 'star-item':
      return '*';
    case 'qualified-star-item':
      return `${qualifiedNameText(item.qualifier)}.*`;
    case 'expression-item':
      return expressionText(item.expression) + (item.alias ? ` AS ${nameText(item.alias)}` : '');
  }
}

function groupingText(item: GroupingItem): string {
  if (item.kind !== 'grouping-sets') return groupingKeyText(item);
  const word = { sets: 'GROUPING SETS', rollup: 'ROLLUP', cube: 'CUBE' }[item.form];
  const sets = item.sets.map((set) => {
    if ('kind' in set) return groupingText(set);
    return set.length === 1 ? set.map(groupingKeyText).join() : `(${set.map(groupingKeyText).join(', ')})`;
  });
  return `${word} (${sets.join(', ')})`;
}

/** A list in parentheses would be read as several keys. */
function groupingKeyText(key: Expression): string {
  return key.kind === 'row' ? `ROW(${expressions.list(key.items)})` : expressionText(key);
}

function tableText(table: TableExpression): string {
  switch (table.kind) {
    case 'table-ref': {
      const time = table.systemTime ? ` FOR SYSTEM_TIME AS OF ${expressionText(table.systemTime)}` : '';
      return qualifiedNameText(table.name) + time + aliasText(table.alias);
    }
    case 'derived-table':
      return `${table.lateral ? 'LATERAL ' : ''}(${queryText(table.query)})${aliasText(table.alias)}`;
    case 'table-function':
      return `${table.lateral ? 'LATERAL ' : ''}TABLE(${expressions.call(table.call)})${aliasText(table.alias)}`;
    case 'unnest': {
      const ordinality = table.withOrdinality ? ' WITH ORDINALITY' : '';
      return `UNNEST(${expressions.list(table.operands)})${ordinality}${aliasText(table.alias)}`;
    }
    case 'join':
      return joinText(table);
    case 'match-recognize': {
      const input = tableText(table.input);
      const text = table.input.kind === 'join' ? `(${input})` : input;
      return `${text} ${matchText(table, expressions)}${aliasText(table.alias)}`;
    }
  }
}

const joinWords: Record<JoinTable['type'], string> = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  cross: 'CROSS JOIN',
  semi: 'LEFT SEMI JOIN',
  anti: 'LEFT ANTI JOIN',
};

function joinText(join: JoinTable): string {
  const leftIsList = join.left.kind === 'join' && join.left.comma;
  const left = leftIsList && !join.comma ? `(${tableText(join.left)})` : tableText(join.left);
  const rightIsJoin = join.right.kind === 'join' && !(join.comma && !join.right.comma);
  const right = rightIsJoin ? `(${tableText(join.right)})` : tableText(join.right);
  if (join.comma) return `${left}, ${right}`;
  let text = `${left} ${join.natural ? 'NATURAL ' : ''}${joinWords[join.type]} ${right}`;
  if (join.on) text += ` ON ${expressionText(join.on)}`;
  if (join.using) text += ` USING ${nameListText(join.using)}`;
  return text;
}

function aliasText(alias: TableAlias | undefined): string {
  if (!alias) return '';
  return ` AS ${nameText(alias.name)}${alias.columns ? ` ${nameListText(alias.columns)}` : ''}`;
}
