import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { KeyTable, StateReader, StateWriter } from '../../contracts/state.ts';
import type { Schema } from '../../types/schema.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { RowStore } from '../state/row-store.ts';
import { SlotPool } from '../state/slot-pool.ts';
import { StateRegistry } from '../state/state-registry.ts';

/** No row, node or run. */
export const NONE = -1;

/**
 * Everything a matcher keeps. Links are stored plus one, so that a fresh zero means none. Rows and nodes live as long as
 * somebody refers to them: a row by its place in the input's order, by nodes and by rows that look back to it; a node by
 * runs, by nodes behind it and by results that are not written yet.
 */
export class MatchStore {
  readonly keys: KeyTable;
  readonly rows: RowStore;
  /** Event time or time of arrival. */
  readonly rowTime: PagedArray<'f64'>;
  /** The arrival of a row, and from the moment it is its turn the number of its turn. */
  readonly rowNumber: PagedArray<'f64'>;
  readonly rowKey: PagedArray<'i32'>;
  readonly nodeRow: PagedArray<'i32'>;
  readonly nodeVariable: PagedArray<'i32'>;
  readonly runState: PagedArray<'i32'>;
  /** The last node of the run. */
  readonly runNode: PagedArray<'i32'>;
  readonly runStart: PagedArray<'f64'>;
  /** When the run is over for want of time. */
  readonly runDeadline: PagedArray<'f64'>;
  /** Of a run in state END: the turn in which it came there. */
  readonly runDone: PagedArray<'f64'>;
  readonly #state = new StateRegistry();
  readonly #rowRefs: PagedArray<'i32'>;
  readonly #rowPool = new SlotPool();
  /** 1: ALL ROWS PER MATCH leaves the row out. */
  readonly #nodeHidden: PagedArray<'i32'>;
  readonly #nodePrevious: PagedArray<'i32'>;
  readonly #nodeRefs: PagedArray<'i32'>;
  /** Nodes up to this one. */
  readonly #nodeDepth: PagedArray<'i32'>;
  /** Nodes of the same variable up to this one. */
  readonly #nodeNth: PagedArray<'i32'>;
  /** By node and variable: the latest node of the variable up to this one. */
  readonly #nodeLast: PagedArray<'i32'>;
  readonly #nodeBack: PagedArray<'i32'>;
  readonly #nodePool = new SlotPool();
  readonly #runNext: PagedArray<'i32'>;
  readonly #runPool = new SlotPool();
  readonly #keyFirst: PagedArray<'i32'>;
  readonly #keyPending: PagedArray<'i32'>;
  readonly #keyBack: PagedArray<'i32'>;
  readonly #variables: number;
  /** By variable: the names of several variables that it belongs to. */
  readonly #namesOf: readonly (readonly number[])[];
  readonly #back: number;

