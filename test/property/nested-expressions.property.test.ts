import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batch } from '../../src/columnar/batch.ts';
import { ColumnBuilder, type Value } from '../../src/columnar/builder.ts';
import { ByteSlice } from '../../src/columnar/byte-slice.ts';
import { valueAt } from '../../src/columnar/row-view.ts';
import type { Expr } from '../../src/contracts/expression.ts';
import type { FunctionContext, ScalarFunction } from '../../src/contracts/function.ts';
import { compileProjection } from '../../src/expr/program.ts';
import { builtinFunctions } from '../../src/functions/catalog.ts';
import { field, schema } from '../../src/types/schema.ts';
import {
  arrayOf,
  BOOLEAN,
  INT,
  mapOf,
  rowOf,
  sameType,
  typeName,
  VARCHAR,
  type SqlType,
} from '../../src/types/sql-type.ts';
import { valueReader } from '../../src/values/nested/nested-reader.ts';
import { timeZone } from '../../src/values/zone.ts';

const context: FunctionContext = { compatibility: 'blink', timeZone: 'UTC', now: () => 0, regexpBacktracking: false };
const utc = timeZone('UTC');

const row = rowOf([
  { name: 'a', type: INT },
  { name: 'b', type: VARCHAR },
]);
const types: readonly SqlType[] = [
  INT,
  VARCHAR,
  BOOLEAN,
  arrayOf(INT),
  arrayOf(VARCHAR),
  arrayOf(row),
  mapOf(VARCHAR, INT),
  row,
];
const columnTypes = types.flatMap((type) => [type, type]);
const input = schema(columnTypes.map((type, i) => field(`c${i}`, type)));

const collections = builtinFunctions.filter(
  (fn): fn is ScalarFunction =>
    fn.kind === 'scalar' &&
    (fn.category === 'collection' || ['=', '<>', 'SPLIT', 'JSON_STRING', 'COALESCE'].includes(fn.name)),
);

interface Form {
  readonly fn: ScalarFunction;
  readonly args: readonly SqlType[];
  readonly returns: SqlType;
}

/** Every call over these types that needs no cast and gives one of them. */
const forms: readonly Form[] = collections.flatMap((fn) =>
  types
    .flatMap((a) => [[a], ...types.map((b) => [a, b]), [a, a, a], [a, INT, INT], [a, VARCHAR, VARCHAR]])
    .flatMap((args) => {
      const binding = fn.resolve({ types: args, literals: [], context });
      const fits = binding?.args.every((type, i) => sameType(type, args[i]!)) ?? false;
      return binding !== undefined && fits ? [{ fn, args, returns: binding.returns }] : [];
    }),
);

function given(type: SqlType): fc.Arbitrary<unknown> {
  const orNull = (inner: SqlType): fc.Arbitrary<unknown> => fc.option(given(inner), { freq: 4 });
  switch (type.kind) {
    case 'array':
      return fc.array(orNull(type.element), { maxLength: 4 });
    case 'map':
      return fc.array(fc.tuple(given(type.key), orNull(type.value)), { maxLength: 3 });
    case 'row':
      return fc.tuple(...type.fields.map((one) => orNull(one.type)));
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer({ min: -2, max: 3 });
    default:
      return fc.constantFrom('', 'a', 'b', '中', 'a,b', 'a long text that is copied by words');
  }
}

function column(type: SqlType): fc.Arbitrary<Expr> {
  const indexes = columnTypes.flatMap((one, i) => (sameType(one, type) ? [i] : []));
  return fc.constantFrom(...indexes).map((index) => ({ kind: 'column', type, index, name: `c${index}` }));
}

function tree(type: SqlType, depth: number): fc.Arbitrary<Expr> {
  const leaf = types.some((one) => sameType(one, type)) ? [column(type)] : [];
  const fitting = forms.filter((form) => sameType(form.returns, type));
  if ((depth === 0 && leaf.length > 0) || fitting.length === 0) return leaf[0]!;
  return fc.oneof(
    ...leaf,
    fc.constantFrom(...fitting).chain((form) =>
      fc.tuple(...form.args.map((arg) => tree(arg, Math.max(0, depth - 1)))).map((args): Expr => {
        const { impl, returns } = form.fn.resolve({ types: form.args, literals: [], context })!;
        return { kind: 'call', type: returns, name: form.fn.name, args, impl };
      }),
    ),
  );
}

const batches = fc.integer({ min: 1, max: 8 }).chain((rowCount) =>
  fc
    .tuple(
      ...columnTypes.map((type) =>
        fc.array(fc.option(given(type), { freq: 5 }), { minLength: rowCount, maxLength: rowCount }),
      ),
    )
    .map((cells) => {
      const columns = columnTypes.map((type, c) => {
        const builder = new ColumnBuilder(type);
        const read = valueReader(type, utc);
        for (const cell of cells[c]!) builder.append(read(cell) ?? null);
        return builder.finish();
      });
      return new Batch(input, columns, rowCount);
    }),
);

function plain(value: Value): unknown {
  return value instanceof ByteSlice ? Buffer.from(value.toBytes()).toString('hex') : value;
}

function outcome(mode: 'generate' | 'interpret', exprs: readonly Expr[], batch: Batch): unknown {
  try {
    return compileProjection(exprs, input, { mode })(batch).map((one) =>
      Array.from({ length: batch.rowCount }, (_, at) => plain(valueAt(one, at))),
    );
  } catch {
    // Of several mistakes one form meets another first: row by row, or expression by expression.
    return 'failed';
  }
}

describe('generated code and the interpreter over nested values', () => {
  it('agree on every function over collections, in one another', () => {
    const outputs = fc.array(
      fc.constantFrom(...types).chain((type) => tree(type, 3)),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(outputs, batches, (exprs, batch) => {
        expect(outcome('generate', exprs, batch)).toEqual(outcome('interpret', exprs, batch));
      }),
      { numRuns: 400 },
    );
  });

  it('meet every function over collections that needs no constant', () => {
    const met = new Set(forms.map((form) => form.fn.name));
    const missing = collections.filter((fn) => !met.has(fn.name)).map((fn) => fn.name);
    // The name of a field is a constant.
    expect(missing).toEqual(['.']);
    expect(new Set(forms.map((form) => typeName(form.returns))).size).toBeGreaterThan(types.length);
  });
});
