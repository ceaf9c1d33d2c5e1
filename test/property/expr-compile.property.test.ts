import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batch } from '../../src/columnar/batch.ts';
import { ColumnBuilder, type Value } from '../../src/columnar/builder.ts';
import { ByteSlice } from '../../src/columnar/byte-slice.ts';
import { valueAt } from '../../src/columnar/row-view.ts';
import type { CallExpr, Expr, LiteralExpr } from '../../src/contracts/expression.ts';
import type { FunctionContext, ScalarFunction, ScalarImplementation } from '../../src/contracts/function.ts';
import { compileCalc, compileFilter, compileProjection } from '../../src/expr/program.ts';
import { builtinFunctions } from '../../src/functions/catalog.ts';
import { layoutOf } from '../../src/types/layout.ts';
import { field, schema } from '../../src/types/schema.ts';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  FLOAT,
  INT,
  SMALLINT,
  TIMESTAMP,
  TINYINT,
  VARCHAR,
  decimal,
  isFineTime,
  sameType,
  timestamp,
  typeName,
  type SqlType,
} from '../../src/types/sql-type.ts';

const seed = process.env['SEED'] === undefined ? undefined : Number(process.env['SEED']);
const context: FunctionContext = {
  compatibility: 'blink',
  timeZone: 'UTC',
  now: () => 0,
  regexpBacktracking: false,
};

/** Two columns of each type, so that binary operators have different operands. */
const types: readonly SqlType[] = [
  BOOLEAN,
  TINYINT,
  SMALLINT,
  INT,
  BIGINT,
  FLOAT,
  DOUBLE,
  decimal(10, 2),
  decimal(30, 5),
  VARCHAR,
  TIMESTAMP,
  timestamp(6),
];
const columnTypes = types.flatMap((type) => [type, type]);
const input = schema(columnTypes.map((type, i) => field(`c${i}`, type)));

function bytesCall(name: string, impl: ScalarImplementation, args: readonly Expr[]): CallExpr {
  return { kind: 'call', type: VARCHAR, name, impl, args };
}

const concat: ScalarImplementation = {
  nulls: 'propagate',
  mayReturnNull: false,
  deterministic: true,
  kernel: (out: ByteSlice, a: ByteSlice, b: ByteSlice) => {
    const target = out.reserve(a.length + b.length);
    target.set(a.bytes.subarray(a.offset, a.offset + a.length), 0);
    target.set(b.bytes.subarray(b.offset, b.offset + b.length), a.length);
  },
};
const dropFirst: ScalarImplementation = {
  nulls: 'propagate',
  mayReturnNull: true,
  deterministic: true,
  kernel: (out: ByteSlice, a: ByteSlice) => {
    if (a.length === 0) return false;
    out.view(a.bytes, a.offset + 1, a.length - 1);
    return true;
  },
};
const orElse: ScalarImplementation = {
  nulls: 'custom',
  mayReturnNull: true,
  deterministic: true,
  kernel: (out: ByteSlice, a: ByteSlice | null, b: ByteSlice | null) => {
    const taken = a ?? b;
    if (taken === null) return false;
    out.alias(taken);
    return true;
  },
};

/** Operators and every numeric and conditional function: their inline forms must agree with their kernels. */
const operators: readonly ScalarFunction[] = builtinFunctions.filter(
  (fn): fn is ScalarFunction =>
    fn.kind === 'scalar' && // A pattern that is not valid is refused when the call is bound: LIKE has tests of its own.
    ['operator', 'math', 'logic', 'datetime'].includes(fn.category) &&
    !/LIKE|SIMILAR/.test(fn.name),
);

/** Every (operator, argument types) that needs no cast, by its result type. */
interface Form {
  readonly fn: ScalarFunction;
  readonly args: readonly SqlType[];
  readonly returns: SqlType;
}
const forms: Form[] = [];
for (const fn of operators) {
  for (const a of types) {
    for (const args of [[a], ...types.map((b) => [a, b]), [BOOLEAN, a, a], [a, a, a]]) {
      const binding = fn.resolve({ types: args, literals: [], context });
      if (binding === undefined || !binding.args.every((type, i) => sameType(type, args[i]!))) continue;
      if (binding.impl.deterministic) forms.push({ fn, args, returns: binding.returns });
    }
  }
}

const edges = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 1n << 53n];

