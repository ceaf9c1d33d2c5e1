import { Batch, KIND_DELETE, KIND_INSERT, KIND_UPDATE_AFTER, KIND_UPDATE_BEFORE } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import type { AlignedWindow, EmitSpec, WindowAggregateExec } from '../../../planner/physical/plan.ts';
import { TIMESTAMP } from '../../../types/sql-type.ts';
import { decodeMs, encodeMs } from '../../epoch-json.ts';
import { ascendingRows, concat, gather, markDifferences, rowsOf } from '../../rows.ts';
import { RowStore } from '../../state/row-store.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import type { WindowLayout } from '../../windows/aligned-windows.ts';
import { ProcessingTimer } from '../../windows/processing-timer.ts';
import { windowLayout } from '../../windows/zoned-windows.ts';
import { GroupState } from '../grouping/group-state.ts';
import { propertyOf } from './window-output.ts';

const OUTPUT_ROWS = 4096;

/** A window that is open, or that is kept for late rows. */
interface EmittedWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** Its groups. */
  readonly slots: number[];
  /** Those that have changed since they were sent. */
  changed: number[];
  /** When what has changed is sent; Infinity: nothing has, or only the watermark tells. */
  dueMs: number;
  fired: boolean;
}

/**
 * TUMBLE and HOP with EMIT: results of open windows early, corrections of fired ones late. What was sent is kept beside
 * each group, so that an unchanged result is not sent again and a changed one takes the old one back.
 */
