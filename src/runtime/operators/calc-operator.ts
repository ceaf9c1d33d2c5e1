import type { Batch } from '../../columnar/batch.ts';
import type { Operator, Out } from '../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import { compileCalc, compileFilter } from '../../expr/program.ts';
import type { CalcExec } from '../../planner/physical/plan.ts';
import { CurrentWatermark, readsWatermark } from '../current-watermark.ts';

/** Filter and projection as one compiled loop; columns that only pass travel by reference. */
export class CalcOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: CalcExec;
  readonly #run: (batch: Batch) => Batch | null;
  /** Undefined where no expression reads it. */
  readonly #watermark: CurrentWatermark | undefined;

  constructor(node: CalcExec) {
    this.#node = node;
    const watermark = new CurrentWatermark();
    const all = [...(node.filter === undefined ? [] : [node.filter]), ...(node.projection ?? [])];
    this.#watermark = all.some(readsWatermark) ? watermark : undefined;
    const filter = node.filter === undefined ? undefined : watermark.bind(node.filter);
    const projection = node.projection?.map((expr) => watermark.bind(expr));
    const input = node.input.schema;
    if (projection !== undefined) {
      this.#run = compileCalc(filter, projection, input, node.schema);
    } else if (filter !== undefined) {
      const passing = compileFilter(filter, input);
      this.#run = (batch) => {
        const selection = passing(batch);
        return selection === null ? batch : batch.select(selection);
      };
    } else {
      this.#run = (batch) => batch;
    }
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const result = this.#run(batch);
    return result === null ? undefined : out.emit(result);
  }

  onWatermark(atMs: number, out: Out): void | Promise<void> {
    this.#watermark?.advance(atMs);
    return out.push({ kind: 'watermark', atMs });
  }

  snapshot(into: StateWriter): void {
    if (this.#watermark === undefined) return;
    const { atMs } = this.#watermark;
    into.putJson('watermark', Number.isFinite(atMs) ? atMs : null);
  }

  restore(from: StateReader): void {
    // A plan made before the expression read it has none.
    if (this.#watermark === undefined || !from.has('watermark')) return;
    this.#watermark.advance((from.getJson('watermark') as number | null) ?? -Infinity);
  }

  describe(): Readonly<Record<string, string>> {
    const { filter, projection } = this.#node;
    return {
      ...(filter === undefined ? {} : { filter: filter.kind }),
      ...(projection === undefined ? {} : { columns: this.#node.schema.fields.map((one) => one.name).join(', ') }),
    };
  }
}
