import { Batch } from '../../columnar/batch.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { compileProjection, type Projector } from '../../expr/program.ts';
import type { MatchColumn, MatchSpec } from '../../planner/physical/match-plan.ts';
import type { MatchExec } from '../../planner/physical/plan.ts';
import { comparator } from '../compare-columns.ts';
import { decodeMs, encodeMs } from '../epoch-json.ts';
import { MatchGather } from '../match/match-gather.ts';
import { MatchStore } from '../match/match-store.ts';
import { Matcher, type Found } from '../match/matcher.ts';
import { rowsOf } from '../rows.ts';
import { StateRegistry } from '../state/state-registry.ts';

const OUTPUT_ROWS = 4096;

/**
 * MATCH_RECOGNIZE. By event time rows wait until the watermark has passed them and then have their turn in the order of
 * time, further sort keys and arrival; late ones are dropped and counted. By processing time they have it as they come
 * (with further sort keys: when their millisecond is over).
 */
export class MatchOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: MatchExec;
  readonly #store: MatchStore;
  readonly #matcher: Matcher;
  readonly #gather: MatchGather;
  readonly #project: Projector;
  readonly #state = new StateRegistry();
  /** Rows whose turn has not come. */
  readonly #waiting: PagedArray<'i32'>;
  #waitingCount = 0;
  #firstWaitingMs = Infinity;
  /** Rows numbered so far, by arrival and by turn. */
  #arrivals = 0;
  #turns = 0;
  #watermark = -Infinity;
  #timerMs = Infinity;
  #context: OperatorContext | undefined;
  #late: Counter | undefined;
  #nullTime: Counter | undefined;
  #keys = new Int32Array(0);

  constructor(node: MatchExec) {
    const { spec } = node;
    const { fields } = node.input.schema;
    this.#node = node;
    this.#store = new MatchStore({
      input: node.input.schema,
      keys: spec.partition.map((column) => fields[column]!.type),
      variables: spec.variables.map((one) => one.members),
      back: lookBack(spec),
    });
    this.#matcher = new Matcher(spec, this.#store);
    const names = spec.variables.map((one) => one.name);
    this.#gather = new MatchGather(spec.output.columns, this.#store, names);
    this.#project = compileProjection(spec.output.exprs, this.#gather.schema);
    this.#waiting = this.#state.array('waiting', 'i32');
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#late = context.metrics.counter('lateRows');
    this.#nullTime = context.metrics.counter('nullRowtime');
    context.metrics.gauge('stateBytes', () => this.#store.memoryBytes + this.#state.memoryBytes);
    context.metrics.gauge('stateKeys', () => this.#store.keys.size);
    context.metrics.gauge('stateRows', () => this.#store.rowCount);
    context.metrics.gauge('partialMatches', () => this.#store.runCount);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    if (this.#node.spec.time === 'rowtime') {
      this.#wait(batch);
      return undefined;
    }
    const now = this.#context?.now() ?? 0;
    const slots = this.#add(batch, rowsOf(batch), batch.size, () => now);
    if (this.#node.spec.order.length > 0) {
      this.#enqueue(slots);
      this.#wake(now);
      return undefined;
    }
    this.#turn(slots);
    this.#wake(now);
    return this.#emit(out);
  }

  onWatermark(atMs: number, out: Out): void | Promise<void> {
    if (this.#node.spec.time === 'proctime') return out.push({ kind: 'watermark', atMs });
    this.#watermark = atMs;
    this.#fire(atMs);
    this.#matcher.advance(atMs, this.#turns);
    const pending = this.#emit(out);
    if (pending === undefined) return out.push({ kind: 'watermark', atMs });
    return pending.then(() => out.push({ kind: 'watermark', atMs }));
  }

  onTimer(nowMs: number, out: Out): void | Promise<void> {
    if (this.#node.spec.time === 'rowtime' || nowMs < this.#timerMs) return undefined;
    this.#timerMs = Infinity;
    this.#fire(nowMs);
    this.#matcher.advance(nowMs, this.#turns);
    this.#wake(nowMs);
    return this.#emit(out);
  }

  onEnd(out: Out): void | Promise<void> {
    this.#fire(Infinity);
    this.#matcher.advance(Infinity, this.#turns);
    return this.#emit(out);
  }

  snapshot(into: StateWriter): void {
    const { keys } = this.#store;
    into.putJson('facts', [this.#waitingCount, this.#arrivals, this.#turns, keys.size]);
    into.putJson('watermark', encodeMs(this.#watermark));
    this.#state.snapshot(into.scope('waiting'));
    this.#store.snapshot(into);
  }

  restore(from: StateReader): void {
    [this.#waitingCount, this.#arrivals, this.#turns] = from.getJson('facts') as [number, number, number];
    this.#watermark = decodeMs(from.getJson('watermark'));
    this.#state.restore(from.scope('waiting'));
    this.#store.restore(from);
    this.#firstWaitingMs = -Infinity;
    this.#matcher.recall();
    if (this.#node.spec.time === 'proctime') this.#wake(this.#context?.now() ?? 0);
  }

  describe(): Readonly<Record<string, string>> {
    const { spec, input } = this.#node;
    return {
      keys: spec.partition.map((column) => input.schema.fields[column]!.name).join(', '),
      variables: spec.variables.map((one) => one.name).join(', '),
    };
  }

  /** Keeps the rows of a batch that are in time. */
  #wait(batch: Batch): void {
    const column = batch.columns[this.#node.spec.timeColumn]!;
    if (column.layout !== 'f64') throw new InternalError('a rowtime of another layout');
    const { values, nulls } = column;
    const rows = rowsOf(batch);
    const kept = new Int32Array(batch.size);
    let count = 0;
    for (let k = 0; k < batch.size; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) this.#nullTime?.add(1);
      else if (values[row]! < this.#watermark) this.#late?.add(1);
      else kept[count++] = row;
    }
    if (count === 0) return;
    this.#enqueue(this.#add(batch, kept, count, (row) => values[row]!));
  }

  #add(batch: Batch, rows: Int32Array, count: number, timeOf: (row: number) => number): Int32Array {
    const store = this.#store;
    if (this.#keys.length < count) this.#keys = new Int32Array(count * 2);
    store.keys.upsert(
      this.#node.spec.partition.map((column) => batch.columns[column]!),
      rows,
      count,
      this.#keys,
    );
    store.ensureKeys();
    const slots = store.addRows(batch.columns, rows, this.#keys, count);
    for (let k = 0; k < count; k++) {
      store.rowTime.set(slots[k]!, timeOf(rows[k]!));
      store.rowNumber.set(slots[k]!, this.#arrivals++);
    }
    return slots;
  }

  #enqueue(slots: Int32Array): void {
    this.#waiting.ensure(this.#waitingCount + slots.length);
    for (const slot of slots) {
      this.#waiting.set(this.#waitingCount++, slot);
      this.#firstWaitingMs = Math.min(this.#firstWaitingMs, this.#store.rowTime.get(slot));
    }
  }

  /** By processing time the clock gives rows their turn and ends runs. */
  #wake(nowMs: number): void {
    const nextMs = Math.max(nowMs, Math.min(this.#matcher.nextTimeoutMs, this.#firstWaitingMs + 1));
    if (nextMs >= this.#timerMs || nextMs === Infinity) return;
    this.#timerMs = nextMs;
    this.#context?.setTimer(nextMs);
  }

  /** Gives the rows before this time their turn. */
  #fire(beforeMs: number): void {
    if (this.#waitingCount === 0 || (this.#firstWaitingMs >= beforeMs && beforeMs !== Infinity)) return;
    const due = new Int32Array(this.#waitingCount);
    let count = 0;
    let left = 0;
    this.#firstWaitingMs = Infinity;
    for (let i = 0; i < this.#waitingCount; i++) {
      const slot = this.#waiting.get(i);
      const time = this.#store.rowTime.get(slot);
      if (time < beforeMs || beforeMs === Infinity) due[count++] = slot;
      else {
        this.#waiting.set(left++, slot);
        this.#firstWaitingMs = Math.min(this.#firstWaitingMs, time);
      }
    }
    this.#waitingCount = left;
    if (count > 0) this.#turn(this.#sorted(due.subarray(0, count)));
  }

  #sorted(slots: Int32Array): Int32Array {
    const store = this.#store;
    const count = slots.length;
    const times = Float64Array.from(slots, (slot) => store.rowTime.get(slot));
    const arrivals = Float64Array.from(slots, (slot) => store.rowNumber.get(slot));
    const keys = this.#node.spec.order.map((key) => comparator(store.rows.column(key.column, slots, count), key));
    const order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
      if (times[a] !== times[b]) return times[a]! - times[b]!;
      for (const compare of keys) {
        const result = compare(a, b);
        if (result !== 0) return result;
      }
      return arrivals[a]! - arrivals[b]!;
    });
    return order.map((i) => slots[i]!);
  }

  /** Rows in their order: the first rows of all keys make the first step, their second rows the next. */
  #turn(slots: Int32Array): void {
    const store = this.#store;
    const count = slots.length;
    const steps = new Int32Array(count);
    const seen = new Map<number, number>();
    let last = 0;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      store.rowNumber.set(slot, this.#turns++);
      const step = (seen.get(store.rowKey.get(slot)) ?? -1) + 1;
      seen.set(store.rowKey.get(slot), step);
      steps[k] = step;
      last = Math.max(last, step);
    }
    const ends = new Int32Array(last + 2);
    for (let k = 0; k < count; k++) ends[steps[k]! + 1]!++;
    for (let s = 1; s < ends.length; s++) ends[s]! += ends[s - 1]!;
    const placed = new Int32Array(count);
    const at = ends.slice();
    for (let k = 0; k < count; k++) placed[at[steps[k]!]!++] = slots[k]!;
    for (let s = 0; s <= last; s++) {
      this.#matcher.step(placed, ends[s]!, ends[s + 1]!);
      for (let i = ends[s]!; i < ends[s + 1]!; i++) store.rowDone(placed[i]!);
    }
    for (const key of seen.keys()) store.tidyKey(key);
  }

  #emit(out: Out): void | Promise<void> {
    const found = this.#matcher.takeFound();
    return found.length === 0 ? undefined : this.#emitFrom(found, 0, out);
  }

  #emitFrom(found: readonly Found[], from: number, out: Out): void | Promise<void> {
    for (let at = from; at < found.length;) {
      const nodes: number[] = [];
      const ends: number[] = [];
      const first = at;
      for (; at < found.length && nodes.length < OUTPUT_ROWS; at++) this.#rowsOfMatch(found[at]!.node, nodes, ends);
      const views = { nodes: Int32Array.from(nodes), ends: Int32Array.from(ends), rows: undefined, variable: -1 };
      const columns = this.#project(this.#gather.batch(views, nodes.length));
      for (let i = first; i < at; i++) this.#store.releaseNode(found[i]!.node);
      const pending = out.emit(new Batch(this.#node.schema, columns, nodes.length));
      const next = at;
      if (pending !== undefined) return pending.then(() => this.#emitFrom(found, next, out));
    }
    return undefined;
  }

  #rowsOfMatch(end: number, nodes: number[], ends: number[]): void {
    if (!this.#node.spec.allRows) {
      nodes.push(end);
      ends.push(end);
      return;
    }
    const chain: number[] = [];
    for (let node = end; node >= 0; node = this.#store.previous(node)) chain.push(node);
    for (const node of chain.reverse()) {
      if (this.#store.isHidden(node)) continue;
      nodes.push(node);
      ends.push(end);
    }
  }
}

/** The furthest PREV. */
function lookBack(spec: MatchSpec): number {
  const steps = (column: MatchColumn): number => (column.kind === 'cell' ? column.anchor.back : 0);
  const conditions = spec.variables.flatMap((one) => one.rest?.columns ?? []);
  return Math.max(0, ...conditions.map(steps));
}
