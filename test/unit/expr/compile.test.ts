import { describe, expect, it } from 'vitest';
import { Batch } from '../../../src/columnar/batch.ts';
import { ColumnBuilder, type Value } from '../../../src/columnar/builder.ts';
import { ByteSlice } from '../../../src/columnar/byte-slice.ts';
import { valueAt } from '../../../src/columnar/row-view.ts';
import type { CallExpr, Expr } from '../../../src/contracts/expression.ts';
import type { ScalarImplementation } from '../../../src/contracts/function.ts';
import { InternalError, SluiceError } from '../../../src/errors/sluice-error.ts';
import { compileCalc, compileFilter, compileProjection } from '../../../src/expr/program.ts';
import { createFunctionRegistry } from '../../../src/functions/registry.ts';
import { field, schema, type Schema } from '../../../src/types/schema.ts';
import { BIGINT, BOOLEAN, INT, VARCHAR, type SqlType } from '../../../src/types/sql-type.ts';

const registry = createFunctionRegistry();
const context = { compatibility: 'blink', timeZone: 'UTC', now: () => 0, regexpBacktracking: false } as const;

function call(name: string, ...args: readonly Expr[]): CallExpr {
  const site = {
    types: args.map(({ type }) => type),
    literals: args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined)),
    context,
  };
  const binding = registry.scalar(name)!.resolve(site)!;
  return { kind: 'call', name, args, type: binding.returns, impl: binding.impl };
}
const column = (index: number, type: SqlType): Expr => ({ kind: 'column', index, type, name: `c${index}` });
const literal = (type: SqlType, value: Value | string): Expr => ({
  kind: 'literal',
  type,
  value: typeof value === 'string' ? ByteSlice.ofString(value) : value,
});

function batchOf(columns: readonly (readonly [SqlType, readonly (Value | string)[]])[], selection?: number[]): Batch {
  const built = columns.map(([type, values]) => {
    const builder = new ColumnBuilder(type);
    for (const value of values) builder.append(typeof value === 'string' ? ByteSlice.ofString(value) : value);
    return builder.finish();
  });
  const of = schema(columns.map(([type], i) => field(`c${i}`, type)));
  return new Batch(of, built, built[0]!.length, selection === undefined ? null : Int32Array.from(selection));
}

function outputOf(exprs: readonly Expr[]): Schema {
  return schema(exprs.map((expr, i) => field(`o${i}`, expr.type)));
}

function rows(batch: Batch | null): unknown[][] {
  if (batch === null) return [];
  const present = batch.selection ?? Int32Array.from({ length: batch.rowCount }, (_, row) => row);
  return [...present].map((row) =>
    batch.columns.map((one) => {
      const value = valueAt(one, row);
      return value instanceof ByteSlice ? value.toString() : value;
    }),
  );
}

function custom(
  impl: Partial<ScalarImplementation> & Pick<ScalarImplementation, 'kernel'>,
  args: readonly Expr[],
  type: SqlType,
): Expr {
  return {
    kind: 'call',
    name: 'CUSTOM',
    type,
    args,
    impl: { nulls: 'propagate', mayReturnNull: false, deterministic: true, ...impl },
  };
}

describe('generated source', () => {
  it('holds no literal, name or pattern of the user', () => {
    const hostile = `'; process.exit(1); //\u2028\${x}\``;
    const name = 'evil"] + process.exit(1) + ["';
    const text: Expr = { kind: 'column', index: 0, type: VARCHAR, name };
    const number = column(1, BIGINT);
    const filter: Expr = {
      kind: 'and',
      type: BOOLEAN,
      args: [
        call('=', text, literal(VARCHAR, hostile)),
        call('<>', number, literal(BIGINT, 987654321n)),
        {
          kind: 'in',
          type: BOOLEAN,
          arg: text,
          hasNull: false,
          values: [hostile, 'other'].map((value) => literal(VARCHAR, value) as Expr & { kind: 'literal' }),
        },
      ],
    };
    const exprs = [call('+', number, literal(BIGINT, 123456789n)), call('COALESCE', text, literal(VARCHAR, hostile))];
    const sources: string[] = [];
    const input = schema([field(name, VARCHAR), field('n', BIGINT)]);
    const calc = compileCalc(filter, exprs, input, outputOf(exprs), {
      mode: 'generate',
      onSource: (source) => sources.push(source),
    });
    const result = calc(
      batchOf([
        [VARCHAR, [hostile, 'x']],
        [BIGINT, [1n, 2n]],
      ]),
    );
    expect(rows(result)).toEqual([[123456790n, hostile]]);
    expect(sources).toHaveLength(1);
    for (const part of ['process', 'evil', 'exit', '987654321', '123456789', 'other', '\u2028', '`', '"', "'"]) {
      expect(sources[0]).not.toContain(part);
    }
  });

  it('is made once for each shape of batch', () => {
    const sources: string[] = [];
    const expr = call('+', column(0, INT), column(1, INT));
    const project = compileProjection([expr], schema([]), {
      mode: 'generate',
      onSource: (source) => sources.push(source),
    });
    const plain = batchOf([
      [INT, [1, 2]],
      [INT, [10, 20]],
    ]);
    const withNull = batchOf([
      [INT, [1, null]],
      [INT, [10, 20]],
    ]);
    for (const batch of [plain, withNull, plain, withNull, plain.select(Int32Array.of(1))]) project(batch);
    expect(sources).toHaveLength(3);
    expect(sources[0]).not.toContain('nulls');
  });

  it('takes any batch in one general form after sixteen shapes', () => {
    const width = 6;
    const sum = Array.from({ length: width }, (_, i) => column(i, INT)).reduce((a, b) => call('+', a, b));
    const sources: string[] = [];
    const project = compileProjection([sum], schema([]), {
      mode: 'generate',
      onSource: (source) => sources.push(source),
    });
    for (let mask = 0; mask < 1 << width; mask++) {
      const batch = batchOf(Array.from({ length: width }, (_, i) => [INT, [1, (mask >> i) & 1 ? null : 2]] as const));
      const [result] = project(batch);
      expect(valueAt(result!, 0)).toBe(width);
      expect(valueAt(result!, 1)).toBe(mask === 0 ? width * 2 : null);
    }
    expect(sources).toHaveLength(17);
  });
});