export class EmitAggregateOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: WindowAggregateExec;
  readonly #emit: EmitSpec;
  readonly #window: AlignedWindow;
  readonly #windows: WindowLayout;
  readonly #groups: GroupState;
  readonly #state = new StateRegistry();
  readonly #sent: RowStore;
  /** By group: 1 where `#sent` holds its result. */
  readonly #isSent: PagedArray<'u8'>;
  /** By group: 0 not known, 1 changed since it was sent, 2 not. */
  readonly #dirty: PagedArray<'u8'>;
  /** By group: the how-manieth it was, so that a restart keeps their order. */
  readonly #arrival: PagedArray<'f64'>;
  #arrivals = 0;
  readonly #open = new Map<number, EmittedWindow>();
  #watermark = -Infinity;
  #late: Counter | undefined;
  #nullTime: Counter | undefined;
  #timer: ProcessingTimer | undefined;
  #now: () => number = () => 0;

  constructor(node: WindowAggregateExec, window: AlignedWindow, emit: EmitSpec) {
    this.#node = node;
    this.#emit = emit;
    this.#window = window;
    this.#windows = windowLayout(window);
    const width = node.input.schema.fields.length;
    const input = { fields: [...node.input.schema.fields, { name: 'start', type: TIMESTAMP, nullable: false }] };
    const { keys, calls, retracts = false } = node;
    this.#groups = new GroupState({ input, keys: [width, ...keys], calls, retracts });
    const results = node.schema.fields.slice(keys.length, keys.length + calls.length);
    this.#sent = new RowStore(this.#state.scope('sent'), { fields: results });
    this.#isSent = this.#state.array('isSent', 'u8');
    this.#dirty = this.#state.array('dirty', 'u8');
    this.#arrival = this.#state.array('arrival', 'f64');
  }

  open(context: OperatorContext): void {
    this.#late = context.metrics.counter('lateRows');
    this.#nullTime = context.metrics.counter('nullRowtime');
    this.#now = context.now;
    this.#timer = new ProcessingTimer(context);
    context.metrics.gauge('stateBytes', () => this.#groups.bytes + this.#state.memoryBytes);
    context.metrics.gauge('stateKeys', () => this.#groups.keys.size);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const touched = this.#add(batch);
    const now = this.#timer?.now() ?? 0;
    const due: EmittedWindow[] = [];
    for (const window of touched) {
      const delay = window.fired ? this.#emit.lateMs : this.#emit.earlyMs;
      if (delay === 0) due.push(window);
      else if (delay !== undefined && window.dueMs === Infinity) window.dueMs = now + delay;
    }
    this.#timer?.wakeAt(this.#nextDue());
    return due.length === 0 ? undefined : this.#sendAll(due, out);
  }

  async onTimer(nowMs: number, out: Out): Promise<void> {
    this.#timer?.woken(nowMs);
    await this.#sendAll(
      this.#inOrder().filter((window) => window.dueMs <= nowMs),
      out,
    );
    this.#timer?.wakeAt(this.#nextDue());
  }

  async onWatermark(atMs: number, out: Out): Promise<void> {
    this.#watermark = atMs;
    const keepMs = this.#emit.lateMs === undefined ? 0 : this.#emit.keepMs;
    for (const window of this.#inOrder()) {
      const over = window.endMs - 1 + keepMs <= atMs;
      if (over || (!window.fired && window.endMs - 1 <= atMs)) await this.#send(window, out);
      if (window.endMs - 1 <= atMs) window.fired = true;
      if (over) this.#forget(window);
    }
    await out.push({ kind: 'watermark', atMs });
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', encodeMs(this.#watermark));
    into.putJson('arrivals', this.#arrivals);
    const windows = [...this.#open.values()];
    into.putJson(
      'windows',
      windows.map((one) => [one.startMs, one.endMs, encodeMs(one.dueMs), one.fired]),
    );
    this.#groups.snapshot(into.scope('groups'));
    this.#state.snapshot(into.scope('state'));
  }

  restore(from: StateReader): void {
    this.#watermark = decodeMs(from.getJson('watermark'));
    this.#groups.restore(from.scope('groups'));
    this.#state.restore(from.scope('state'));
    for (const [startMs, endMs, dueMs, fired] of from.getJson('windows') as [number, number, unknown, boolean][]) {
      this.#open.set(startMs, { startMs, endMs, slots: [], changed: [], dueMs: decodeMs(dueMs), fired });
    }
    this.#arrivals = from.getJson('arrivals') as number;
    const slots = this.#groups.keys.liveSlots().sort((a, b) => this.#arrival.get(a) - this.#arrival.get(b));
    const starts = this.#groups.keys.keyColumn(0, slots, slots.length);
    if (starts.layout !== 'f64') throw new InternalError('the start of a window is not TIMESTAMP');
    slots.forEach((slot, k) => {
      const window = this.#open.get(starts.values[k]!);
      window?.slots.push(slot);
      if (this.#dirty.get(slot) === 1) window?.changed.push(slot);
    });
    this.#timer?.wakeAt(this.#nextDue());
  }

  describe(): Readonly<Record<string, string>> {
    return { window: `${this.#window.kind} ${this.#window.sizeMs} ms`, keys: this.#node.keys.join(', ') };
  }

  /** Adds the rows to each of their windows that takes them. @returns the windows that have changed */
  #add(batch: Batch): ReadonlySet<EmittedWindow> {
    const time = batch.columns[this.#node.timeColumn];
    if (time?.layout !== 'f64') throw new InternalError('the time of a window is not TIMESTAMP');
    const rows: number[] = [];
    const starts: number[] = [];
    const keepMs = this.#emit.lateMs === undefined ? 0 : this.#emit.keepMs;
    for (const row of rowsOf(batch).subarray(0, batch.size)) {
      if (time.nulls?.[row] === 1) {
        this.#nullTime?.add(1);
        continue;
      }
      const before = rows.length;
      this.#windows.forEach(time.values[row]!, (startMs, endMs) => {
        if (endMs - 1 + keepMs <= this.#watermark) return;
        rows.push(row);
        starts.push(startMs);
      });
      if (rows.length === before) this.#late?.add(1);
    }
    const count = rows.length;
    const source = Int32Array.from(rows);
    const columns = batch.columns.map((column) => gather(column, source, count));
    columns.push(fixedColumn(TIMESTAMP, Float64Array.from(starts), count));
    const { kinds } = batch;
    const copied = kinds === null ? null : Uint8Array.from(rows, (row) => kinds[row]!);
    const expanded = new Batch(batch.schema, columns, count, null, copied);
    this.#groups.add(expanded, ascendingRows(count), count);
    return this.#mark(starts);
  }

  #mark(starts: readonly number[]): ReadonlySet<EmittedWindow> {
    const { slots, keys } = this.#groups;
    this.#dirty.ensure(keys.slotCount);
    this.#isSent.ensure(keys.slotCount);
    this.#arrival.ensure(keys.slotCount);
    this.#sent.ensure(keys.slotCount);
    const touched = new Set<EmittedWindow>();
    for (let k = 0; k < starts.length; k++) {
      const window = this.#at(starts[k]!);
      touched.add(window);
      const slot = slots[k]!;
      if (this.#dirty.get(slot) === 0) {
        window.slots.push(slot);
        this.#arrival.set(slot, ++this.#arrivals);
      }
      if (this.#dirty.get(slot) !== 1) window.changed.push(slot);
      this.#dirty.set(slot, 1);
    }
    return touched;
  }

  #at(startMs: number): EmittedWindow {
    let window = this.#open.get(startMs);
    if (window === undefined) {
      const endMs = this.#windows.endOf(startMs);
      window = { startMs, endMs, slots: [], changed: [], dueMs: Infinity, fired: endMs - 1 <= this.#watermark };
      this.#open.set(startMs, window);
    }
    return window;
  }

  #inOrder(): EmittedWindow[] {
    return [...this.#open.values()].sort((a, b) => a.endMs - b.endMs);
  }

  #nextDue(): number {
    let next = Infinity;
    for (const { dueMs } of this.#open.values()) if (dueMs < next) next = dueMs;
    return next;
  }

  async #sendAll(windows: readonly EmittedWindow[], out: Out): Promise<void> {
    for (const window of windows) await this.#send(window, out);
  }

  /** Sends what has changed in a window since it was sent last. */
  async #send(window: EmittedWindow, out: Out): Promise<void> {
    window.dueMs = Infinity;
    const changed = Int32Array.from(window.changed).sort((a, b) => this.#arrival.get(a) - this.#arrival.get(b));
    window.changed = [];
    for (let from = 0; from < changed.length; from += OUTPUT_ROWS) {
      const batch = this.#changes(changed.subarray(from, from + OUTPUT_ROWS), window);
      if (batch.size > 0) await out.emit(batch);
    }
  }

  #changes(slots: Int32Array, window: EmittedWindow): Batch {
    const count = slots.length;
    const results = this.#groups.aggregates.results(slots, count);
    const before = this.#sent.read(slots, count);
    const differs = new Uint8Array(count);
    results.forEach((column, i) => markDifferences(before[i]!, column, differs));
    const picks: number[] = [];
    const kinds: number[] = [];
    const pick = (place: number, kind: number): void => {
      picks.push(place);
      kinds.push(kind);
    };
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const wasSent = this.#isSent.get(slot) === 1;
      const present = this.#groups.has(slot);
      if (wasSent && !present) pick(k, KIND_DELETE);
      else if (!wasSent && present) pick(count + k, KIND_INSERT);
      else if (present && differs[k] === 1) {
        if (this.#node.emitBefore) pick(k, KIND_UPDATE_BEFORE);
        pick(count + k, KIND_UPDATE_AFTER);
      }
      this.#isSent.set(slot, present ? 1 : 0);
      this.#dirty.set(slot, 2);
    }
    this.#sent.write(results, ascendingRows(count), slots, count);
    const places = Int32Array.from(picks);
    const rows = places.length;
    const keySlots = places.map((place) => slots[place % count]!);
    const columns: Column[] = this.#node.keys.map((_, i) => this.#groups.keys.keyColumn(i + 1, keySlots, rows));
    columns.push(...results.map((column, i) => gather(concat(before[i]!, column), places, rows)));
    for (const property of this.#node.properties) {
      const value = propertyOf(property, { startMs: window.startMs, endMs: window.endMs, now: this.#now });
      columns.push(fixedColumn(TIMESTAMP, new Float64Array(rows).fill(value), rows));
    }
    return new Batch(this.#node.schema, columns, rows, null, Uint8Array.from(kinds));
  }

  #forget(window: EmittedWindow): void {
    for (const slot of window.slots) {
      this.#groups.remove(slot);
      this.#sent.clear(slot);
      this.#dirty.set(slot, 0);
      this.#isSent.set(slot, 0);
    }
    this.#open.delete(window.startMs);
  }
}
