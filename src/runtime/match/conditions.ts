import { compileFilter, type RowFilter } from '../../expr/program.ts';
import type { MatchVariable } from '../../planner/physical/match-plan.ts';
import { MatchGather } from './match-gather.ts';
import type { MatchStore } from './match-store.ts';
import type { State } from './pattern-automaton.ts';

/** Where runs meet rows: run k stands in state `states[k]` behind `nodes[k]` and looks at row `rows[k]`. */
export interface Encounters {
  readonly states: Int32Array;
  readonly nodes: Int32Array;
  readonly rows: Int32Array;
}

interface Condition {
  /** The column that holds what the row alone decides. */
  readonly local: number | undefined;
  readonly rest: { readonly gather: MatchGather; readonly filter: RowFilter } | undefined;
}

/** Decides for many encounters at once which variables could take the row. */
export class Conditions {
  readonly #store: MatchStore;
  readonly #states: readonly State[];
  readonly #conditions: readonly Condition[];
  #results = new Uint8Array(0);

  constructor(variables: readonly MatchVariable[], store: MatchStore, states: readonly State[]) {
    const names = variables.map((one) => one.name);
    this.#store = store;
    this.#states = states;
    this.#conditions = variables.map(({ local, rest }) => {
      if (rest === undefined) return { local, rest };
      const gather = new MatchGather(rest.columns, store, names);
      return { local, rest: { gather, filter: compileFilter(rest.exprs[0]!, gather.schema) } };
    });
  }

  /** @returns by encounter and variable: 1 where the condition is TRUE. Only variables that the state asks for count. */
  decide(met: Encounters, count: number): Uint8Array {
    const width = this.#conditions.length;
    if (this.#results.length < count * width) this.#results = new Uint8Array(count * width * 2);
    const results = this.#results;
    results.fill(0, 0, count * width);
    for (let v = 0; v < width; v++) this.#decide(v, met, count, results);
    return results;
  }

  #decide(variable: number, met: Encounters, count: number, results: Uint8Array): void {
    const width = this.#conditions.length;
    const { local, rest } = this.#conditions[variable]!;
    const picked = new Int32Array(count);
    let size = 0;
    for (let k = 0; k < count; k++) {
      if (this.#states[met.states[k]!]!.needs.includes(variable)) picked[size++] = k;
    }
    if (size === 0) return;
    if (local !== undefined) {
      const rows = new Int32Array(size);
      for (let i = 0; i < size; i++) rows[i] = met.rows[picked[i]!]!;
      const column = this.#store.rows.column(local, rows, size);
      let passed = 0;
      for (let i = 0; i < size; i++) {
        const isTrue = column.layout === 'bool' && column.values[i] === 1 && column.nulls?.[i] !== 1;
        if (isTrue) picked[passed++] = picked[i]!;
      }
      size = passed;
    }
    if (rest === undefined || size === 0) {
      for (let i = 0; i < size; i++) results[picked[i]! * width + variable] = 1;
      return;
    }
    const nodes = new Int32Array(size);
    const rows = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      nodes[i] = met.nodes[picked[i]!]!;
      rows[i] = met.rows[picked[i]!]!;
    }
    const kept = rest.filter(rest.gather.batch({ nodes, ends: nodes, rows, variable }, size));
    if (kept === null) for (let i = 0; i < size; i++) results[picked[i]! * width + variable] = 1;
    else for (const i of kept) results[picked[i]! * width + variable] = 1;
  }
}
