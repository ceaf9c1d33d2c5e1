import { Batch } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { WindowRankExec } from '../../../planner/physical/window-plan.ts';
import { BIGINT } from '../../../types/sql-type.ts';
import { ascendingRows, gather } from '../../rows.ts';
import { AttachedBuckets } from '../../windows/attached-buckets.ts';
import { ranked } from '../../windows/ranking.ts';
import { RowLog } from '../../windows/row-log.ts';
import { WindowStates, type OpenWindow } from '../../windows/window-states.ts';
import { WindowOperator } from './window-operator.ts';

const OUTPUT_ROWS = 4096;
/** Rows of a window that come before those that cannot win are thrown out the first time. */
const FIRST_CUT = 8192;

/** The rows of one window that may still win. */
class Contest extends RowLog {
  /** Length from which it is worth while to look again. */
  cutAt = FIRST_CUT;

  override reset(): void {
    super.reset();
    this.cutAt = FIRST_CUT;
  }
}

/**
 * TopN and deduplication within a window: the first rows of each partition, sent when the window is over. Rows that
 * cannot win any more go as soon as there are four times as many as could at the last look.
 */
export class WindowRankOperator extends WindowOperator {
  readonly #node: WindowRankExec;
  readonly #buckets: AttachedBuckets;
  readonly #states: WindowStates<Contest>;

  constructor(node: WindowRankExec) {
    super(node);
    this.#node = node;
    this.#buckets = new AttachedBuckets(node.window);
    this.#states = new WindowStates(() => new Contest(node.input.schema));
  }

  override open(context: OperatorContext): void {
    super.open(context);
    context.metrics.gauge('stateBytes', () => this.#states.bytes);
  }

  override process(batch: Batch): void {
    for (const { startMs, endMs, rows, count } of this.#buckets.of(batch, this.watermarkMs, this.dropped)) {
      const contest = this.#states.at(startMs, endMs);
      contest.append(batch.columns, rows, count);
      if (contest.length >= contest.cutAt) this.#cut(contest);
    }
    this.timer?.wakeAt(this.nextEnd());
  }

  override snapshot(into: StateWriter): void {
    super.snapshot(into);
    this.#states.snapshot(into);
  }

  override restore(from: StateReader): void {
    super.restore(from);
    this.#states.restore(from);
    this.resume();
  }

  override describe(): Readonly<Record<string, string>> {
    const { fromRank, toRank } = this.#node;
    return { ranks: fromRank === toRank ? String(toRank) : `${fromRank} to ${toRank}` };
  }

  protected override nextEnd(): number {
    return this.#states.nextEnd;
  }

  protected override fire(out: Out): void | Promise<void> {
    const due = this.#states.due(this.watermarkMs);
    return due.length === 0 ? undefined : this.#close(due, out);
  }

  #cut(contest: Contest): void {
    const count = contest.length;
    const columns = contest.read(ascendingRows(count), count);
    // In the order of arrival, so that ties are decided as before.
    const places = ranked(columns, count, this.#node, this.#node.toRank).places.sort();
    contest.reset();
    contest.append(columns, places, places.length);
    contest.cutAt = Math.max(FIRST_CUT, places.length * 4);
  }

  async #close(due: readonly OpenWindow<Contest>[], out: Out): Promise<void> {
    for (const window of due) {
      const { state } = window;
      const columns = state.read(ascendingRows(state.length), state.length);
      const { places, ranks } = ranked(columns, state.length, this.#node, this.#node.toRank);
      const first = this.#node.fromRank;
      const chosen = ascendingRows(places.length).subarray(0, places.length);
      const kept = first > 1 ? chosen.filter((k) => ranks[k]! >= first) : chosen;
      for (let from = 0; from < kept.length; from += OUTPUT_ROWS) {
        const part = kept.subarray(from, from + OUTPUT_ROWS);
        const rows = part.map((k) => places[k]!);
        const output: Column[] = columns.map((column) => gather(column, rows, rows.length));
        if (this.#node.rankColumn) {
          const values = BigInt64Array.from(part, (k) => BigInt(ranks[k]!));
          output.push(fixedColumn(BIGINT, values, rows.length));
        }
        const pushed = out.emit(new Batch(this.#node.schema, output, rows.length));
        if (pushed !== undefined) await pushed;
      }
      this.#states.remove(window);
    }
  }
}
