import type { CreateTable, LikeClause, TableElement, WatermarkElement, WithOption } from './ast/create-table.ts';
import type { Expression, Identifier, StringLiteral } from './ast/expression.ts';
import type { Query } from './ast/query.ts';
import type { CreateFunction, CreateView, Drop, EmitStrategy, InsertInto, Statement } from './ast/statements.ts';
import { alterTableText, alterViewText } from './print/alter.ts';
import { consumerGroupText } from './print/consumer-group.ts';
import { nameListText, nameText, qualifiedNameText, quoteString, typeText } from './print/names.ts';
import { expressionText, queryText } from './print/query.ts';
import { explainText, likeText, sessionStatementText, showText } from './print/session-statements.ts';

export interface PrintOptions {
  /** The value to print for an option of WITH, so that secrets can be hidden; default: the value itself. */
  readonly optionValue?: (option: WithOption) => string;
}

/** Text of the dialect that parses to the same tree, spans and the quoting of names aside. No semicolon behind it. */
export function printStatement(statement: Statement, options: PrintOptions = {}): string {
  switch (statement.kind) {
    case 'create-table':
      return createTableText(statement, options);
    case 'create-view':
      return createViewText(statement);
    case 'create-function':
      return createFunctionText(statement);
    case 'insert':
      return insertText(statement);
    case 'query':
      return queryText(statement.query) + emitText(statement.emit);
    case 'alter-table':
      return alterTableText(
        statement,
        (element) => elementText(element),
        (option) => optionText(option, options),
      );
    case 'alter-view':
      return alterViewText(statement);
    case 'statement-set':
      return `EXECUTE STATEMENT SET BEGIN\n${statement.inserts.map((one) => `  ${insertText(one)};\n`).join('')}END`;
    case 'use':
    case 'stop-job':
    case 'describe-job':
    case 'analyze':
      return sessionStatementText(statement);
    case 'explain':
      return explainText(statement, printStatement(statement.statement, options));
    case 'show':
      return showText(statement);
    case 'show-columns':
      return `SHOW COLUMNS FROM ${qualifiedNameText(statement.table)}${likeText(statement.like)}`;
    case 'show-create':
      return `SHOW CREATE ${statement.what.toUpperCase()} ${qualifiedNameText(statement.name)}`;
    case 'show-connector':
      return `SHOW CONNECTOR ${nameText(statement.name)}`;
    case 'describe':
      return `DESCRIBE ${statement.extended ? 'EXTENDED ' : ''}${qualifiedNameText(statement.name)}`;
    case 'describe-function':
      return `DESCRIBE FUNCTION ${nameText(statement.name)}`;
    case 'show-consumer-groups':
    case 'describe-consumer-group':
    case 'alter-consumer-group':
      return consumerGroupText(statement);
    case 'set': {
      const key = statement.key === undefined ? '' : ` ${quoteString(statement.key)}`;
      return `SET${key}${statement.value === undefined ? '' : ` = ${quoteString(statement.value)}`}`;
    }
    case 'reset':
      return `RESET${statement.key === undefined ? '' : ` ${quoteString(statement.key)}`}`;
    case 'drop':
      return dropText(statement);
  }
}

export function printQuery(query: Query): string {
  return queryText(query);
}

export function printExpression(expression: Expression): string {
  return expressionText(expression);
}

function createTableText(node: CreateTable, options: PrintOptions): string {
  const head = `CREATE ${node.orReplace ? 'OR REPLACE ' : ''}${node.temporary ? 'TEMPORARY ' : ''}TABLE `;
  let text = `${head}${node.ifNotExists ? 'IF NOT EXISTS ' : ''}${qualifiedNameText(node.name)}`;
  if (node.elements.length > 0) {
    text += ` (\n${node.elements.map((element) => `  ${elementText(element)}`).join(',\n')}\n)`;
  }
  text += commentText(node.comment);
  if (node.partitionedBy) text += ` PARTITIONED BY ${nameListText(node.partitionedBy.columns)}`;
  if (node.options.length > 0) {
    text += ` WITH (\n${node.options.map((option) => `  ${optionText(option, options)}`).join(',\n')}\n)`;
  }
  if (node.like) text += likeClauseText(node.like);
  if (node.query) text += ` AS ${queryText(node.query)}`;
  return text;
}

function likeClauseText({ table, rules }: LikeClause): string {
  const list = rules.map((one) => `${one.strategy} ${one.part}`.toUpperCase()).join(' ');
  return ` LIKE ${qualifiedNameText(table)}${list === '' ? '' : ` (${list})`}`;
}