function valueOf(type: SqlType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'boolean':
      return fc.boolean();
    case 'tinyint':
      return fc.integer({ min: -128, max: 127 });
    case 'smallint':
      return fc.integer({ min: -32768, max: 32767 });
    case 'int':
      return fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 2147483647, -2147483648));
    case 'bigint':
      return fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(...edges));
    case 'float':
      return fc.float();
    case 'timestamp':
      if (isFineTime(type)) return fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map((ns) => (ns / 1000n) * 1000n);
      return fc.integer({ min: -(2 ** 40), max: 2 ** 41 });
    case 'decimal': {
      const bound = 10n ** BigInt(type.precision) - 1n;
      return fc.oneof(fc.bigInt({ min: -bound, max: bound }), fc.constantFrom(0n, 1n, bound, -bound));
    }
    case 'varchar':
      return fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => ByteSlice.ofString(text));
    default:
      return fc.oneof(fc.double(), fc.constantFrom(0, -0, NaN, 1, Infinity));
  }
}

const nullable = (type: SqlType): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 4, arbitrary: valueOf(type) }, { weight: 1, arbitrary: fc.constant(null) });

function literal(type: SqlType): fc.Arbitrary<LiteralExpr> {
  return nullable(type).map((value) => ({ kind: 'literal', type, value }));
}

function leaf(type: SqlType): fc.Arbitrary<Expr> {
  const indexes = columnTypes.flatMap((one, i) => (sameType(one, type) ? [i] : []));
  if (indexes.length === 0) return literal(type);
  const column = fc.constantFrom(...indexes).map((index): Expr => ({ kind: 'column', type, index, name: `c${index}` }));
  return fc.oneof({ weight: 3, arbitrary: column }, { weight: 1, arbitrary: literal(type) });
}

const formsByResult = new Map<string, Form[]>();
for (const form of forms) {
  const key = typeName(form.returns);
  formsByResult.set(key, [...(formsByResult.get(key) ?? []), form]);
}
const trees = new Map<string, fc.Arbitrary<Expr>>();

function tree(type: SqlType, depth: number): fc.Arbitrary<Expr> {
  const key = `${depth} ${typeName(type)}`;
  let known = trees.get(key);
  if (known === undefined) {
    known = depth === 0 ? leaf(type) : innerTree(type, depth);
    trees.set(key, known);
  }
  return known;
}

function innerTree(type: SqlType, depth: number): fc.Arbitrary<Expr> {
  const down = (one: SqlType): fc.Arbitrary<Expr> => tree(one, depth - 1);
  const options: fc.Arbitrary<Expr>[] = [leaf(type)];
  const fitting = formsByResult.get(typeName(type)) ?? [];
  if (fitting.length > 0) {
    options.push(
      fc.constantFrom(...fitting).chain((form) =>
        fc.tuple(...form.args.map(down)).map((args): Expr => {
          const site = {
            types: form.args,
            literals: args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined)),
            context,
          };
          const { impl, returns } = form.fn.resolve(site)!;
          return { kind: 'call', type: returns, name: form.fn.name, args, impl };
        }),
      ),
    );
  }
  options.push(
    fc
      .tuple(down(BOOLEAN), down(type), down(BOOLEAN), down(type), down(type))
      .map(([w1, t1, w2, t2, otherwise]): Expr => ({
        kind: 'case',
        type,
        whens: [
          { when: w1, then: t1 },
          { when: w2, then: t2 },
        ],
        otherwise,
      })),
  );
  if (type.kind === 'varchar') {
    options.push(
      fc.tuple(down(type), down(type)).map((args) => bytesCall('CONCAT2', concat, args)),
      down(type).map((arg) => bytesCall('DROP_FIRST', dropFirst, [arg])),
      fc.tuple(down(type), down(type)).map((args) => bytesCall('OR_ELSE', orElse, args)),
    );
  }
  if (type.kind === 'boolean') {
    const any = fc.constantFrom(...types).chain(down);
    options.push(
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(down(BOOLEAN), { minLength: 1, maxLength: 3 }))
        .map(([kind, args]): Expr => ({ kind, type, args })),
      down(BOOLEAN).map((arg): Expr => ({ kind: 'not', type, arg })),
      fc
        .tuple(fc.constantFrom('is-null' as const, 'is-not-null' as const), any)
        .map(([kind, arg]): Expr => ({ kind, type, arg })),
      fc.constantFrom(...types).chain((of) =>
        fc
          .tuple(down(of), fc.array(valueOf(of), { minLength: 1, maxLength: 7 }), fc.boolean())
          .map(([arg, values, hasNull]): Expr => ({
            kind: 'in',
            type,
            arg,
            values: values.map((value) => ({ kind: 'literal', type: of, value })),
            hasNull,
          })),
      ),
    );
  }
  return fc.oneof(...options);
}