describe.each(['generate', 'interpret'] as const)('a program (%s)', (mode) => {
  it('computes a shared sub-expression once a row', () => {
    if (mode === 'interpret') return;
    let calls = 0;
    const counted = custom({ kernel: (x: number) => (calls++, x + 1) }, [column(0, INT)], INT);
    const filter = call('>', counted, literal(INT, 0));
    const exprs = [call('*', counted, literal(INT, 2)), counted];
    const calc = compileCalc(filter, exprs, schema([]), outputOf(exprs), { mode });
    expect(rows(calc(batchOf([[INT, [1, 2, 3]]])))).toEqual([
      [4, 2],
      [6, 3],
      [8, 4],
    ]);
    expect(calls).toBe(3);
  });

  it('draws RAND anew at every place', () => {
    const calls: number[] = [];
    const draw = custom({ kernel: () => calls.push(0), deterministic: false }, [], INT);
    const project = compileProjection([draw, draw], schema([]), { mode });
    const [a, b] = project(batchOf([[INT, [7]]]));
    expect([valueAt(a!, 0), valueAt(b!, 0)]).toEqual([1, 2]);
  });

  it('does not evaluate branches and conditions that are not reached', () => {
    const fails = custom(
      {
        kernel: () => {
          throw new SluiceError('VALUE_INVALID', 'reached');
        },
      },
      [],
      BOOLEAN,
    );
    const small = call('<', column(0, INT), literal(INT, 10));
    const guarded: Expr = { kind: 'and', type: BOOLEAN, args: [call('>', column(0, INT), literal(INT, 10)), fails] };
    const either: Expr = { kind: 'or', type: BOOLEAN, args: [small, fails] };
    const chosen: Expr = { kind: 'case', type: BOOLEAN, whens: [{ when: small, then: small }], otherwise: fails };
    const first = call('COALESCE', small, fails);
    const branch = call('IF', small, small, fails);
    const exprs = [guarded, either, chosen, first, branch];
    const calc = compileCalc(undefined, exprs, schema([]), outputOf(exprs), { mode });
    expect(rows(calc(batchOf([[INT, [1]]])))).toEqual([[false, true, true, true, true]]);
    expect(() => calc(batchOf([[INT, [11]]]))).toThrow('reached');
  });

  it('lets errors of kernels through with their place and wraps foreign ones', () => {
    const divide = call('DIV', column(0, INT), column(1, INT));
    const project = compileProjection([divide], schema([]), { mode });
    const failed = catchError(() =>
      project(
        batchOf([
          [INT, [1]],
          [INT, [0]],
        ]),
      ),
    );
    expect(failed.code).toBe('VALUE_INVALID');
    expect(failed.where).toEqual(['expression']);
    const broken = custom(
      {
        kernel: () => {
          throw new RangeError('boom');
        },
      },
      [],
      INT,
    );
    const internal = catchError(() => compileProjection([broken], schema([]), { mode })(batchOf([[INT, [1]]])));
    expect(internal).toBeInstanceOf(InternalError);
    expect(internal.message).toBe('an expression failed: boom');
    expect(internal.cause).toBeInstanceOf(RangeError);
  });

  it('passes columns by reference and keeps them at their rows', () => {
    const batch = batchOf([
      [INT, [1, 2, 3, 4]],
      [VARCHAR, ['a', 'b', 'c', 'd']],
    ]);
    const exprs = [column(1, VARCHAR), call('+', column(0, INT), literal(INT, 1))];
    const even = call('=', call('%', column(0, INT), literal(INT, 2)), literal(INT, 0));
    const result = compileCalc(even, exprs, schema([]), outputOf(exprs), { mode })(batch)!;
    expect(result.columns[0]).toBe(batch.columns[1]);
    expect(rows(result)).toEqual([
      ['b', 3],
      ['d', 5],
    ]);
  });

  it('says null when all rows pass and gives no batch when none does', () => {
    const batch = batchOf([[INT, [1, 2]]], [1]);
    const positive = call('>', column(0, INT), literal(INT, 0));
    const negative = call('<', column(0, INT), literal(INT, 0));
    expect(compileFilter(positive, schema([]), { mode })(batch)).toBeNull();
    expect(compileFilter(negative, schema([]), { mode })(batch)).toEqual(new Int32Array(0));
    const exprs = [column(0, INT)];
    expect(compileCalc(negative, exprs, schema([]), outputOf(exprs), { mode })(batch)).toBeNull();
    expect(
      compileCalc(undefined, exprs, schema([]), outputOf(exprs), { mode })(batch.select(new Int32Array(0))),
    ).toBeNull();
  });

  it('keeps the kinds of changes with their rows', () => {
    const batch = new Batch(
      schema([field('c0', INT)]),
      batchOf([[INT, [1, 2, 3]]]).columns,
      3,
      null,
      Uint8Array.of(0, 1, 3),
    );
    const exprs = [call('+', column(0, INT), literal(INT, 1))];
    const calc = compileCalc(call('>', column(0, INT), literal(INT, 1)), exprs, schema([]), outputOf(exprs), { mode });
    const result = calc(batch)!;
    const present = result.selection ?? Int32Array.from({ length: result.rowCount }, (_, row) => row);
    expect([...present].map((row) => result.kinds![row])).toEqual([1, 3]);
    expect(rows(result)).toEqual([[3], [4]]);
  });

  it('knows that NaN is not in a list and NULL decides nothing', () => {
    const inList = (values: readonly number[], hasNull: boolean): Expr => ({
      kind: 'in',
      type: BOOLEAN,
      arg: column(0, INT),
      hasNull,
      values: values.map((value) => literal(INT, value) as Expr & { kind: 'literal' }),
    });
    const exprs = [inList([1, 2], false), inList([1, 2], true), inList([1, 2, 3, 4, 5, 6], true)];
    const project = compileProjection(exprs, schema([]), { mode });
    const columns = project(batchOf([[INT, [1, 9, null]]]));
    expect([0, 1, 2].map((row) => columns.map((one) => valueAt(one, row)))).toEqual([
      [true, true, true],
      [false, null, null],
      [null, null, null],
    ]);
  });
});

