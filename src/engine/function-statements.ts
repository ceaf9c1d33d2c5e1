import { PlanError } from '../errors/sluice-error.ts';
import type { SourceText } from '../errors/span.ts';
import { suggest } from '../errors/suggest.ts';
import type { UserFunctions } from '../functions/user/user-registry.ts';
import type { CreateFunction, DescribeFunction, Drop, Statement } from '../parser/ast/statements.ts';
import { simpleName } from '../planner/simple-name.ts';
import type { StatementResult } from './api.ts';
import { creationNote, loadFunctionModule } from './load-function.ts';
import { rowsResult } from './rows-result.ts';

export type FunctionStatement = CreateFunction | DescribeFunction | (Drop & { readonly what: 'function' });

export function isFunctionStatement(statement: Statement): statement is FunctionStatement {
  const { kind } = statement;
  if (kind === 'create-function' || kind === 'describe-function') return true;
  return kind === 'drop' && statement.what === 'function';
}

/** CREATE FUNCTION, DROP FUNCTION, DESCRIBE FUNCTION. @throws PlanError FUNCTION_, PLAN_ codes; then nothing changed */
export async function functionStatement(
  statement: FunctionStatement,
  functions: UserFunctions,
  source: SourceText,
): Promise<StatementResult> {
  if (statement.kind === 'create-function') return create(statement, functions, source);
  return statement.kind === 'drop' ? drop(statement, functions, source) : describe(statement, functions, source);
}

async function create(
  statement: CreateFunction,
  functions: UserFunctions,
  source: SourceText,
): Promise<StatementResult> {
  const span = statement.name.at(-1)?.span ?? statement.span;
  const name = simpleName(statement.name, span);
  const before = functions.get(name);
  if (before !== undefined && !statement.orReplace) {
    if (statement.ifNotExists) return { kind: 'ddl', message: `function "${name}" is kept` };
    throw new PlanError('PLAN_DUPLICATE_NAME', `function "${name}" already exists`, {
      span,
      source,
      notes: before.note === undefined ? [] : [before.note],
      hint: 'Use another name, or CREATE OR REPLACE, or DROP it first.',
    });
  }
  const { language } = statement;
  if (language !== undefined && !/^(javascript|typescript|js|ts)$/i.test(language.name)) {
    throw new PlanError('FUNCTION_MODULE', `functions in ${language.name.toUpperCase()} do not run here`, {
      span: language.span,
      source,
      hint: 'Write the function as a JavaScript module.',
    });
  }
  const { value: path, span: pathSpan } = statement.implementation;
  const record = await loadFunctionModule({ path, span: pathSpan, source });
  const note = creationNote(name, { span: pathSpan, source });
  const fn = functions.add(record, { name, origin: path, note });
  return { kind: 'ddl', message: `${fn.kind} function "${name}" created` };
}

function drop(statement: Drop, functions: UserFunctions, source: SourceText): StatementResult {
  const span = statement.name.at(-1)?.span ?? statement.span;
  const name = simpleName(statement.name, span);
  if (functions.remove(name)) return { kind: 'ddl', message: `function "${name}" dropped` };
  if (functions.names().includes(name.toUpperCase())) {
    throw new PlanError('PLAN_UNSUPPORTED', `function "${name}" is built in and stays`, { span, source });
  }
  if (statement.ifExists) return { kind: 'ddl', message: `function "${name}" does not exist` };
  throw unknown(name, span, functions, source);
}

function describe(statement: DescribeFunction, functions: UserFunctions, source: SourceText): StatementResult {
  const { name, span } = statement.name;
  const found = functions.records().filter((one) => isNamed(one, name.toUpperCase()));
  if (found.length === 0) throw unknown(name, span, functions, source);
  return rowsResult(
    ['property', 'value'],
    found.flatMap((fn) => {
      const own = functions.get(fn.name);
      return [
        ['function', fn.name],
        ...(fn.aliases === undefined || fn.aliases.length === 0 ? [] : [['also', fn.aliases.join(', ')]]),
        ['kind', fn.kind],
        ['category', fn.category],
        ...fn.syntax.map((one) => ['call', one]),
        ['what it does', fn.doc],
        ...fn.examples.map((one) => ['example', `${one.sql} gives ${one.gives ?? 'NULL'}`]),
        ...(own === undefined
          ? []
          : [
              ['from', own.origin],
              ['where it fails', own.onError],
            ]),
      ];
    }),
  );
}

function isNamed(fn: { readonly name: string; readonly aliases?: readonly string[] }, upper: string): boolean {
  return fn.name === upper || (fn.aliases ?? []).some((one) => one.toUpperCase() === upper);
}

function unknown(name: string, span: Drop['span'], functions: UserFunctions, source: SourceText): PlanError {
  const close = suggest(name.toUpperCase(), functions.names());
  return new PlanError('PLAN_UNKNOWN_FUNCTION', `function "${name}" does not exist`, {
    span,
    source,
    hint: close === undefined ? 'Run: SHOW FUNCTIONS.' : `Did you mean "${close}"?  Run: SHOW FUNCTIONS.`,
  });
}
