import { SluiceError } from '../../errors/sluice-error.ts';
import type { MatchSpec } from '../../planner/physical/match-plan.ts';
import { Conditions } from './conditions.ts';
import { NONE, type MatchStore } from './match-store.ts';
import { END, compilePattern, type Automaton } from './pattern-automaton.ts';
import { compileTree } from './tree-automaton.ts';

/** A result that is not written yet: the last node of a match (held), and which turn gave it. */
export interface Found {
  readonly node: number;
  readonly turn: number;
}

/**
 * Moves the runs of many partitions on, one row of each at a time. What holds of Flink's CEP library holds here: every
 * row may begin a run; a match waits until no run that began earlier is left; then the skip strategy removes runs.
 */
export class Matcher {
  readonly #spec: MatchSpec;
  readonly #store: MatchStore;
  readonly #automaton: Automaton;
  readonly #conditions: Conditions;
  /** No condition looks at the rows before: runs in one state go on alike. */
  readonly #decidedByRow: boolean;
  /** No run is over before: until then a look at all keys need not be taken. */
  #nextTimeoutMs = Infinity;
  #found: Found[] = [];
  #states = new Int32Array(64);
  #nodes = new Int32Array(64);
  #rows = new Int32Array(64);
  readonly #runs: number[] = [];

  constructor(spec: MatchSpec, store: MatchStore) {
    this.#spec = spec;
    this.#store = store;
    this.#automaton = spec.tree === undefined ? compilePattern(spec.pattern) : compileTree(spec.tree);
    this.#decidedByRow = spec.variables.every((one) => one.rest === undefined);
    this.#conditions = new Conditions(spec.variables, store, this.#automaton.states);
  }

  /** No run is over for want of time before. */
  get nextTimeoutMs(): number {
    return this.#nextTimeoutMs;
  }

  /** Results since the last call, in the order in which rows gave them. The caller releases their nodes. */
  takeFound(): readonly Found[] {
    const found = this.#found;
    this.#found = [];
    return found.sort((a, b) => a.turn - b.turn);
  }