describe('results of bytes', () => {
  const viewOf = (kernel: ScalarImplementation['kernel']): Expr => custom({ kernel }, [column(0, VARCHAR)], VARCHAR);

  it('are views where every value is a view of one buffer', () => {
    const batch = batchOf([[VARCHAR, ['hello', 'world']]]);
    const tail = viewOf((out: ByteSlice, a: ByteSlice) => out.view(a.bytes, a.offset + 1, a.length - 1));
    const [result] = compileProjection([tail], batch.schema, { mode: 'generate' })(batch);
    expect(result!.layout === 'bytes' && result!.bytes).toBe((batch.columns[0] as { bytes: Uint8Array }).bytes);
    expect(rows(batch.withColumns(batch.schema, [result!]))).toEqual([['ello'], ['orld']]);
  });

  it('move to an arena when a value comes from elsewhere, whatever came before', () => {
    const long = 'x'.repeat(3000);
    const batch = batchOf([[VARCHAR, ['a', null, 'bb', long, 'c']]]);
    const either = call('COALESCE', column(0, VARCHAR), literal(VARCHAR, 'none'));
    const [result] = compileProjection([either], batch.schema, { mode: 'generate' })(batch);
    expect(rows(batch.withColumns(batch.schema, [result!])).flat()).toEqual(['a', 'none', 'bb', long, 'c']);
  });

  it('do not show the scratch space of a register to the next row', () => {
    const batch = batchOf([[VARCHAR, ['one', 'two', 'three']]]);
    const upper = call('UPPER', column(0, VARCHAR));
    const [result] = compileProjection([upper], batch.schema, { mode: 'generate' })(batch);
    expect(rows(batch.withColumns(batch.schema, [result!])).flat()).toEqual(['ONE', 'TWO', 'THREE']);
  });
});

function catchError(run: () => unknown): SluiceError {
  try {
    run();
  } catch (error) {
    if (error instanceof SluiceError) return error;
  }
  throw new Error('nothing failed as it should');
}
