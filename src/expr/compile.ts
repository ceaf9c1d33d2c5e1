import { Batch } from '../columnar/batch.ts';
import { ByteSlice } from '../columnar/byte-slice.ts';
import { generateFunction } from '../columnar/codegen.ts';
import type { Column } from '../columnar/column.ts';
import type { Expr } from '../contracts/expression.ts';
import { layoutOf } from '../types/layout.ts';
import type { Schema } from '../types/schema.ts';
import { Emitter, type NullShape } from './emit.ts';
import { asExpressionError } from './expression-error.ts';
import { BytesOutput, FixedOutput, type Output } from './output.ts';
import { referencedColumns } from './walk.ts';

/** Shapes (columns with NULLs × selection) compiled for one program before it falls back to code that takes any. */
const MAX_SHAPES = 16;

type Loop = (
  columns: readonly Column[],
  count: number,
  selection: Int32Array | null,
  outs: readonly Output[],
  kept: Int32Array | null,
) => number;

interface Run {
  /** Rows that passed. */
  readonly count: number;
  /** Physical rows that passed, its first `count` entries; null without a filter. */
  readonly kept: Int32Array | null;
  /** Result columns in the order of the expressions. */
  readonly columns: Column[];
}

/**
 * A filter and projections as one generated loop over a batch; a loop is made for each shape of batch it meets. Keeps
 * registers, so it is not re-entrant.
 */
export class CompiledProgram {
  readonly #filter: Expr | undefined;
  readonly #exprs: readonly Expr[];
  /** The expressions that are computed, with their places; the others are columns of the input. */
  readonly #computed: readonly Expr[];
  readonly #used: readonly number[];
  readonly #loops = new Map<string, Loop>();
  readonly #literalBuffers: readonly Uint8Array[];
  readonly #sizeHints: number[];
  readonly #onSource: ((source: string) => void) | undefined;

  /** @param onSource told the source of each loop that is generated */
  constructor(filter: Expr | undefined, exprs: readonly Expr[], onSource?: (source: string) => void) {
    this.#filter = filter;
    this.#exprs = exprs;
    this.#computed = exprs.filter((expr) => expr.kind !== 'column');
    const evaluated = filter === undefined ? this.#computed : [filter, ...this.#computed];
    this.#used = referencedColumns(evaluated);
    this.#sizeHints = this.#computed.map(() => 0);
    this.#literalBuffers = literalBuffers(this.#computed);
    this.#onSource = onSource;
  }

  get passesColumns(): boolean {
    return this.#computed.length < this.#exprs.length;
  }

