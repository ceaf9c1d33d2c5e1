import type { Batch } from '../columnar/batch.ts';
import type { Counter, Message, Operator, OperatorContext, Out } from '../contracts/operator.ts';
import type { StateWriter } from '../contracts/state.ts';
import type { PhysicalKind } from '../planner/physical/plan.ts';
import { locatedError } from './located-error.ts';
import { MetricSet } from './metrics.ts';
import { WatermarkMinimum } from './watermark.ts';

interface Edge {
  readonly to: Stage;
  readonly input: number;
}

/** What the stages of one task share while a barrier passes and while time is taken. */
export interface ChainState {
  /** Set while a barrier that takes a snapshot travels. */
  writer: StateWriter | undefined;
  /** Time spent in stages further down since the running stage was entered. */
  childMs: number;
}

/**
 * One operator in its chain. Messages arrive by direct call (`receive`) and leave by direct call to the next stages:
 * no queue in between, a promise only where somebody below returns one. It combines watermarks, barriers and ends of
 * several inputs, forwards what the operator does not handle, and counts.
 */
export class Stage implements Out {
  readonly id: string;
  readonly kind: PhysicalKind;
  readonly operator: Operator;
  readonly metrics = new MetricSet();
  readonly #chain: ChainState;
  readonly #edges: Edge[] = [];
  readonly #inputCount: number;
  readonly #watermarks: WatermarkMinimum;
  readonly #rowsIn: Counter;
  readonly #rowsOut: Counter;
  readonly #batches: Counter;
  readonly #busyMs: Counter;
  #watermark = -Infinity;
  #idle = false;
  #ended = 0;
  #barriers = 0;

  constructor(
    place: { readonly id: string; readonly kind: PhysicalKind },
    operator: Operator,
    chain: ChainState,
    inputCount: number,
  ) {
    this.id = place.id;
    this.kind = place.kind;
    this.operator = operator;
    this.#chain = chain;
    this.#inputCount = Math.max(1, inputCount);
    this.#watermarks = new WatermarkMinimum(this.#inputCount);
    this.#rowsIn = this.metrics.counter('rowsIn');
    this.#rowsOut = this.metrics.counter('rowsOut');
    this.#batches = this.metrics.counter('batches');
    this.#busyMs = this.metrics.counter('busyMs');
  }

  get watermarkMs(): number {
    return this.#watermark;
  }

  get next(): readonly Stage[] {
    return this.#edges.map((edge) => edge.to);
  }

  /** All inputs have ended. */
  get ended(): boolean {
    return this.#ended === this.#inputCount;
  }

  /** Whether the memory of what this stage emits may be used again as soon as the push has settled. */
  get releases(): boolean {
    return this.#edges.every(
      ({ to }) => to.operator.holds === 'copies' || (to.operator.holds === 'forwards' && to.releases),
    );
  }

  connect(to: Stage, input: number): void {
    this.#edges.push({ to, input });
  }

  async open(context: Omit<OperatorContext, 'metrics'>): Promise<void> {
    try {
      await this.operator.open?.({ ...context, metrics: this.metrics });
    } catch (error) {
      throw locatedError(error, this.id);
    }
  }

  receive(message: Message, input: number): void | Promise<void> {
    const started = performance.now();
    const before = this.#chain.childMs;
    this.#chain.childMs = 0;
    try {
      const pending = this.#handle(message, input);
      if (pending === undefined) return undefined;
      return pending.catch((error: unknown) => {
        throw locatedError(error, this.id);
      });
    } catch (error) {
      throw locatedError(error, this.id);
    } finally {
      const took = performance.now() - started;
      this.#busyMs.add(took - this.#chain.childMs);
      this.#chain.childMs = before + took;
    }
  }

  /** Counts what a source reads itself; other stages count what they receive. */
  countRead(rows: number): void {
    this.#rowsIn.add(rows);
    this.#batches.add(1);
  }

  onTimer(nowMs: number): void | Promise<void> {
    return this.operator.onTimer?.(nowMs, this);
  }

  emit(batch: Batch): void | Promise<void> {
    const { size } = batch;
    if (size === 0) return undefined;
    return this.push({ kind: 'batch', batch });
  }

  push(message: Message): void | Promise<void> {
    if (message.kind === 'batch') this.#rowsOut.add(message.batch.size);
    else if (message.kind === 'watermark') {
      this.#idle = message.atMs === 'idle';
      if (message.atMs !== 'idle') this.#watermark = Math.max(this.#watermark, message.atMs);
    }
    const edges = this.#edges;
    if (edges.length === 1) return edges[0]!.to.receive(message, edges[0]!.input);
    for (let i = 0; i < edges.length; i++) {
      const pending = edges[i]!.to.receive(message, edges[i]!.input);
      if (pending !== undefined) return this.#pushRest(message, i + 1, pending);
    }
    return undefined;
  }

  async #pushRest(message: Message, from: number, pending: Promise<void>): Promise<void> {
    await pending;
    for (let i = from; i < this.#edges.length; i++) await this.#edges[i]!.to.receive(message, this.#edges[i]!.input);
  }

  #handle(message: Message, input: number): void | Promise<void> {
    switch (message.kind) {
      case 'batch': {
        this.#rowsIn.add(message.batch.size);
        this.#batches.add(1);
        // A row makes an idle input active again.
        if (this.#inputCount > 1 && this.#watermarks.isIdle(input)) this.#watermarks.setIdle(input, false);
        return this.operator.process(message.batch, this, input);
      }
      case 'watermark': {
        if (message.atMs === 'idle') {
          this.#watermarks.setIdle(input, true);
        } else {
          this.#watermarks.setIdle(input, false);
          this.#watermarks.advance(input, message.atMs);
          this.operator.onInputWatermark?.(message.atMs, input);
        }
        return this.#advance();
      }
      case 'barrier':
        this.#barriers++;
        return this.#barriers < this.#inputCount - this.#ended ? undefined : this.#barrier(message.id);
      case 'end':
        return this.#end(input);
    }
  }

  /** Hands the combined watermark on where it moved, and tells when all inputs fell idle. */
  #advance(): void | Promise<void> {
    const { value, allIdle } = this.#watermarks;
    const moved = value > this.#watermark;
    const fellIdle = allIdle && (!this.#idle || moved);
    if (moved) {
      this.#watermark = value;
      const pending = this.operator.onWatermark
        ? this.operator.onWatermark(value, this)
        : this.push({ kind: 'watermark', atMs: value });
      if (pending !== undefined) {
        return fellIdle ? pending.then(() => this.push({ kind: 'watermark', atMs: 'idle' })) : pending;
      }
    }
    if (fellIdle) return this.push({ kind: 'watermark', atMs: 'idle' });
    return undefined;
  }

  async #end(input: number): Promise<void> {
    this.#ended++;
    this.#watermarks.end(input);
    await this.#advance();
    if (this.#ended < this.#inputCount) return;
    await this.operator.onEnd?.(this);
    await this.push({ kind: 'end' });
  }

  async #barrier(id: number): Promise<void> {
    this.#barriers = 0;
    await this.operator.onBarrier?.(id);
    const { writer } = this.#chain;
    if (writer !== undefined) this.operator.snapshot?.(writer.scope(this.id));
    await this.push({ kind: 'barrier', id });
  }
}
