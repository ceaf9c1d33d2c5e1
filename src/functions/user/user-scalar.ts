import { ColumnBuilder, type Value } from '../../columnar/builder.ts';
import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column, type FixedValues } from '../../columnar/column.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { CallSite, ScalarBinding, ScalarFunction, ScalarImplementation } from '../../contracts/function.ts';
import type { ColumnResult, ColumnView, ScalarForm } from '../../contracts/user-function.ts';
import { layoutOf } from '../../types/layout.ts';
import { typeName, type SqlType } from '../../types/sql-type.ts';
import { timeZone, type Zone } from '../../values/zone.ts';
import { describeJs, fromJs, toJs, type ToJs } from './js-values.ts';
import type { UserDeclaration } from './user-declaration.ts';
import { thrownText, type FailurePolicy } from './user-errors.ts';
import { docsOf, policyOf, type UserParts } from './user-parts.ts';

type AnyRow = (...args: unknown[]) => unknown;

export function userScalar(parts: UserParts): ScalarFunction {
  const { declaration, signature, opened } = parts;
  const policy = policyOf(parts);
  return {
    kind: 'scalar',
    ...docsOf(parts),
    resolve(site) {
      const found = signature.match(site);
      if (found === undefined) return undefined;
      const form: ScalarForm = found.form;
      const returns = signature.type(signature.returns(form.returns, found.args));
      const call = new ScalarCall(form, { args: found.args, returns, site, policy, opened });
      return { args: found.args, returns, impl: call.implementation(declaration) } satisfies ScalarBinding;
    },
  };
}

interface CallShape {
  readonly args: readonly SqlType[];
  readonly returns: SqlType;
  readonly site: CallSite;
  readonly policy: FailurePolicy;
  readonly opened: () => void;
}

type Call = (...args: Value[]) => Value;

const FEW = 3;

/** Calls user code with the arguments in their JS form. */
function invokerOf(row: AnyRow, readers: readonly ToJs[]): (...args: Value[]) => unknown {
  const [first, second, third] = readers as readonly [ToJs, ToJs, ToJs];
  switch (readers.length) {
    case 0:
      return () => row();
    case 1:
      return (a) => row(first(a));
    case 2:
      return (a, b) => row(first(a), second(b));
    case FEW:
      return (a, b, c) => row(first(a), second(b), third(c));
    default:
      return (...all) => row(...all.map((value, i) => readers[i]!(value)));
  }
}

class ScalarCall {
  readonly #form: ScalarForm;
  readonly #shape: CallShape;
  readonly #zone: Zone;

  constructor(form: ScalarForm, shape: CallShape) {
    this.#form = form;
    this.#shape = shape;
    this.#zone = timeZone(shape.site.context.timeZone);
  }

