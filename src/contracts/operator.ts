import type { Batch } from '../columnar/batch.ts';
import type { StateReader, StateWriter } from './state.ts';

/** Epoch milliseconds; `Infinity` at the end of input, `-Infinity` before the first row. */
export type EpochMs = number;

/** What travels on an edge, in order; nothing overtakes. */
export type Message =
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'watermark'; readonly atMs: EpochMs | 'idle' }
  | { readonly kind: 'barrier'; readonly id: number }
  | { readonly kind: 'end' };

/** The output side of an operator. A returned promise is back-pressure: await it before pushing again. */
export interface Out {
  push(message: Message): void | Promise<void>;
  /** Short for `push({ kind: 'batch', batch })`; drops batches without rows. */
  emit(batch: Batch): void | Promise<void>;
}

export interface Counter {
  value: number;
  add(count: number): void;
}

/** Counters and gauges of one operator, by stable names (`rowsIn`, `lateRows`, `parseErrors`, …). */
export interface OperatorMetrics {
  counter(name: string): Counter;
  gauge(name: string, read: () => number): void;
}

export interface OperatorContext {
  readonly now: () => EpochMs;
  readonly metrics: OperatorMetrics;
  /** Asks for `onTimer` at or after this processing time. */
  setTimer(atMs: EpochMs): void;
  /** A line for the user on stderr; secrets are already out of it. */
  warn(message: string): void;
}

/**
 * One step of a chain. Batches are immutable; whoever keeps a column past the call copies or retains it.
 * Defaults where a method is absent: watermarks, barriers and end are forwarded unchanged by the chain.
 */
export interface Operator {
  /**
   * What remains of an input batch once `process` has settled. `copies`: nothing, and nothing that was emitted refers to
   * its memory. `forwards`: only what was emitted does. Default: it may be kept, so its memory is never reused.
   */
  readonly holds?: 'copies' | 'forwards' | undefined;
  open?(context: OperatorContext): void | Promise<void>;
  process(batch: Batch, out: Out, input: number): void | Promise<void>;
  /** The watermark of one of several inputs, before it is combined with the others. Nothing may be sent here. */
  onInputWatermark?(atMs: EpochMs, input: number): void;
  /** `atMs` is the minimum over the live inputs and never moves back. The operator forwards it itself (`out.push`). */
  onWatermark?(atMs: EpochMs, out: Out): void | Promise<void>;
  onTimer?(nowMs: EpochMs, out: Out): void | Promise<void>;
  /** All inputs have ended; the chain forwards `end` afterwards. */
  onEnd?(out: Out): void | Promise<void>;
  /** A barrier passed all inputs; sinks flush here. The chain takes `snapshot` and forwards the barrier afterwards. */
  onBarrier?(id: number): void | Promise<void>;
  close?(): void | Promise<void>;
  /** Required where there is state. */
  snapshot?(into: StateWriter): void;
  restore?(from: StateReader): void;
  /** What EXPLAIN and the dashboard print. */
  describe(): Readonly<Record<string, string>>;
}