function elementText(node: TableElement): string {
  switch (node.kind) {
    case 'physical-column': {
      const from = node.headerKey ? `METADATA FROM ${quoteString(node.headerKey.value)}` : 'HEADER';
      let text = `${nameText(node.name)} ${typeText(node.type)}`;
      if (node.notNull) text += ' NOT NULL';
      if (node.header) text += ` ${from}`;
      if (node.primaryKey) text += ' PRIMARY KEY';
      return text + commentText(node.comment);
    }
    case 'computed-column':
      return `${nameText(node.name)} AS ${expressionText(node.expression)}${commentText(node.comment)}`;
    case 'watermark':
      return watermarkText(node);
    case 'primary-key': {
      const name = node.name ? `CONSTRAINT ${nameText(node.name)} ` : '';
      return `${name}PRIMARY KEY ${nameListText(node.columns)}${node.notEnforced ? ' NOT ENFORCED' : ''}`;
    }
    case 'unique':
      return `UNIQUE ${nameListText(node.columns)}`;
    case 'index':
      return `${node.unique ? 'UNIQUE ' : ''}INDEX ${node.name ? `${nameText(node.name)} ` : ''}${nameListText(node.columns)}`;
    case 'period':
      return 'PERIOD FOR SYSTEM_TIME';
    case 'column-name':
      return nameText(node.name);
  }
}

function watermarkText({ name, column, strategy }: WatermarkElement): string {
  const how =
    strategy.kind === 'with-offset'
      ? `withOffset(${nameText(strategy.column)}, ${strategy.offsetMs.text})`
      : expressionText(strategy.expression);
  return `WATERMARK ${name ? `${nameText(name)} ` : ''}FOR ${nameText(column)} AS ${how}`;
}

const bareKey = /^[A-Za-z_][A-Za-z0-9_]*([.-][A-Za-z_][A-Za-z0-9_]*)*$/;

function optionText(option: WithOption, options: PrintOptions): string {
  const key = bareKey.test(option.key) ? option.key : quoteString(option.key);
  return `${key} = ${quoteString(options.optionValue ? options.optionValue(option) : option.value.value)}`;
}

function commentText(comment: StringLiteral | undefined): string {
  return comment ? ` COMMENT ${quoteString(comment.value)}` : '';
}

function createViewText(node: CreateView): string {
  const head = `CREATE ${node.orReplace ? 'OR REPLACE ' : ''}${node.temporary ? 'TEMPORARY ' : ''}VIEW `;
  const name = `${node.ifNotExists ? 'IF NOT EXISTS ' : ''}${qualifiedNameText(node.name)}`;
  return `${head}${name}${columnsText(node.columns)}${commentText(node.comment)} AS ${queryText(node.query)}`;
}

function columnsText(columns: readonly Identifier[] | undefined): string {
  return columns ? ` ${nameListText(columns)}` : '';
}

function createFunctionText(node: CreateFunction): string {
  const replace = node.orReplace ? 'OR REPLACE ' : '';
  const head = `CREATE ${replace}${node.temporary ? 'TEMPORARY ' : ''}FUNCTION ${node.ifNotExists ? 'IF NOT EXISTS ' : ''}`;
  const language = node.language ? ` LANGUAGE ${nameText(node.language)}` : '';
  return `${head}${qualifiedNameText(node.name)} AS ${quoteString(node.implementation.value)}${language}`;
}

function insertText(node: InsertInto): string {
  const head = `INSERT ${node.overwrite ? 'OVERWRITE' : 'INTO'} ${qualifiedNameText(node.table)}`;
  return `${head}${columnsText(node.columns)} ${queryText(node.query)}${emitText(node.emit)}`;
}

function emitText(strategies: readonly EmitStrategy[]): string {
  if (strategies.length === 0) return '';
  const texts = strategies.map(({ delay, phase }) => {
    const text = delay ? `WITH DELAY ${expressionText(delay)}` : 'WITHOUT DELAY';
    return phase ? `${text} ${phase.replace('-', ' ').toUpperCase()}` : text;
  });
  return ` EMIT ${texts.join(', ')}`;
}

function dropText(node: Drop): string {
  const head = `DROP ${node.temporary ? 'TEMPORARY ' : ''}${node.what.toUpperCase()}`;
  return `${head} ${node.ifExists ? 'IF EXISTS ' : ''}${qualifiedNameText(node.name)}`;
}