/** Batches with few or many NULLs, columns without any, selections and kinds; also empty ones. */
const batches: fc.Arbitrary<Batch> = fc.integer({ min: 0, max: 12 }).chain((rowCount) =>
  fc
    .tuple(
      fc.tuple(
        ...columnTypes.map((type) =>
          fc.oneof(
            fc.array(nullable(type), { minLength: rowCount, maxLength: rowCount }),
            fc.array(valueOf(type), { minLength: rowCount, maxLength: rowCount }),
          ),
        ),
      ),
      fc.option(fc.array(fc.boolean(), { minLength: rowCount, maxLength: rowCount })),
      fc.option(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rowCount, maxLength: rowCount })),
    )
    .map(([rows, keep, kinds]) => {
      const columns = columnTypes.map((type, c) => {
        const builder = new ColumnBuilder(type);
        for (const value of rows[c]!) builder.append(value);
        return builder.finish();
      });
      const selection = keep === null ? null : Int32Array.from(keep.flatMap((kept, row) => (kept ? [row] : [])));
      return new Batch(input, columns, rowCount, selection, kinds === null ? null : Uint8Array.from(kinds));
    }),
);

function plain(value: Value): unknown {
  if (value instanceof ByteSlice) return `bytes ${Buffer.from(value.toBytes()).toString('hex')}`;
  return Object.is(value, -0) ? '-0' : value;
}

/** Rows with their kinds, or the message of what was thrown. */
function outcome(run: () => Batch | null): unknown {
  let batch: Batch | null;
  try {
    batch = run();
  } catch (error) {
    return (error as Error).message;
  }
  if (batch === null) return [];
  const rows = batch.selection ?? Int32Array.from({ length: batch.rowCount }, (_, row) => row);
  const found = batch;
  return [...rows].map((row) => [
    found.kinds?.[row] ?? 0,
    ...found.columns.map((column) => plain(valueAt(column, row))),
  ]);
}

const outputs = fc
  .array(
    fc.constantFrom(...types).chain((type) => tree(type, 3)),
    { minLength: 0, maxLength: 4 },
  )
  .map((exprs) => exprs);

describe('generated code and the interpreter', () => {
  it('agree on filters and projections of any expressions over any batches', () => {
    fc.assert(
      fc.property(
        fc.option(tree(BOOLEAN, 3), { nil: undefined }),
        outputs,
        fc.array(batches, { minLength: 1, maxLength: 3 }),
        (filter, exprs, inputs) => {
          const output = schema(exprs.map((expr, i) => field(`o${i}`, expr.type)));
          const compiled = compileCalc(filter, exprs, input, output, { mode: 'generate' });
          const interpreted = compileCalc(filter, exprs, input, output, { mode: 'interpret' });
          for (const batch of inputs) {
            expect(outcome(() => compiled(batch))).toEqual(outcome(() => interpreted(batch)));
          }
        },
      ),
      { numRuns: 300, ...(seed === undefined ? {} : { seed }) },
    );
  });

  it('agree on selections and on columns that stay at their physical rows', () => {
    fc.assert(
      fc.property(tree(BOOLEAN, 3), outputs, batches, (filter, exprs, batch) => {
        const view = (mode: 'generate' | 'interpret'): unknown =>
          outcome(() => {
            const selection = compileFilter(filter, input, { mode })(batch);
            const kept = selection === null ? batch : batch.select(selection);
            return kept.withColumns(schema([]), compileProjection(exprs, input, { mode })(kept));
          });
        expect(view('generate')).toEqual(view('interpret'));
      }),
      { numRuns: 200, ...(seed === undefined ? {} : { seed }) },
    );
  });

  it('cover every fixed and bytes layout', () => {
    expect(new Set(types.map(layoutOf))).toEqual(
      new Set(['bool', 'i8', 'i16', 'i32', 'i64', 'i128', 'f32', 'f64', 'bytes']),
    );
    expect(forms.length).toBeGreaterThan(150);
  });
});
