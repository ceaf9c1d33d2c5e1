import type { Batch } from '../../../src/columnar/batch.ts';
import type { Message, Operator, Out } from '../../../src/contracts/operator.ts';
import { MemorySnapshot } from '../../../src/runtime/state/memory-snapshot.ts';
import { MetricSet } from '../../../src/runtime/metrics.ts';
import { changesOf } from './batches.ts';
import { FakeClock } from './fake-clock.ts';

/** One operator without a chain: what goes in is told by hand, what comes out is kept as text. */
export class LoneOperator implements Out {
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  readonly metrics = new MetricSet();
  readonly clock: FakeClock;
  readonly #make: () => Operator;
  #operator: Operator;

  constructor(make: () => Operator, clock = new FakeClock()) {
    this.#make = make;
    this.clock = clock;
    this.#operator = this.#open();
  }

  push(message: Message): void {
    if (message.kind === 'batch') this.lines.push(...changesOf(message.batch));
  }

  emit(batch: Batch): void {
    this.push({ kind: 'batch', batch });
  }

  async process(batch: Batch, input = 0): Promise<void> {
    await this.#operator.process(batch, this, input);
  }

  async watermark(atMs: number): Promise<void> {
    await this.#operator.onWatermark?.(atMs, this);
  }

  async inputWatermark(atMs: number, input: number): Promise<void> {
    this.#operator.onInputWatermark?.(atMs, input);
    await Promise.resolve();
  }

  /** Moves the clock; timers that fall due run before this settles. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  async end(): Promise<void> {
    await this.watermark(Infinity);
    await this.#operator.onEnd?.(this);
  }

  /** Stops, and goes on in a new operator from the snapshot of this one. */
  restart(): void {
    const snapshot = new MemorySnapshot();
    this.#operator.snapshot?.(snapshot.writer);
    this.#operator = this.#open();
    this.#operator.restore?.(snapshot.reader);
  }

  /** What has come out since the last call. */
  take(): string[] {
    return this.lines.splice(0);
  }

  count(name: string): number {
    return this.metrics.counter(name).value;
  }

  #open(): Operator {
    const operator = this.#make();
    void operator.open?.({
      now: () => this.clock.now(),
      metrics: this.metrics,
      warn: (line) => this.warnings.push(line),
      setTimer: (atMs) => {
        this.clock.after(atMs - this.clock.now(), () => {
          // Timers of an operator that was stopped do not run any more.
          if (operator === this.#operator) void operator.onTimer?.(this.clock.now(), this);
        });
      },
    });
    return operator;
  }
}