  /** One row of each of several keys; their numbers say whose turn is first. */
  step(rows: Int32Array, from: number, to: number): void {
    const store = this.#store;
    // Encounters of row i: those of its runs, then the one of a run that may begin.
    const firsts = new Int32Array(to - from + 1);
    let count = 0;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const key = store.rowKey.get(row);
      if (store.hasRuns(key)) this.#expire(key, store.rowTime.get(row), store.rowNumber.get(row));
      firsts[i - from] = count;
      for (const run of store.runsOf(key, this.#runs)) {
        if (store.runState.get(run) !== END) this.#meet(count++, store.runState.get(run), store.runNode.get(run), row);
      }
      this.#meet(count++, this.#automaton.start, NONE, row);
    }
    firsts[to - from] = count;
    const met = { states: this.#states, nodes: this.#nodes, rows: this.#rows };
    const results = this.#conditions.decide(met, count);
    for (let i = from; i < to; i++) this.#move(rows[i]!, firsts[i - from]!, results);
  }

  /** Time has come so far for every key (+∞: the end of input). */
  advance(atMs: number, turn: number): void {
    const atEnd = atMs === Infinity;
    if (!atEnd && atMs < this.#nextTimeoutMs) return;
    const store = this.#store;
    this.#nextTimeoutMs = Infinity;
    for (const key of store.keys.liveSlots()) {
      if (!store.hasRuns(key)) continue;
      this.#expire(key, atMs, turn);
      for (const run of store.runsOf(key, this.#runs)) this.#note(store.runDeadline.get(run));
      store.tidyKey(key);
    }
  }

  /** After restoring: what is known of the runs is found anew. */
  recall(): void {
    this.#nextTimeoutMs = -Infinity;
  }

  #note(deadlineMs: number): void {
    if (deadlineMs < this.#nextTimeoutMs) this.#nextTimeoutMs = deadlineMs;
  }

  #deadline(row: number): number {
    const { within } = this.#spec;
    if (within === undefined) return Infinity;
    const start = this.#store.rowTime.get(row);
    if (within.kind === 'fixed') return start + within.ms;
    const column = this.#store.rows.column(within.column, Int32Array.of(row), 1);
    return column.layout !== 'i64' || column.nulls?.[0] === 1 ? Infinity : start + Number(column.values[0]);
  }

  #meet(at: number, state: number, node: number, row: number): void {
    if (at === this.#states.length) {
      this.#states = grown(this.#states);
      this.#nodes = grown(this.#nodes);
      this.#rows = grown(this.#rows);
    }
    this.#states[at] = state;
    this.#nodes[at] = node;
    this.#rows[at] = row;
  }

  /** Ends runs whose time is over. */
  #expire(key: number, atMs: number, turn: number): void {
    const { within, timeoutRows } = this.#spec;
    const atEnd = atMs === Infinity;
    if (within === undefined && !atEnd) return;
    const store = this.#store;
    const runs = store.runsOf(key, this.#runs);
    const left: number[] = [];
    let changed = false;
    for (const run of runs) {
      const state = store.runState.get(run);
      const isOver = atEnd || atMs >= store.runDeadline.get(run);
      if (state === END || !isOver) {
        left.push(run);
        continue;
      }
      changed = true;
      if (this.#automaton.waits && this.#automaton.states[state]!.accepting) {
        this.#complete(run, turn);
        left.push(run);
        continue;
      }
      if (timeoutRows && store.runDeadline.get(run) < Infinity) {
        store.holdNode(store.runNode.get(run));
        this.#found.push({ node: store.runNode.get(run), turn });
      }
      store.removeRun(run);
    }
    if (changed) store.setRuns(key, this.#settle(left, turn));
  }

  #move(row: number, first: number, results: Uint8Array): void {
    const store = this.#store;
    const key = store.rowKey.get(row);
    const turn = store.rowNumber.get(row);
    const runs = store.runsOf(key, this.#runs);
    const next: number[] = [];
    let at = first;
    let ended = false;
    for (const run of runs) {
      if (store.runState.get(run) === END) {
        // It waited for runs before it: they may have come to nothing with this row.
        ended = true;
        next.push(run);
      } else ended = this.#follow(run, row, at++, results, next) || ended;
    }
    ended = this.#follow(NONE, row, at, results, next) || ended;
    if (next.length === 0 && runs.length === 0) return;
    const kept = this.#automaton.prefers ? this.#preferred(next) : next;
    store.setRuns(key, ended ? this.#settle(kept, turn) : kept);
  }

  /** Puts what becomes of a run (NONE: of one that may begin) into `next`. @returns whether a match was completed */
  #follow(run: number, row: number, at: number, results: Uint8Array, next: number[]): boolean {
    const store = this.#store;
    const { states, waits, prefers } = this.#automaton;
    const isNew = run === NONE;
    const state = states[this.#states[at]!]!;
    const node = this.#nodes[at]!;
    const start = isNew ? store.rowNumber.get(row) : store.runStart.get(run);
    let deadline = isNew ? Infinity : store.runDeadline.get(run);
    const base = at * this.#spec.variables.length;
    let completed = false;
    let moved = false;
    let stays = false;
    for (const edge of state.edges) {
      const { variable, target } = edge;
      if (variable >= 0 && results[base + variable] !== 1) continue;
      if (edge.nots.some((not) => results[base + not] === 1)) continue;
      if (variable < 0) {
        if (isNew) continue;
        moved = true;
        if (target === this.#states[at] && !stays) {
          stays = true;
          next.push(run);
        } else {
          store.holdNode(node);
          next.push(store.addRun(target, node, start, deadline));
        }
        continue;
      }
      if (isNew && !moved) deadline = this.#deadline(row);
      moved = true;
      const taken = store.addNode(row, variable, node, edge.hidden);
      const goesOn = target !== END && (!prefers || states[target]!.edges.length > 0);
      if (goesOn) next.push(store.addRun(target, taken, start, deadline));
      if (target === END || (states[target]!.accepting && !waits)) {
        if (goesOn) store.holdNode(taken);
        const done = store.addRun(END, taken, start, deadline);
        this.#complete(done, store.rowNumber.get(row));
        next.push(done);
        completed = true;
      }
    }
    if (isNew) {
      if (moved) this.#note(deadline);
      return completed;
    }
    if (!moved && waits && state.accepting) {
      this.#complete(run, store.rowNumber.get(row));
      next.push(run);
      return true;
    }
    if (!stays) store.removeRun(run);
    return completed;
  }

  /** Puts out the matches before which no run began, and takes out what the skip strategy skips. @returns what is left */
  #settle(runs: readonly number[], turn: number): readonly number[] {
    const store = this.#store;
    let left = runs;
    for (;;) {
      const match = this.#firstDone(left);
      if (match === NONE) return left;
      const start = store.runStart.get(match);
      // What is left of the match's own start is preferred to it.
      const until = this.#automaton.prefers ? start : start - 1;
      if (left.some((run) => store.runState.get(run) !== END && store.runStart.get(run) <= until)) return left;
      const node = store.runNode.get(match);
      store.holdNode(node);
      this.#found.push({ node, turn });
      const begin = this.#nextBegin(node, start);
      left = left.filter((run) => {
        const stays = run !== match && store.runStart.get(run) >= begin;
        if (!stays) store.removeRun(run);
        return stays;
      });
    }
  }

  /** Takes out the runs that can never be the match: behind a complete one of their start, or one in their state. */
  #preferred(runs: readonly number[]): readonly number[] {
    const store = this.#store;
    const states = new Set<number>();
    let start = NONE;
    return runs.filter((run) => {
      if (store.runStart.get(run) !== start) {
        start = store.runStart.get(run);
        states.clear();
      }
      const state = store.runState.get(run);
      const stays = !states.has(END) && !(this.#decidedByRow && states.has(state));
      states.add(state);
      if (!stays) store.removeRun(run);
      return stays;
    });
  }

  #complete(run: number, turn: number): void {
    this.#store.runState.set(run, END);
    this.#store.runDone.set(run, turn);
  }

  /** The match that began first; of those the one that was complete first. */
  #firstDone(runs: readonly number[]): number {
    const store = this.#store;
    let first = NONE;
    for (const run of runs) {
      if (store.runState.get(run) !== END) continue;
      if (first !== NONE && store.runStart.get(run) > store.runStart.get(first)) break;
      if (first === NONE || store.runDone.get(run) < store.runDone.get(first)) first = run;
    }
    return first;
  }

  /** The number of the first row with which a match may begin after this one. */
  #nextBegin(node: number, start: number): number {
    const store = this.#store;
    const { kind, variable } = this.#spec.skip;
    if (kind === 'next-row') return start + 1;
    if (kind === 'past-last-row') return store.rowNumber.get(store.nodeRow.get(node)) + 1;
    let target = store.lastOf(node, variable);
    const before = (one: number): number => (one < 0 ? NONE : store.sameBefore(one, variable));
    if (kind === 'to-first') while (before(target) >= 0) target = before(target);
    const name = this.#spec.variables[variable]!.name;
    if (target < 0) throw cannotSkip(name, 'it has no row in the match');
    const begin = store.rowNumber.get(store.nodeRow.get(target));
    if (begin === start) throw cannotSkip(name, 'the match begins with that row and would be found again and again');
    return begin;
  }
}

function cannotSkip(variable: string, why: string): SluiceError {
  return new SluiceError('MATCH_SKIP', `cannot skip to variable "${variable}": ${why}`, {
    hint: 'Skip to a variable that is in every match and does not begin it, or write AFTER MATCH SKIP TO NEXT ROW.',
  });
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
