import { Batch } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import { compileFilter, type RowFilter } from '../../../expr/program.ts';
import type { WindowJoinExec } from '../../../planner/physical/window-plan.ts';
import type { Schema } from '../../../types/schema.ts';
import { BOOLEAN } from '../../../types/sql-type.ts';
import { decodeMs, encodeMs } from '../../epoch-json.ts';
import { nullColumn } from '../../null-column.ts';
import { ascendingRows, gather } from '../../rows.ts';
import { AttachedBuckets } from '../../windows/attached-buckets.ts';
import { HashMatches } from '../../windows/hash-matches.ts';
import { WindowPair } from '../../windows/window-pair.ts';
import { WindowStates, type OpenWindow } from '../../windows/window-states.ts';
import { WindowOperator } from './window-operator.ts';

/** Pairs that are tested together. */
const PAIRS = 4096;

/** Joins the rows of two inputs that are of the same window, when the window is over on both. */
export class WindowJoinOperator extends WindowOperator {
  readonly #node: WindowJoinExec;
  readonly #buckets: readonly AttachedBuckets[];
  readonly #states: WindowStates<WindowPair>;
  readonly #pairSchema: Schema;
  readonly #passes: RowFilter | undefined;
  /** Of each input: what is late does not depend on how far the other one is. */
  readonly #ownWatermarks = [-Infinity, -Infinity];

  constructor(node: WindowJoinExec) {
    super(node);
    this.#node = node;
    this.#buckets = [new AttachedBuckets(node.leftWindow), new AttachedBuckets(node.rightWindow)];
    const [left, right] = [node.left.schema, node.right.schema];
    this.#states = new WindowStates(() => new WindowPair(left, right));
    this.#pairSchema = { fields: [...left.fields, ...right.fields] };
    this.#passes = node.condition && compileFilter(node.condition, this.#pairSchema);
  }

  override open(context: OperatorContext): void {
    super.open(context);
    context.metrics.gauge('stateBytes', () => this.#states.bytes);
  }

  override process(batch: Batch, _: Out, input: number): void {
    // An input that was idle may be behind what the other one has closed.
    const watermarkMs = Math.max(this.watermarkMs, this.#ownWatermarks[input]!);
    for (const { startMs, endMs, rows, count } of this.#buckets[input]!.of(batch, watermarkMs, this.dropped)) {
      const pair = this.#states.at(startMs, endMs);
      (input === 0 ? pair.left : pair.right).append(batch.columns, rows, count);
    }
    this.timer?.wakeAt(this.nextEnd());
  }

  onInputWatermark(atMs: number, input: number): void {
    if (this.timer === undefined) this.#ownWatermarks[input] = atMs;
  }

  override snapshot(into: StateWriter): void {
    into.putJson('watermarks', [this.watermarkMs, ...this.#ownWatermarks].map(encodeMs));
    this.#states.snapshot(into);
  }

  override restore(from: StateReader): void {
    const [watermark = -Infinity, ...own] = (from.getJson('watermarks') as unknown[]).map(decodeMs);
    this.watermarkMs = watermark;
    own.forEach((atMs, input) => (this.#ownWatermarks[input] = atMs));
    this.#states.restore(from);
    this.resume();
  }

  override describe(): Readonly<Record<string, string>> {
    return { type: this.#node.joinType, keys: this.#node.leftKeys.join(', ') };
  }

  protected override nextEnd(): number {
    return this.#states.nextEnd;
  }

  protected override fire(out: Out): void | Promise<void> {
    const due = this.#states.due(this.watermarkMs);
    return due.length === 0 ? undefined : this.#close(due, out);
  }

  async #close(due: readonly OpenWindow<WindowPair>[], out: Out): Promise<void> {
    for (const window of due) {
      await this.#join(window.state, out);
      this.#states.remove(window);
    }
  }

  async #join(pair: WindowPair, out: Out): Promise<void> {
    const { joinType, leftKeys, rightKeys } = this.#node;
    const [leftCount, rightCount] = [pair.left.length, pair.right.length];
    const left = pair.left.read(ascendingRows(leftCount), leftCount);
    const right = pair.right.read(ascendingRows(rightCount), rightCount);
    const columnsOf = (all: readonly Column[], keys: readonly number[]): Column[] => keys.map((key) => all[key]!);
    const matches = new HashMatches(columnsOf(right, rightKeys), rightCount);
    const partnersOf = matches.probe(columnsOf(left, leftKeys), leftCount);
    const met = { left: new Uint8Array(leftCount), right: new Uint8Array(rightCount) };
    const paired = joinType !== 'semi' && joinType !== 'anti' && joinType !== 'mark';
    const lefts = new Int32Array(PAIRS);
    const rights = new Int32Array(PAIRS);
    let count = 0;
    const flush = async (): Promise<void> => {
      const both = [...left.map((one) => gather(one, lefts, count)), ...right.map((one) => gather(one, rights, count))];
      const batch = new Batch(this.#pairSchema, both, count);
      const kept = this.#passes?.(batch) ?? ascendingRows(count).subarray(0, count);
      for (const k of kept) {
        met.left[lefts[k]!] = 1;
        met.right[rights[k]!] = 1;
      }
      count = 0;
      if (paired) await out.emit(batch.select(kept.slice()).withColumns(this.#node.schema, both));
    };
    for (let row = 0; row < leftCount; row++) {
      for (const partner of partnersOf(row)) {
        lefts[count] = row;
        rights[count++] = partner;
        if (count === PAIRS) await flush();
      }
    }
    if (count > 0) await flush();
    if (joinType === 'mark') await this.#marked(left, met.left, out);
    if (joinType === 'semi') await this.#alone(left, met.left, 1, 'left', out);
    if (joinType === 'anti' || joinType === 'left' || joinType === 'full')
      await this.#alone(left, met.left, 0, 'left', out);
    if (joinType === 'right' || joinType === 'full') await this.#alone(right, met.right, 0, 'right', out);
  }

  /** All left rows with whether they have met a partner. */
  async #marked(columns: readonly Column[], met: Uint8Array, out: Out): Promise<void> {
    const all = ascendingRows(met.length).subarray(0, met.length);
    for (let from = 0; from < all.length; from += PAIRS) {
      const rows = all.subarray(from, from + PAIRS);
      const own = columns.map((one) => gather(one, rows, rows.length));
      const mark = fixedColumn(BOOLEAN, met.slice(from, from + rows.length), rows.length);
      await out.emit(new Batch(this.#node.schema, [...own, mark], rows.length));
    }
  }

  /** The rows of one side that have met a partner (1) or none (0). */
  async #alone(
    columns: readonly Column[],
    met: Uint8Array,
    wanted: number,
    side: 'left' | 'right',
    out: Out,
  ): Promise<void> {
    const { schema, joinType } = this.#node;
    const all = ascendingRows(met.length)
      .subarray(0, met.length)
      .filter((row) => met[row] === wanted);
    const padded = joinType !== 'semi' && joinType !== 'anti';
    const other = padded ? (side === 'left' ? this.#node.right : this.#node.left).schema.fields : [];
    for (let from = 0; from < all.length; from += PAIRS) {
      const rows = all.subarray(from, from + PAIRS);
      const own = columns.map((one) => gather(one, rows, rows.length));
      const nulls = other.map((field) => nullColumn(field.type, rows.length));
      const output = side === 'left' ? [...own, ...nulls] : [...nulls, ...own];
      await out.emit(new Batch(schema, output, rows.length));
    }
  }
}