  /** @param dense whether results are numbered by passing row instead of physical row */
  run(batch: Batch, dense: boolean): Run {
    const { columns, selection } = batch;
    const rows = dense ? batch.size : batch.rowCount;
    const kept = this.#filter === undefined ? null : new Int32Array(batch.size);
    let count = batch.size;
    const outs = this.#outputs(columns, rows);
    if (this.#filter !== undefined || outs.length > 0) {
      const loop = this.#loopFor(batch, dense);
      try {
        count = loop(columns, count, selection, outs, kept);
      } catch (error) {
        throw asExpressionError(error);
      }
    }
    let next = 0;
    const results = this.#exprs.map((expr) => {
      if (expr.kind === 'column') return columns[expr.index]!;
      const out = outs[next]!;
      if (out instanceof BytesOutput) this.#sizeHints[next] = Math.ceil(out.used * 1.1);
      next++;
      return out.finish(dense ? count : rows);
    });
    return { count, kept, columns: results };
  }

  #outputs(columns: readonly Column[], rows: number): Output[] {
    let immutable: Set<Uint8Array> | undefined;
    return this.#computed.map((expr, index) => {
      if (layoutOf(expr.type) !== 'bytes') return new FixedOutput(expr.type, rows);
      if (immutable === undefined) {
        immutable = new Set(this.#literalBuffers);
        for (const used of this.#used) {
          const column = columns[used]!;
          if (column.layout === 'bytes') immutable.add(column.bytes);
        }
      }
      return new BytesOutput(expr.type, rows, immutable, this.#sizeHints[index]!);
    });
  }

  #loopFor(batch: Batch, dense: boolean): Loop {
    let shape = dense ? 'd' : 'p';
    shape += batch.selection === null ? 'a' : 's';
    for (const index of this.#used) shape += batch.columns[index]!.nulls === null ? '0' : '1';
    let loop = this.#loops.get(shape);
    if (loop === undefined) {
      const general = this.#loops.size >= MAX_SHAPES;
      if (general) {
        shape = `${shape.slice(0, 2)}*`;
        loop = this.#loops.get(shape);
        if (loop !== undefined) return loop;
      }
      const nullShape: NullShape = (index) =>
        general ? 'unknown' : batch.columns[index]!.nulls === null ? 'none' : 'some';
      loop = this.#generate(nullShape, batch.selection !== null, dense);
      this.#loops.set(shape, loop);
    }
    return loop;
  }

  #generate(nullShape: NullShape, selected: boolean, dense: boolean): Loop {
    const emitter = new Emitter(nullShape);
    if (this.#filter !== undefined) emitter.emitGuard(this.#filter);
    const guard = emitter.takeLines();
    const target = dense ? 'n' : 'i';
    const outLines: string[] = [];
    this.#computed.forEach((expr, index) => {
      const { value, isNull } = emitter.emit(expr);
      const bytes = layoutOf(expr.type) === 'bytes';
      outLines.push(`const q${index} = outs[${index}]${bytes ? '' : '.values'};`);
      const store = storeText(layoutOf(expr.type), `q${index}`, target, value);
      if (isNull === undefined) {
        emitter.line(store);
      } else {
        outLines.push(`let z${index} = null;`);
        emitter.line(
          `if (${isNull}) { if (z${index} === null) z${index} = outs[${index}].nulls(); z${index}[${target}] = 1; } else { ${store} }`,
        );
      }
    });
    const body = [
      ...emitter.prologue,
      ...outLines,
      'let n = 0;',
      'for (let k = 0; k < count; k++) {',
      selected ? 'const i = selection[k];' : 'const i = k;',
      ...guard,
      ...emitter.takeLines(),
      ...(this.#filter === undefined ? [] : ['kept[n] = i;']),
      'n++;',
      '}',
      'return n;',
    ].join('\n');
    this.#onSource?.(body);
    return generateFunction<Loop>(['columns', 'count', 'selection', 'outs', 'kept'], body, emitter.bound);
  }
}

function storeText(layout: string, out: string, row: string, value: string): string {
  switch (layout) {
    case 'bytes':
      return `${out}.put(${row}, ${value});`;
    case 'bool':
      return `${out}[${row}] = ${value} ? 1 : 0;`;
    case 'i128':
      return `${out}[2 * ${row}] = BigInt.asIntN(64, ${value}); ${out}[2 * ${row} + 1] = BigInt.asIntN(64, ${value} >> 64n);`;
    default:
      return `${out}[${row}] = ${value};`;
  }
}

/** Buffers of VARCHAR literals: results may be views of them. */
function literalBuffers(exprs: readonly Expr[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  const visit = (expr: Expr): void => {
    switch (expr.kind) {
      case 'literal':
        if (expr.value instanceof ByteSlice) found.push(expr.value.bytes);
        break;
      case 'call':
        expr.args.forEach(visit);
        break;
      case 'case':
        expr.whens.forEach(({ then }) => visit(then));
        visit(expr.otherwise);
        break;
      default:
        break;
    }
  };
  exprs.forEach(visit);
  return found;
}

/** The calc of a compiled program: passing rows under the output schema. */
export function runCalc(program: CompiledProgram, batch: Batch, output: Schema): Batch | null {
  if (batch.size === 0) return null;
  // Without columns passed by reference nothing ties results to physical rows: they are packed.
  const dense = !program.passesColumns;
  const { count, kept, columns } = program.run(batch, dense);
  if (count === 0) return null;
  const narrowed = kept === null || count === batch.size ? batch.selection : kept.slice(0, count);
  if (!dense) return new Batch(output, columns, batch.rowCount, narrowed, batch.kinds);
  return new Batch(output, columns, count, null, packKinds(batch.kinds, narrowed));
}

function packKinds(kinds: Uint8Array | null, selection: Int32Array | null): Uint8Array | null {
  if (kinds === null || selection === null) return kinds;
  const packed = new Uint8Array(selection.length);
  for (let k = 0; k < packed.length; k++) packed[k] = kinds[selection[k]!]!;
  return packed;
}
