import type { Batch } from '../../../columnar/batch.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import { decodeMs, encodeMs } from '../../epoch-json.ts';
import type { DroppedRows } from '../../windows/attached-buckets.ts';
import { ProcessingTimer } from '../../windows/processing-timer.ts';

/**
 * What holds windows and sends them when they are over: when the watermark reaches their end − 1 or, by processing time,
 * when the clock of the job reaches their end. The end of input ends windows of processing time too: nothing more comes
 * into them.
 */
export abstract class WindowOperator implements Operator {
  readonly holds = 'copies';
  /** Windows whose last millisecond is at or below it are over. */
  protected watermarkMs = -Infinity;
  protected dropped: DroppedRows = {};
  protected now: () => number = () => 0;
  /** Only by processing time. */
  protected timer: ProcessingTimer | undefined;
  readonly #processingTime: boolean;

  protected constructor(node: { readonly processingTime?: boolean }) {
    this.#processingTime = node.processingTime ?? false;
  }

  abstract process(batch: Batch, out: Out, input: number): void;

  abstract describe(): Readonly<Record<string, string>>;

  /** No window ends before; Infinity where there is none. */
  protected abstract nextEnd(): number;

  /** Sends and forgets the windows that are over; gives no promise where there is none. */
  protected abstract fire(out: Out): void | Promise<void>;

  open(context: OperatorContext): void {
    const { metrics } = context;
    this.dropped = { late: metrics.counter('lateRows'), withoutTime: metrics.counter('nullRowtime') };
    this.now = context.now;
    if (this.#processingTime) this.timer = new ProcessingTimer(context);
  }

  onWatermark(atMs: number, out: Out): void | Promise<void> {
    if (this.timer !== undefined) return out.push({ kind: 'watermark', atMs });
    this.watermarkMs = atMs;
    const fired = this.fire(out);
    return fired === undefined
      ? out.push({ kind: 'watermark', atMs })
      : fired.then(() => out.push({ kind: 'watermark', atMs }));
  }

  async onTimer(nowMs: number, out: Out): Promise<void> {
    if (this.timer === undefined) return;
    this.watermarkMs = this.timer.woken(nowMs);
    await this.fire(out);
    this.timer.wakeAt(this.nextEnd());
  }

  async onEnd(out: Out): Promise<void> {
    if (this.timer === undefined) return;
    this.watermarkMs = Infinity;
    await this.fire(out);
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', encodeMs(this.watermarkMs));
  }

  /** Of a derived class: first this, then its windows, then `resume`. */
  restore(from: StateReader): void {
    this.watermarkMs = decodeMs(from.getJson('watermark'));
  }

  /** Asks for the timer that the restored windows wait for. */
  protected resume(): void {
    this.timer?.wakeAt(this.nextEnd());
  }
}
