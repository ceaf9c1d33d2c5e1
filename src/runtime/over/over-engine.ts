import { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import type { OverCall, OverExec } from '../../planner/physical/over-plan.ts';
import type { AggregateCall } from '../../planner/physical/plan.ts';
import { nullColumn } from '../null-column.ts';
import { AggregateSet } from '../operators/grouping/aggregate-set.ts';
import { gather } from '../rows.ts';
import type { StateRegistry } from '../state/state-registry.ts';
import { concatColumns } from './concat-columns.ts';
import { RankCounters } from './rank-counters.ts';
import { RowHistory } from './row-history.ts';
import { cutIntoRounds } from './rounds.ts';

/** Rounds of fewer rows than this on average cost more than rows one by one. */
const FEW_ROWS = 16;

type Shift = Extract<OverCall, { kind: 'shift' }>;

/** Rows that come one after the other, in the order of time. */
export interface OverRun {
  readonly columns: readonly Column[];
  /** Physical rows. */
  readonly rows: Int32Array;
  readonly count: number;
  /** By place in `rows`. */
  readonly partitions: Int32Array;
  readonly partitionCount: number;
  readonly times: Float64Array;
  /** Rows of a partition with equal times belong together. */
  readonly hasPeers: boolean;
}

/** Computes the calls of an OVER node over runs of rows; keeps what later rows need. */
export class OverEngine {
  readonly #node: OverExec;
  readonly #aggregates: AggregateSet | undefined;
  readonly #ranks: RankCounters | undefined;
  readonly #history: RowHistory | undefined;
  readonly #shifts: readonly Shift[];
  #slots = new Int32Array(0);
  #rowsOf = new Int32Array(0);

  constructor(node: OverExec, state: StateRegistry) {
    this.#node = node;
    const calls = node.calls.flatMap((one) => (one.kind === 'aggregate' ? [one.call] : []));
    const bounded = node.frame.preceding !== undefined && calls.length > 0;
    this.#shifts = node.calls.filter((one) => one.kind === 'shift');
    this.#aggregates = calls.length === 0 ? undefined : new AggregateSet(calls, state, { retracts: bounded });
    this.#ranks = node.calls.some((one) => one.kind === 'rank') ? new RankCounters(state) : undefined;
    const columns = [
      ...new Set([...(bounded ? calls.flatMap(columnsOf) : []), ...this.#shifts.map((one) => one.column)]),
    ].sort((a, b) => a - b);
    const lookBack = this.#shifts.reduce((most, one) => Math.max(most, one.offset), 0);
    this.#history =
      bounded || this.#shifts.length > 0 ? new RowHistory(state, node.input.schema, columns, lookBack) : undefined;
  }

  /** Bytes besides those of the registry. */
  get bytes(): number {
    return this.#history?.bytes ?? 0;
  }

  /** The results of the calls, a column each, in the order of the run. */
  results(run: OverRun): Column[] {
    const { count, partitions, partitionCount, times, hasPeers } = run;
    this.#aggregates?.ensure(partitionCount);
    this.#ranks?.ensure(partitionCount);
    this.#history?.ensure(partitionCount);
    const peerTimes = hasPeers ? times : undefined;
    const names = this.#node.calls.flatMap((one) => (one.kind === 'rank' ? [one.name] : []));
    const ranks = this.#ranks?.count(partitions, count, peerTimes, names) ?? [];
    const { unit } = this.#node.frame;
    const rounds = cutIntoRounds(partitions, count, partitionCount, unit === 'range' ? peerTimes : undefined);
    const moved = this.#history === undefined ? undefined : this.#move(this.#history, run, rounds);
    const aggregated = this.#aggregates === undefined ? [] : this.#aggregate(this.#aggregates, run, rounds, moved);
    const shifted = this.#history === undefined || moved === undefined ? [] : this.#shift(this.#history, run, moved);
    this.#history?.release();
    const results = { aggregate: aggregated, rank: ranks, shift: shifted };
    const taken = { aggregate: 0, rank: 0, shift: 0 };
    return this.#node.calls.map(({ kind }) => results[kind][taken[kind]++]!);
  }

  /** Forgets a partition. */
  clear(partition: number): void {
    this.#aggregates?.clear(partition);
    this.#history?.clear(partition);
    this.#history?.release();
  }

  snapshot(into: StateWriter): void {
    this.#history?.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#history?.restore(from);
  }

  /** Lets every row of the run into the frame of its partition, and those out that do not belong there any more. */
  #move(history: RowHistory, run: OverRun, { order, starts }: ReturnType<typeof cutIntoRounds>): Moved {
    const { partitions, times } = run;
    const { unit, preceding } = this.#node.frame;
    const bounded = this.#aggregates !== undefined && preceding !== undefined;
    const slots = history.write(run.columns, run.rows, run.count);
    const leaving: number[] = [];
    const leavingOf: number[] = [];
    const ends = new Int32Array(run.count);
    const lags = this.#shifts.map(() => new Int32Array(run.count));
    const leave = (partition: number): void => {
      if (bounded) {
        leaving.push(history.oldestFramed(partition));
        leavingOf.push(partition);
      }
      history.leave(partition);
    };
    for (let r = 0; r + 1 < starts.length; r++) {
      for (let i = starts[r]!; i < starts[r + 1]!; i++) {
        const k = order[i]!;
        const partition = partitions[k]!;
        history.push(partition, slots[k]!, times[k]!);
        if (!bounded) leave(partition);
        else if (unit === 'rows') while (history.framed(partition) > preceding + 1) leave(partition);
        else {
          const from = times[k]! - preceding;
          while (history.timeOf(history.oldestFramed(partition)) < from) leave(partition);
        }
        this.#shifts.forEach((shift, s) => {
          lags[s]![k] = history.before(partition, shift.offset);
        });
        history.trim(partition);
        ends[i] = leaving.length;
      }
    }
    return { leaving: Int32Array.from(leaving), leavingOf: Int32Array.from(leavingOf), ends, lags };
  }

  #aggregate(
    aggregates: AggregateSet,
    run: OverRun,
    { order, starts }: ReturnType<typeof cutIntoRounds>,
    moved: Moved | undefined,
  ): Column[] {
    const { count, partitions } = run;
    if (this.#slots.length < count) {
      this.#slots = new Int32Array(count * 2);
      this.#rowsOf = new Int32Array(count * 2);
    }
    for (let i = 0; i < count; i++) {
      this.#slots[i] = partitions[order[i]!]!;
      this.#rowsOf[i] = run.rows[order[i]!]!;
    }
    const schema = this.#node.input.schema;
    const batch = new Batch(schema, run.columns, run.columns[0]?.length ?? count);
    const left = moved === undefined ? 0 : moved.leaving.length;
    const old =
      moved === undefined || left === 0
        ? undefined
        : new Batch(schema, this.#history?.read(moved.leaving, left) ?? [], left);
    const shares = run.hasPeers && this.#node.frame.unit === 'range';
    if (!shares && (starts.length - 1) * FEW_ROWS > count && aggregates.runs) {
      const steps = { rows: this.#rowsOf, slots: this.#slots, count, oldEnds: moved?.ends ?? new Int32Array(count) };
      const running = aggregates.running(batch, old, steps);
      const places = new Int32Array(count);
      for (let i = 0; i < count; i++) places[order[i]!] = i;
      return running.map((column) => gather(column, places, count));
    }
    const oldRows = Int32Array.from({ length: left }, (_, i) => i);
    // Where the result of each row stands among the results of all rounds.
    const places = new Int32Array(count);
    const results: Column[][] = [];
    let from = 0;
    let done = 0;
    for (let r = 0; r + 1 < starts.length; r++) {
      const start = starts[r]!;
      const end = starts[r + 1]!;
      const slots = this.#slots.subarray(start, end);
      const to = moved === undefined ? 0 : moved.ends[end - 1]!;
      // Additions first: a partition never looks empty in between.
      aggregates.accumulate(batch, this.#rowsOf.subarray(start, end), slots, end - start);
      if (moved !== undefined && old !== undefined && to > from) {
        aggregates.retract(old, oldRows.subarray(from, to), moved.leavingOf.subarray(from, to), to - from);
        from = to;
      }
      const distinct = shares ? distinctSlots(slots, places, order, start, done) : undefined;
      if (distinct === undefined) for (let i = start; i < end; i++) places[order[i]!] = done + i - start;
      const asked = distinct ?? slots;
      results.push(aggregates.results(asked, asked.length));
      done += asked.length;
    }
    return results[0]!.map((_, c) => {
      const all = concatColumns(results.map((one) => one[c]!));
      return gather(all, places, count);
    });
  }

  #shift(history: RowHistory, run: OverRun, { lags }: Moved): Column[] {
    return this.#shifts.map((shift, s) => {
      const slots = lags[s]!;
      const fallback =
        shift.fallback === undefined
          ? nullColumn(shift.type, 1)
          : gather(run.columns[shift.fallback]!, run.rows, run.count);
      const found = slots.filter((slot) => slot >= 0);
      const values = found.length === 0 ? undefined : history.column(shift.column, found, found.length);
      let next = 0;
      const places = slots.map((slot, k) =>
        slot >= 0 ? next++ : found.length + (shift.fallback === undefined ? 0 : k),
      );
      return gather(values === undefined ? fallback : concatColumns([values, fallback]), places, run.count);
    });
  }
}

interface Moved {
  /** Rows that leave their frames, in the order of rounds, with their partitions. */
  readonly leaving: Int32Array;
  readonly leavingOf: Int32Array;
  /** By place in the order of rounds: where those that its row pushes out end. */
  readonly ends: Int32Array;
  /** By LAG call and row: the slot of its row, −1 where there is none. */
  readonly lags: readonly Int32Array[];
}

/** The partitions of a round, each once; notes where the result of each row will stand. */
function distinctSlots(
  slots: Int32Array,
  places: Int32Array,
  order: Int32Array,
  start: number,
  done: number,
): Int32Array {
  const seen = new Map<number, number>();
  for (let i = 0; i < slots.length; i++) {
    let at = seen.get(slots[i]!);
    if (at === undefined) seen.set(slots[i]!, (at = seen.size));
    places[order[start + i]!] = done + at;
  }
  return Int32Array.from(seen.keys());
}

function columnsOf({ args, filter }: AggregateCall): readonly number[] {
  return filter === undefined ? args : [...args, filter];
}
