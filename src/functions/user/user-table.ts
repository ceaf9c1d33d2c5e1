import type { Value } from '../../columnar/builder.ts';
import type { Column } from '../../columnar/column.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { TableExpander, TableFunction, TableRows } from '../../contracts/function.ts';
import { field, type Field } from '../../types/schema.ts';
import { typeName, type SqlType } from '../../types/sql-type.ts';
import { timeZone, type Zone } from '../../values/zone.ts';
import { addNulls } from '../table/table-definition.ts';
import { describeJs, fromJs, toJs, type FromJs, type ToJs } from './js-values.ts';
import { thrownText, type FailurePolicy } from './user-errors.ts';
import { docsOf, policyOf, type UserParts } from './user-parts.ts';

type AnyRows = (...args: unknown[]) => Iterable<unknown> | null | undefined;

export function userTable(parts: UserParts): TableFunction {
  const { declaration, signature, opened } = parts;
  const { nulls, onError, deterministic } = declaration;
  const policy = policyOf(parts);
  return {
    kind: 'table',
    ...docsOf(parts),
    resolve(site) {
      const found = signature.match(site);
      if (found === undefined) return undefined;
      const { form, args } = found;
      const returns = signature.returns(form.returns, args);
      const single = typeof returns === 'string' ? signature.type(returns) : undefined;
      const columns =
        single === undefined || single.kind === 'row'
          ? columnsOf(single ?? (returns as Readonly<Record<string, string>>), (text) => signature.type(text))
          : [field('f0', single)];
      const zone = timeZone(site.context.timeZone);
      const shape = { columns, bare: single !== undefined && single.kind !== 'row', zone };
      const rows = form.rows as AnyRows;
      return {
        args,
        columns,
        deterministic,
        definition: declaration,
        create: () =>
          new UserExpander(rows, {
            ...shape,
            args,
            policy,
            opened,
            propagates: nulls === 'propagate',
            nullRow: onError === 'null',
          }),
      };
    },
  };
}

function columnsOf(
  returns: Readonly<Record<string, string>> | (SqlType & { readonly kind: 'row' }),
  type: (text: string) => SqlType,
): readonly Field[] {
  if (returns.kind === 'row' && Array.isArray(returns.fields)) {
    return (returns as SqlType & { readonly kind: 'row' }).fields.map((one) => field(one.name, one.type));
  }
  return Object.entries(returns).map(([name, text]) => field(name, type(text as string)));
}

interface ExpanderShape {
  readonly columns: readonly Field[];
  /** A row is the value itself. */
  readonly bare: boolean;
  readonly args: readonly SqlType[];
  readonly zone: Zone;
  readonly policy: FailurePolicy;
  readonly opened: () => void;
  readonly propagates: boolean;
  /** What a failure leaves: a row of NULLs, or nothing. */
  readonly nullRow: boolean;
}

class UserExpander implements TableExpander {
  readonly #rows: AnyRows;
  readonly #shape: ExpanderShape;
  readonly #readers: readonly ToJs[];
  readonly #writers: readonly FromJs[];
  readonly #cells: Value[];
  /** Of the row that is being expanded. */
  #iterator: Iterator<unknown> | undefined;

  constructor(rows: AnyRows, shape: ExpanderShape) {
    this.#rows = rows;
    this.#shape = shape;
    this.#readers = shape.args.map((type) => toJs(type, shape.zone));
    this.#writers = shape.columns.map((one) => fromJs(one.type, shape.zone));
    this.#cells = shape.columns.map(() => null);
  }

  expand(args: readonly Column[], row: number, from: number, out: TableRows): number {
    const { policy, opened, propagates, nullRow } = this.#shape;
    try {
      if (from === 0) {
        opened();
        const given = args.map((column, i) => this.#readers[i]!(valueAt(column, row)));
        if (propagates && given.includes(null)) return 0;
        this.#iterator = iteratorOf(this.#rows(...given));
      }
      while (!out.isFull) {
        const next = this.#iterator?.next();
        if (next === undefined || next.done === true) return this.#done();
        const wrong = this.#put(next.value, out);
        if (wrong === undefined) continue;
        this.#iterator?.return?.();
        policy.failed(wrong);
        if (nullRow) addNulls(out);
        return this.#done();
      }
      return 1;
    } catch (error) {
      this.#iterator = undefined;
      policy.failed(thrownText(error), error);
      if (nullRow) addNulls(out);
      return 0;
    }
  }

  #done(): 0 {
    this.#iterator = undefined;
    return 0;
  }

  /** Adds one row; says what is wrong with it, and then adds nothing. */
  #put(given: unknown, out: TableRows): string | undefined {
    const { columns, bare } = this.#shape;
    const cells = bare ? [given] : cellsOf(given, columns);
    if (cells === undefined) return `gave ${describeJs(given, columns[0]!.type)} as a row`;
    if (cells.length !== columns.length) return `gave a row of ${cells.length} cells for ${columns.length} columns`;
    for (let i = 0; i < cells.length; i++) {
      const value = this.#writers[i]!(cells[i]);
      if (value === undefined) {
        const { name, type } = columns[i]!;
        return `gave ${describeJs(cells[i], type)} for column "${name}", which is ${typeName(type)}`;
      }
      this.#cells[i] = value;
    }
    for (let i = 0; i < cells.length; i++) out.columns[i]!.append(this.#cells[i]!);
    out.endRow();
    return undefined;
  }
}

function iteratorOf(rows: Iterable<unknown> | null | undefined): Iterator<unknown> | undefined {
  if (rows === null || rows === undefined) return undefined;
  if (typeof rows === 'object' && Symbol.iterator in rows) return rows[Symbol.iterator]();
  throw new TypeError(
    `the rows are not iterable but ${(rows as unknown) instanceof Promise ? 'a promise' : `a ${typeof rows}`}`,
  );
}

/** The cells of a row: an array in order, an object by name, a plain value where there is one column. */
function cellsOf(given: unknown, columns: readonly Field[]): readonly unknown[] | undefined {
  if (Array.isArray(given)) return given as readonly unknown[];
  if (typeof given === 'object' && given !== null && !(given instanceof Uint8Array) && !(given instanceof Date)) {
    const row = given as Readonly<Record<string, unknown>>;
    return columns.map((one) => row[one.name]);
  }
  return columns.length === 1 ? [given] : undefined;
}
