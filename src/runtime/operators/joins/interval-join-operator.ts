import type { Batch } from '../../../columnar/batch.ts';
import type { Counter, EpochMs, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { IntervalJoinExec } from '../../../planner/physical/time-joins.ts';
import { ABSENT, batchSide, PairOutput, type PairSide } from '../../joins/pair-output.ts';
import { complete, keptColumns, timesOf, type Times } from '../../joins/join-input.ts';
import { TimedRows } from '../../joins/timed-rows.ts';
import { rowsOf } from '../../rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';

const OUTPUT_ROWS = 4096;
const MATCHED = 1;

interface Side {
  readonly rows: TimedRows;
  readonly keys: readonly number[];
  readonly time: number;
  /** A row without partner goes out with NULLs. */
  readonly outer: boolean;
  /** A partner's time is at most so much behind a row's: when the watermark is there, none can come any more. */
  readonly reachMs: number;
  /** And at least so much. */
  readonly fromMs: number;
}

/**
 * Interval join. Every row is looked up among the kept rows of the other side, then kept itself while the watermark lets
 * a partner come. No row is late (D4): one that comes behind the watermark meets what is still kept. Rows that are past
 * their time are gone for it although they may lie here until the next watermark.
 */
export class IntervalJoinOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: IntervalJoinExec;
  readonly #state = new StateRegistry();
  readonly #keys: KeyTable;
  readonly #sides: readonly [Side, Side];
  readonly #pairs: PairOutput;
  readonly #delayMs: number;
  #watermark = -Infinity;
  #timerAt = Infinity;
  #context: OperatorContext | undefined;
  #unmatched: Counter | undefined;
  #slots = new Int32Array(0);
  #matched = new Uint8Array(0);
  /** Pairs found and not yet out: rows of the batch, slots of the other side. */
  readonly #mine = new Int32Array(OUTPUT_ROWS);
  readonly #theirs = new Int32Array(OUTPUT_ROWS);
  #found = 0;

  constructor(node: IntervalJoinExec) {
    this.#node = node;
    const { left, right, joinType, lowerMs, upperMs } = node;
    this.#keys = this.#state.keys(
      'keys',
      node.leftKeys.map((column) => left.schema.fields[column]!.type),
    );
    const [leftColumns, rightColumns] = keptColumns(node);
    this.#sides = [
      {
        rows: new TimedRows(this.#state.scope('left'), left.schema.fields, leftColumns),
        keys: node.leftKeys,
        time: node.leftTime,
        outer: joinType === 'left' || joinType === 'full',
        reachMs: -lowerMs,
        fromMs: -upperMs,
      },
      {
        rows: new TimedRows(this.#state.scope('right'), right.schema.fields, rightColumns),
        keys: node.rightKeys,
        time: node.rightTime,
        outer: joinType === 'right' || joinType === 'full',
        reachMs: upperMs,
        fromMs: lowerMs,
      },
    ];
    this.#pairs = new PairOutput(node);
    // One more, because a row at the watermark is still to come: its partner must not be late for what follows.
    this.#delayMs = Math.max(Math.abs(lowerMs), Math.abs(upperMs)) + 1;
  }

  open(context: OperatorContext): void {
    this.#context = context;
    const [left, right] = this.#sides;
    this.#unmatched = context.metrics.counter('unmatchedRows');
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + left.rows.bytes + right.rows.bytes);
    context.metrics.gauge('stateRows', () => left.rows.size + right.rows.size);
    context.metrics.gauge('stateKeys', () => this.#keys.size);
  }

  async process(batch: Batch, out: Out, input: number): Promise<void> {
    const side = this.#sides[input]!;
    const { nullKeys } = this.#node;
    const { size } = batch;
    if (this.#slots.length < size) this.#slots = new Int32Array(size * 2);
    if (this.#matched.length < batch.rowCount) this.#matched = new Uint8Array(batch.rowCount * 2);
    this.#matched.fill(0, 0, batch.rowCount);
    const times = timesOf(batch.columns[side.time]!);
    if (this.#node.processingTime) this.#passTime(times, batch);
    const { rows, count, incomplete } = complete(batch, [
      side.time,
      ...side.keys.filter((_, i) => nullKeys?.[i] !== true),
    ]);
    const keys = side.keys.map((column) => batch.columns[column]!);
    this.#keys.upsert(keys, rows, count, this.#slots);
    for (const one of this.#sides) one.rows.ensureKeys(this.#keys.slotCount);
    await this.#probe(batch, { rows, count, times }, input, out);
    const lone = this.#keep(rows, count, times, input);
    side.rows.flush(batch.columns);
    if (side.outer) await this.#emitLone(batch, [...incomplete, ...lone], input, out);
    this.#armTimer();
  }

  async onWatermark(atMs: EpochMs, out: Out): Promise<void> {
    if (!this.#node.processingTime || atMs === Infinity) {
      this.#watermark = Math.max(this.#watermark, atMs);
      await this.#expire(out);
    }
    await out.push({ kind: 'watermark', atMs: this.#node.processingTime ? atMs : atMs - this.#delayMs });
  }

  async onTimer(nowMs: EpochMs, out: Out): Promise<void> {
    if (nowMs >= this.#timerAt) this.#timerAt = Infinity;
    this.#watermark = Math.max(this.#watermark, nowMs);
    await this.#expire(out);
    this.#armTimer();
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', Number.isFinite(this.#watermark) ? this.#watermark : null);
    this.#state.snapshot(into);
    this.#sides.forEach(({ rows }, i) => rows.snapshot(into.scope(`side${i}`)));
  }

  restore(from: StateReader): void {
    this.#watermark = (from.getJson('watermark') as number | null) ?? -Infinity;
    this.#state.restore(from);
    this.#sides.forEach(({ rows }, i) => rows.restore(from.scope(`side${i}`)));
    this.#armTimer();
  }

  describe(): Readonly<Record<string, string>> {
    const { joinType, lowerMs, upperMs } = this.#node;
    return { join: joinType, lower: `${lowerMs} ms`, upper: `${upperMs} ms` };
  }

  /** Finds the partners of the rows of a batch among the kept rows of the other side. */
  async #probe(batch: Batch, probed: Probed, input: number, out: Out): Promise<void> {
    const mine = this.#sides[input]!;
    const theirs = this.#sides[1 - input]!.rows;
    // A kept row is gone as soon as the watermark is past its reach.
    const oldest = this.#watermark - this.#sides[1 - input]!.reachMs;
    const { latest, earlier, times } = theirs;
    for (let k = 0; k < probed.count; k++) {
      const row = probed.rows[k]!;
      const timeMs = probed.times.values[row]!;
      const from = timeMs + mine.fromMs;
      const to = timeMs + mine.reachMs;
      const key = this.#slots[k]!;
      let slot = latest.pages[key >> latest.shift]![key & latest.mask]! - 1;
      while (slot >= 0) {
        const at = times.pages[slot >> times.shift]![slot & times.mask]!;
        if (at < from || at < oldest) break;
        if (at <= to) {
          this.#mine[this.#found] = row;
          this.#theirs[this.#found++] = slot;
          if (this.#found === OUTPUT_ROWS) await this.#emitFound(batch, input, out);
        }
        slot = earlier.pages[slot >> earlier.shift]![slot & earlier.mask]! - 1;
      }
    }
    if (this.#found > 0) await this.#emitFound(batch, input, out);
  }

  #emitFound(batch: Batch, input: number, out: Out): void | Promise<void> {
    const { rows } = this.#sides[1 - input]!;
    const sides: readonly [PairSide, PairSide] = input === 0 ? [batchSide(batch), rows] : [rows, batchSide(batch)];
    const [left, right] = input === 0 ? [this.#mine, this.#theirs] : [this.#theirs, this.#mine];
    const count = this.#pairs.passing(left, right, this.#found, sides);
    this.#found = 0;
    if (count === 0) return undefined;
    for (let k = 0; k < count; k++) this.#matched[this.#mine[k]!] = 1;
    if (this.#sides[1 - input]!.outer) for (let k = 0; k < count; k++) rows.marks.set(this.#theirs[k]!, MATCHED);
    return out.emit(this.#pairs.rows(left, right, count, sides));
  }

  /** Keeps the rows that a partner may still come for. @returns the others that had none */
  #keep(rows: Int32Array, count: number, times: Times, input: number): readonly number[] {
    const side = this.#sides[input]!;
    const { rows: kept, reachMs, outer } = side;
    const lone: number[] = [];
    let passed: Set<number> | undefined;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      const timeMs = times.values[row]!;
      if (timeMs + reachMs >= this.#watermark) {
        const slot = kept.add(this.#slots[k]!, timeMs, row);
        if (outer && this.#matched[row] === 1) kept.marks.set(slot, MATCHED);
        continue;
      }
      if (outer && this.#matched[row] === 0) lone.push(row);
      (passed ??= new Set<number>()).add(this.#slots[k]!);
    }
    for (const key of passed ?? []) this.#forgetKey(key);
    return lone;
  }

  async #emitLone(batch: Batch, rows: readonly number[], input: number, out: Out): Promise<void> {
    for (let from = 0; from < rows.length; from += OUTPUT_ROWS) {
      await this.#emitAlone(batchSide(batch), Int32Array.from(rows.slice(from, from + OUTPUT_ROWS)), input, out);
    }
  }

  #emitAlone(side: PairSide, refs: Int32Array, input: number, out: Out): void | Promise<void> {
    this.#unmatched?.add(refs.length);
    const nothing = new Int32Array(refs.length).fill(ABSENT);
    const [left, right] = input === 0 ? [refs, nothing] : [nothing, refs];
    return out.emit(this.#pairs.rows(left, right, refs.length, [side, side]));
  }

  /** Forgets rows that no partner can come for any more. */
  async #expire(out: Out): Promise<void> {
    for (const [input, side] of this.#sides.entries()) {
      const { rows, reachMs, outer } = side;
      const until = this.#watermark - reachMs;
      while (rows.queue.firstMs < until) {
        const gone: number[] = [];
        const lone: number[] = [];
        while (gone.length < OUTPUT_ROWS && rows.queue.firstMs < until) {
          const slot = rows.queue.pop();
          gone.push(slot);
          if (outer && rows.marks.get(slot) !== MATCHED) lone.push(slot);
        }
        if (lone.length > 0) await this.#emitAlone(rows, Int32Array.from(lone), input, out);
        for (const slot of gone) {
          const key = rows.keyOf(slot);
          rows.remove(slot);
          this.#forgetKey(key);
        }
      }
    }
  }

  #forgetKey(key: number): void {
    if (!this.#sides[0].rows.hasKey(key) && !this.#sides[1].rows.hasKey(key)) this.#keys.remove(key);
  }

  /** By processing time: rows of this time and later are still to come. */
  #passTime(times: Times, batch: Batch): void {
    const rows = rowsOf(batch);
    let first = Infinity;
    for (let k = 0, { size } = batch; k < size; k++) first = Math.min(first, times.values[rows[k]!]!);
    if (first !== Infinity) this.#watermark = Math.max(this.#watermark, first);
  }

  #armTimer(): void {
    if (!this.#node.processingTime) return;
    const due = Math.min(...this.#sides.map(({ rows, reachMs }) => rows.queue.firstMs + reachMs)) + 1;
    if (due >= this.#timerAt) return;
    this.#timerAt = due;
    this.#context?.setTimer(due);
  }
}

interface Probed {
  readonly rows: Int32Array;
  readonly count: number;
  readonly times: Times;
}
