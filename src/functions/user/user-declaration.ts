import type {
  AggregateForm,
  ScalarForm,
  TableForm,
  UserFunctionContext,
  UserFunctionRecord,
} from '../../contracts/user-function.ts';
import { PlanError, type Note } from '../../errors/sluice-error.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** Reads a type written as SQL text. @throws SluiceError TYPE_UNKNOWN, PARSE_SYNTAX */
export type TypeReader = (text: string) => SqlType;

export type UserFunctionKind = 'scalar' | 'aggregate' | 'table';

/** A checked record; types are still text where a function computes them. */
export interface UserDeclaration {
  /** Upper case. */
  readonly name: string;
  /** As it was written, for messages. */
  readonly title: string;
  readonly kind: UserFunctionKind;
  readonly record: UserFunctionRecord;
  readonly forms: readonly (ScalarForm & AggregateForm & TableForm)[];
  readonly nulls: 'call' | 'propagate';
  readonly onError: 'fail' | 'null' | 'skip';
  readonly deterministic: boolean;
  /** What it was made from, for SHOW FUNCTIONS: `./f.js` or `registerFunction`. */
  readonly origin: string;
  readonly note: Note | undefined;
}

/** What the engine gives besides the record. */
export interface UserFunctionHost {
  readonly typeOf: TypeReader;
  readonly context: () => UserFunctionContext;
  readonly warn: (line: string) => void;
}

interface Source {
  readonly name: string | undefined;
  readonly origin: string;
  readonly note?: Note | undefined;
}

const members = {
  scalar: ['row', 'column'],
  aggregate: ['createAccumulator', 'accumulate', 'retract', 'merge', 'getValue'],
  table: ['rows'],
} as const;
const common = ['name', 'kind', 'doc', 'deterministic', 'nulls', 'onError', 'open', 'close', 'overloads'];
const ofForms = ['args', 'variadic', 'returns'];

/** Checks what `registerFunction` or a module gives. @throws PlanError FUNCTION_INVALID */
export function declareFunction(given: unknown, source: Source): UserDeclaration {
  const called = source.name ?? (isObject(given) && typeof given['name'] === 'string' ? given['name'] : undefined);
  const wrong = (what: string, hint?: string): PlanError =>
    new PlanError('FUNCTION_INVALID', `${called === undefined ? 'a function' : `function "${called}"`} ${what}`, {
      hint: hint ?? 'A function is { name, args, returns, row }: see docs/guides/user-functions.md.',
      notes: source.note === undefined ? [] : [source.note],
    });
  if (!isObject(given)) throw wrong(`is not given as a record but as ${nameOf(given)}`);
  if (called === undefined) throw wrong('has no name');
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(called)) throw wrong('has no valid name', 'Letters, digits and _ make a name.');
  const record: Record<string, unknown> = given;
  const forms = record['overloads'] === undefined ? [record] : record['overloads'];
  if (!Array.isArray(forms) || forms.length === 0 || !forms.every(isObject)) {
    throw wrong('has overloads that are not a list of records');
  }
  const kind = kindOf(record, forms, wrong);
  const known = new Set<string>([...common, ...ofForms, ...members[kind], ...(kind === 'table' ? ['row'] : [])]);
  for (const key of [...Object.keys(record), ...forms.flatMap((one) => Object.keys(one))]) {
    if (!known.has(key)) throw wrong(`has a member "${key}" that ${kind} functions do not have`);
  }
  const nulls = word(record['nulls'], ['call', 'propagate'] as const, 'call', 'nulls', wrong);
  const onError = word(record['onError'], ['fail', 'null', 'skip'] as const, 'fail', 'onError', wrong);
  if (kind === 'scalar' && onError === 'skip') {
    throw wrong(`has onError 'skip', which is for table and aggregate functions`, "Use 'null' or 'fail'.");
  }
  for (const member of ['open', 'close'] as const) {
    if (record[member] !== undefined && typeof record[member] !== 'function')
      throw wrong(`has no function as ${member}`);
  }
  return {
    name: called.toUpperCase(),
    title: called,
    kind,
    record: given,
    forms: forms.map((form) => checkedForm(form, kind, wrong)),
    nulls,
    onError,
    deterministic: record['deterministic'] !== false,
    origin: source.origin,
    note: source.note,
  };
}

type Wrong = (what: string, hint?: string) => PlanError;

function kindOf(
  record: Record<string, unknown>,
  forms: readonly Record<string, unknown>[],
  wrong: Wrong,
): UserFunctionKind {
  const given = record['kind'];
  if (given === 'scalar' || given === 'aggregate' || given === 'table') return given;
  if (given !== undefined) throw wrong(`is of kind ${nameOf(given)}`, "Kinds are 'scalar', 'aggregate' and 'table'.");
  const [form] = forms;
  if (form?.['accumulate'] !== undefined) return 'aggregate';
  return form?.['rows'] !== undefined || isGenerator(form?.['row']) ? 'table' : 'scalar';
}

function checkedForm(
  form: Record<string, unknown>,
  kind: UserFunctionKind,
  wrong: Wrong,
): ScalarForm & AggregateForm & TableForm {
  const args = form['args'] ?? [];
  if (!Array.isArray(args) || !args.every((one) => typeof one === 'string')) {
    throw wrong('has args that are not a list of SQL types', "Write args: ['VARCHAR', 'BIGINT'].");
  }
  const returns = form['returns'];
  const isText = typeof returns === 'string' || typeof returns === 'function';
  if (!isText && !(kind === 'table' && isObject(returns))) {
    throw wrong(
      'does not say what it returns',
      kind === 'table' ? "Write returns: { word: 'VARCHAR' }." : "Write returns: 'VARCHAR'.",
    );
  }
  if (form['variadic'] === true && args.length === 0) throw wrong('is variadic and has no args');
  for (const member of members[kind]) {
    if (form[member] !== undefined && typeof form[member] !== 'function') throw wrong(`has no function as ${member}`);
  }
  if (kind === 'scalar' && (form['row'] === undefined) === (form['column'] === undefined)) {
    throw wrong(form['row'] === undefined ? 'has neither row nor column' : 'has both row and column');
  }
  if (kind === 'aggregate') {
    for (const member of ['createAccumulator', 'accumulate', 'getValue']) {
      if (form[member] === undefined) throw wrong(`has no ${member}`);
    }
  }
  if (kind === 'table' && form['rows'] === undefined && form['row'] === undefined) throw wrong('has no rows');
  return kind === 'table' ? { ...form, rows: (form['rows'] ?? form['row']) as NonNullable<TableForm['rows']> } : form;
}

function word<T extends string>(given: unknown, words: readonly T[], fallback: T, member: string, wrong: Wrong): T {
  if (given === undefined) return fallback;
  const found = words.find((one) => one === given);
  if (found !== undefined) return found;
  throw wrong(`has ${member} ${nameOf(given)}`, `It is one of ${words.map((one) => `'${one}'`).join(', ')}.`);
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function isGenerator(given: unknown): boolean {
  return typeof given === 'function' && given.constructor.name === 'GeneratorFunction';
}

function nameOf(given: unknown): string {
  if (typeof given === 'string') return `'${given}'`;
  if (given === null || given === undefined) return String(given);
  return Array.isArray(given) ? 'an array' : `a ${typeof given}`;
}