  implementation(definition: UserDeclaration): ScalarImplementation {
    const { nulls, deterministic } = definition;
    const { args, returns } = this.#shape;
    const call = this.#form.row === undefined ? this.#callColumn() : this.#callRow(this.#form.row as AnyRow);
    const put = (out: ByteSlice, value: Value): boolean => {
      if (value === null) return false;
      out.alias(value as ByteSlice);
      return true;
    };
    // Few arguments are named: a list of them would be made for every row.
    const few = args.length <= FEW;
    const kernel =
      layoutOf(returns) === 'bytes'
        ? few
          ? (out: ByteSlice, a: Value, b: Value, c: Value): boolean => put(out, call(a, b, c))
          : (out: ByteSlice, ...all: Value[]): boolean => put(out, call(...all))
        : call;
    return {
      nulls: nulls === 'propagate' ? 'propagate' : 'custom',
      mayReturnNull: true,
      deterministic,
      definition,
      kernel,
      ...(this.#form.column === undefined ? {} : { batch: (given, count) => this.#column(given, count, nulls) }),
    };
  }

  #callRow(row: AnyRow): Call {
    const { args, returns, policy, opened } = this.#shape;
    const invoke = invokerOf(
      row,
      args.map((type) => toJs(type, this.#zone)),
    );
    const read = fromJs(returns, this.#zone);
    const checked = (result: unknown): Value => {
      const value = read(result);
      if (value !== undefined) return value;
      policy.failed(`gave ${describeJs(result, returns)} where ${typeName(returns)} is declared`);
      return null;
    };
    const failed = (error: unknown): null => {
      policy.failed(thrownText(error), error);
      return null;
    };
    if (args.length > FEW) {
      return (...all) => {
        opened();
        let result: unknown;
        try {
          result = invoke(...all);
        } catch (error) {
          return failed(error);
        }
        return checked(result);
      };
    }
    return (a, b, c) => {
      opened();
      let result: unknown;
      try {
        result = invoke(a, b, c);
      } catch (error) {
        return failed(error);
      }
      return checked(result);
    };
  }

  /** One row at a time: for constants and where no batch is at hand. */
  #callColumn(): Call {
    return (...given) => {
      const columns = this.#shape.args.map((type, i) => {
        const builder = new ColumnBuilder(type, 1);
        builder.append(given[i] ?? null);
        return builder.finish();
      });
      return valueAt(this.#column(columns, 1, 'call'), 0);
    };
  }

  #column(args: readonly Column[], count: number, nulls: 'call' | 'propagate'): Column {
    const { returns, policy, opened } = this.#shape;
    opened();
    let made: Column | string;
    try {
      const views = args.map((column) => columnView(column, this.#zone));
      made = this.#made(this.#form.column?.(views, count) ?? [], count);
    } catch (error) {
      policy.failed(thrownText(error), error);
      return allNull(returns, count);
    }
    if (typeof made === 'string') {
      policy.failed(made);
      return allNull(returns, count);
    }
    return nulls === 'propagate' ? withNullsOf(made, args, count) : made;
  }

  /** The result as a column, or what is wrong with it. */
  #made(result: ColumnResult, count: number): Column | string {
    const { returns, policy } = this.#shape;
    if (Array.isArray(result)) {
      if (result.length !== count) return `gave ${result.length} values for ${count} rows`;
      const read = fromJs(returns, this.#zone);
      const builder = new ColumnBuilder(returns, count);
      for (const given of result as readonly unknown[]) {
        const value = read(given);
        if (value === undefined)
          policy.failed(`gave ${describeJs(given, returns)} where ${typeName(returns)} is declared`);
        builder.append(value ?? null);
      }
      return builder.finish();
    }
    const given = ArrayBuffer.isView(result) ? { values: result, nulls: null } : result;
    const { values, nulls } = given as { readonly values: FixedValues; readonly nulls: Uint8Array | null };
    const layout = layoutOf(returns);
    const expected = layout === 'bytes' ? undefined : allocateValues(layout, 0);
    if (expected === undefined || !(ArrayBuffer.isView(values) && values.constructor === expected.constructor)) {
      const right = expected === undefined ? 'an array of values' : `an array or ${expected.constructor.name}`;
      return `gave ${describeJs(values, returns)} where ${typeName(returns)} wants ${right}`;
    }
    const rows = layout === 'i128' ? values.length / 2 : values.length;
    if (rows < count || (nulls !== null && nulls.length < count)) return `gave ${rows} values for ${count} rows`;
    // The function may use its array again for the next batch.
    const width = layout === 'i128' ? 2 : 1;
    return fixedColumn(returns, values.slice(0, count * width), count, nulls === null ? null : nulls.slice(0, count));
  }
}

export function columnView(column: Column, zone: Zone): ColumnView {
  const read = toJs(column.type, zone);
  return {
    type: typeName(column.type),
    length: column.length,
    nulls: column.nulls,
    values: column.layout === 'bytes' ? undefined : column.values,
    bytes:
      column.layout === 'bytes' ? { data: column.bytes, offsets: column.offsets, lengths: column.lengths } : undefined,
    get: (row) => read(valueAt(column, row)),
  };
}

function allNull(type: SqlType, count: number): Column {
  const builder = new ColumnBuilder(type, count);
  for (let i = 0; i < count; i++) builder.appendNull();
  return builder.finish();
}

/** NULL also where an argument is. */
function withNullsOf(column: Column, args: readonly Column[], count: number): Column {
  if (args.every((one) => one.nulls === null)) return column;
  const nulls = new Uint8Array(count);
  for (const source of [column.nulls, ...args.map((one) => one.nulls)]) {
    if (source !== null) for (let i = 0; i < count; i++) if (source[i] === 1) nulls[i] = 1;
  }
  if (column.layout !== 'bytes') return fixedColumn(column.type, column.values, count, nulls);
  return bytesColumn(column.type, column, count, nulls);
}