  /** @param back rows of a partition that conditions look back to (PREV) */
  constructor(shape: {
    readonly input: Schema;
    readonly keys: readonly SqlType[];
    /** By variable: of a name of several variables these, else undefined. */
    readonly variables: readonly (readonly number[] | undefined)[];
    readonly back: number;
  }) {
    const state = this.#state;
    this.#variables = shape.variables.length;
    this.#namesOf = shape.variables.map((_, variable) =>
      shape.variables.flatMap((members, name) => (members?.includes(variable) === true ? [name] : [])),
    );
    this.#back = shape.back;
    this.keys = state.keys('keys', shape.keys);
    this.rows = new RowStore(state.scope('rows'), shape.input);
    this.rowTime = state.array('rowTime', 'f64');
    this.rowNumber = state.array('rowNumber', 'f64');
    this.rowKey = state.array('rowKey', 'i32');
    this.#rowRefs = state.array('rowRefs', 'i32');
    this.nodeRow = state.array('nodeRow', 'i32');
    this.nodeVariable = state.array('nodeVariable', 'i32');
    this.#nodeHidden = state.array('nodeHidden', 'i32');
    this.#nodePrevious = state.array('nodePrevious', 'i32');
    this.#nodeRefs = state.array('nodeRefs', 'i32');
    this.#nodeDepth = state.array('nodeDepth', 'i32');
    this.#nodeNth = state.array('nodeNth', 'i32');
    this.#nodeLast = state.array('nodeLast', 'i32');
    this.#nodeBack = state.array('nodeBack', 'i32');
    this.runState = state.array('runState', 'i32');
    this.runNode = state.array('runNode', 'i32');
    this.runStart = state.array('runStart', 'f64');
    this.runDeadline = state.array('runDeadline', 'f64');
    this.runDone = state.array('runDone', 'f64');
    this.#runNext = state.array('runNext', 'i32');
    this.#keyFirst = state.array('keyFirst', 'i32');
    this.#keyPending = state.array('keyPending', 'i32');
    this.#keyBack = state.array('keyBack', 'i32');
  }

  get memoryBytes(): number {
    return this.#state.memoryBytes + this.#rowPool.bytes + this.#nodePool.bytes + this.#runPool.bytes;
  }

  get runCount(): number {
    return this.#runPool.size;
  }

  get rowCount(): number {
    return this.#rowPool.size;
  }

  /** Makes room for every key handed out. */
  ensureKeys(): void {
    const { slotCount } = this.keys;
    this.#keyFirst.ensure(slotCount);
    this.#keyPending.ensure(slotCount);
    this.#keyBack.ensure(slotCount * this.#back);
  }

  /** Keeps rows `rows[0 … count)` until `released` and whatever else refers to them. @returns their slots */
  addRows(columns: readonly Column[], rows: Int32Array, keys: Int32Array, count: number): Int32Array {
    const slots = new Int32Array(count);
    for (let k = 0; k < count; k++) slots[k] = this.#rowPool.take();
    const { slotCount } = this.#rowPool;
    for (const array of [this.rowTime, this.rowNumber, this.rowKey, this.#rowRefs]) array.ensure(slotCount);
    this.rows.write(columns, rows, slots, count);
    for (let k = 0; k < count; k++) {
      this.rowKey.set(slots[k]!, keys[k]!);
      this.#rowRefs.set(slots[k]!, 1);
      this.#keyPending.set(keys[k]!, this.#keyPending.get(keys[k]!) + 1);
    }
    return slots;
  }

  /** The turn of a row is over. */
  rowDone(row: number): void {
    const key = this.rowKey.get(row);
    this.#keyPending.set(key, this.#keyPending.get(key) - 1);
    if (this.#back > 0) {
      const first = key * this.#back;
      const oldest = this.#keyBack.get(first + this.#back - 1) - 1;
      if (oldest >= 0) this.#releaseRow(oldest);
      for (let i = this.#back - 1; i > 0; i--) this.#keyBack.set(first + i, this.#keyBack.get(first + i - 1));
      this.#keyBack.set(first, row + 1);
    } else this.#releaseRow(row);
  }

  /** Forgets a key of which nothing is left. */
  tidyKey(key: number): void {
    if (this.#back > 0 || this.#keyPending.get(key) > 0 || this.#keyFirst.get(key) > 0) return;
    this.keys.remove(key);
  }

  #releaseRow(row: number): void {
    const left = this.#rowRefs.get(row) - 1;
    this.#rowRefs.set(row, left);
    if (left > 0) return;
    this.rows.clear(row);
    this.#rowPool.give(row);
  }

  #holdRow(row: number): void {
    this.#rowRefs.set(row, this.#rowRefs.get(row) + 1);
  }

  /** The row `steps` before the one whose turn it is. */
  rowBefore(row: number, steps: number): number {
    return this.#keyBack.get(this.rowKey.get(row) * this.#back + steps - 1) - 1;
  }

  /** The row `steps` before that of a node. */
  rowBeforeNode(node: number, steps: number): number {
    return this.#nodeBack.get(node * this.#back + steps - 1) - 1;
  }

  /** The row is taken by a variable behind `previous`. The node is held once, for the caller. */
  addNode(row: number, variable: number, previous: number, hidden = false): number {
    const node = this.#nodePool.take();
    const { slotCount } = this.#nodePool;
    for (const array of [this.nodeRow, this.nodeVariable, this.#nodeHidden]) array.ensure(slotCount);
    this.#nodePrevious.ensure(slotCount);
    this.#nodeHidden.set(node, hidden ? 1 : 0);
    for (const array of [this.#nodeRefs, this.#nodeDepth, this.#nodeNth]) array.ensure(slotCount);
    this.#nodeLast.ensure(slotCount * this.#variables);
    this.#nodeBack.ensure(slotCount * this.#back);
    this.nodeRow.set(node, row);
    this.nodeVariable.set(node, variable);
    this.#nodePrevious.set(node, previous + 1);
    this.#nodeRefs.set(node, 1);
    this.#holdRow(row);
    const at = node * this.#variables;
    const before = previous * this.#variables;
    for (let v = 0; v < this.#variables; v++) {
      this.#nodeLast.set(at + v, previous < 0 ? 0 : this.#nodeLast.get(before + v));
    }
    const same = this.#nodeLast.get(at + variable) - 1;
    this.#nodeNth.set(node, same < 0 ? 1 : this.#nodeNth.get(same) + 1);
    this.#nodeLast.set(at + variable, node + 1);
    for (const name of this.#namesOf[variable]!) this.#nodeLast.set(at + name, node + 1);
    this.#nodeDepth.set(node, previous < 0 ? 1 : this.#nodeDepth.get(previous) + 1);
    if (previous >= 0) this.holdNode(previous);
    for (let i = 0; i < this.#back; i++) {
      const back = this.rowBefore(row, i + 1);
      this.#nodeBack.set(node * this.#back + i, back + 1);
      if (back >= 0) this.#holdRow(back);
    }
    return node;
  }

  holdNode(node: number): void {
    this.#nodeRefs.set(node, this.#nodeRefs.get(node) + 1);
  }

  releaseNode(from: number): void {
    for (let node = from; node >= 0;) {
      const left = this.#nodeRefs.get(node) - 1;
      this.#nodeRefs.set(node, left);
      if (left > 0) return;
      this.#releaseRow(this.nodeRow.get(node));
      for (let i = 0; i < this.#back; i++) {
        const back = this.rowBeforeNode(node, i + 1);
        if (back >= 0) this.#releaseRow(back);
      }
      this.#nodePool.give(node);
      node = this.#nodePrevious.get(node) - 1;
    }
  }

  isHidden(node: number): boolean {
    return this.#nodeHidden.get(node) === 1;
  }

  previous(node: number): number {
    return this.#nodePrevious.get(node) - 1;
  }

  /** Rows of a match up to this node. */
  depth(node: number): number {
    return node < 0 ? 0 : this.#nodeDepth.get(node);
  }

  /** Rows of a variable up to this node. */
  count(node: number, variable: number): number {
    let last = this.lastOf(node, variable);
    if (last < 0 || this.nodeVariable.get(last) === variable) return last < 0 ? 0 : this.#nodeNth.get(last);
    let count = 0;
    for (; last >= 0; last = this.sameBefore(last, variable)) count++;
    return count;
  }

  /** The latest node of a variable up to this one. */
  lastOf(node: number, variable: number): number {
    return node < 0 ? NONE : this.#nodeLast.get(node * this.#variables + variable) - 1;
  }

  /** The node of the variable before this one of it. */
  sameBefore(node: number, variable: number): number {
    return this.lastOf(this.previous(node), variable);
  }

  /** Whether a name of several variables, or the variable itself, takes the rows of a variable. */
  isOf(name: number, variable: number): boolean {
    return name === variable || this.#namesOf[variable]!.includes(name);
  }

  /** A new run, in no list yet. It takes over the caller's hold of `node`. */
  addRun(state: number, node: number, start: number, deadline: number): number {
    const run = this.#runPool.take();
    const { slotCount } = this.#runPool;
    for (const array of [this.runState, this.runNode, this.#runNext]) array.ensure(slotCount);
    for (const array of [this.runStart, this.runDeadline, this.runDone]) array.ensure(slotCount);
    this.runState.set(run, state);
    this.runNode.set(run, node);
    this.runStart.set(run, start);
    this.runDeadline.set(run, deadline);
    return run;
  }

  removeRun(run: number): void {
    this.releaseNode(this.runNode.get(run));
    this.#runPool.give(run);
  }

  /** The runs of a key, those that began earlier first. */
  runsOf(key: number, into: number[]): number[] {
    into.length = 0;
    for (let run = this.#keyFirst.get(key) - 1; run >= 0; run = this.#runNext.get(run) - 1) into.push(run);
    return into;
  }

  setRuns(key: number, runs: readonly number[]): void {
    this.#keyFirst.set(key, runs.length === 0 ? 0 : runs[0]! + 1);
    for (let i = 0; i < runs.length; i++) this.#runNext.set(runs[i]!, i + 1 < runs.length ? runs[i + 1]! + 1 : 0);
  }

  hasRuns(key: number): boolean {
    return this.#keyFirst.get(key) > 0;
  }

  snapshot(into: StateWriter): void {
    this.#state.snapshot(into.scope('store'));
    this.#rowPool.snapshot(into.scope('rowPool'));
    this.#nodePool.snapshot(into.scope('nodePool'));
    this.#runPool.snapshot(into.scope('runPool'));
  }

  restore(from: StateReader): void {
    this.#state.restore(from.scope('store'));
    this.#rowPool.restore(from.scope('rowPool'));
    this.#nodePool.restore(from.scope('nodePool'));
    this.#runPool.restore(from.scope('runPool'));
  }
}
