import type { Position, ReadResult, Source, Split, SplitDiscovery, SplitReader } from '../contracts/connector.ts';
import type { Counter } from '../contracts/operator.ts';
import type { RegisteredRows } from '../contracts/registered.ts';
import type { StateReader, StateWriter } from '../contracts/state.ts';
import { ConnectorError, InternalError } from '../errors/sluice-error.ts';
import { referencedColumns } from '../expr/walk.ts';
import type { ScanExec } from '../planner/physical/plan.ts';
import type { Stage } from './chain.ts';
import type { Clock } from './clock.ts';
import { decodeMs, encodeMs } from './epoch-json.ts';
import { locatedError } from './located-error.ts';
import { ScanOperator } from './operators/scan-operator.ts';
import { registeredSource } from './registered-source.ts';
import { SplitTimes } from './split-times.ts';
import { WatermarkAssigner } from './watermark.ts';

export interface ScanSettings {
  readonly maxBatchRows: number;
  /** Raw bytes read and not yet processed; above it no further read is started. */
  readonly inFlightBytes: number;
  /** −1: splits do not become idle by time. */
  readonly idleTimeoutMs: number;
  readonly idleAdvance: boolean;
}

/** What a scan needs of its task. */
export interface ScanHost {
  readonly clock: Clock;
  readonly settings: ScanSettings;
  readonly registered: ReadonlyMap<string, RegisteredRows>;
  readonly warn: (message: string) => void;
  /** Aborted when reading stops. */
  readonly stopSignal: AbortSignal;
  /** Runs work while nothing else of the task runs. */
  exclusive<T>(work: () => T | Promise<T>): Promise<T>;
  /** Whether the rows go to a caller and not to sinks. */
  readonly query: () => boolean;
  /** Lets a barrier pass: what was pushed is flushed, and positions are committed. */
  barrier(): Promise<void>;
}

interface SplitState {
  readonly split: Split;
  /** In `SplitTimes`. */
  readonly index: number;
  /** Undefined until it is read. */
  reader: SplitReader | undefined;
  assigner: WatermarkAssigner | undefined;
  /** Where reading begins, of restored state. */
  readonly from: Position | undefined;
  readonly restoredMs: number;
  phase: 'waiting' | 'reading' | 'ended';
  /** Aborted when the split is given back. */
  readonly leave: AbortController;
  /** Settles when it is read no further. */
  done: Promise<void>;
  position: Position | undefined;
  lagMs: number | undefined;
  /** Rows read from this split, also those a pushed filter left out. */
  readonly rows: Counter;
}

interface StoredSplit {
  readonly id: string;
  readonly position?: Position;
  readonly watermark: number | string;
}

/** Where splits can follow an idle one, they are looked for at least this often, ms. */
const LEAST_IDLE_POLL_MS = 1000;

/**
 * Reads all splits of one table side by side, each after the splits it follows, and pushes their rows and their
 * watermark into the chain. Splits may be added and given back while it runs.
 */
export class ScanDriver {
  readonly node: ScanExec;
  readonly stage: Stage;
  readonly #host: ScanHost;
  readonly #operator: ScanOperator;
  #source: Source | undefined;
  #splits: SplitState[] = [];
  #times: SplitTimes | undefined;
  readonly #dropped: Counter;
  /** Reads and the discovery that are under way. */
  #running = 0;
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;
  #wakeDiscovery: (() => void) | undefined;
  #inFlight = 0;
  #room: (() => void)[] = [];
  /** The watermark sent; it never moves back, not even over a restart. */
  #sentMs = -Infinity;
  #sentIdle = false;
  rawBytes = 0;

  constructor(node: ScanExec, stage: Stage, host: ScanHost) {
    if (!(stage.operator instanceof ScanOperator)) throw new InternalError('a scan needs its operator');
    this.node = node;
    this.stage = stage;
    this.#operator = stage.operator;
    this.#host = host;
    this.#dropped = stage.metrics.counter('nullRowtime');
  }

  get lagMs(): number | undefined {
    const known = this.#splits.flatMap((one) => (one.lagMs === undefined ? [] : [one.lagMs]));
    return known.length === 0 ? undefined : Math.max(...known);
  }

  get canIdle(): boolean {
    return this.node.watermark !== undefined && this.#splits.some((one) => one.split.canIdle);
  }

  get commits(): boolean {
    return this.#source?.commit !== undefined;
  }

  async open(restored: StateReader | undefined): Promise<void> {
    try {
      this.#source = await this.#createSource();
      const stored =
        restored === undefined
          ? undefined
          : new Map(((restored.getJson('splits') ?? []) as StoredSplit[]).map((one) => [one.id, one] as const));
      const positions = stored && new Map([...stored].map(([id, { position }]) => [id, position] as const));
      const listedMs = this.#host.clock.now();
      const splits = await this.#source.open(positions);
      this.#sentMs = restored === undefined ? -Infinity : decodeMs(restored.getJson('sent'));
      const { idleTimeoutMs, idleAdvance } = this.#host.settings;
      this.#times = new SplitTimes([], { idleTimeoutMs, idleAdvance });
      if (this.#source.discovery !== undefined) this.#times.listed(listedMs);
      this.#addSplits(splits, stored);
      for (const state of this.#splits) if (this.#isReady(state)) await this.#openReader(state);
    } catch (error) {
      throw locatedError(error, this.stage.id);
    }
  }

  /** Resolves when every split has ended (true) or reading was stopped (false). */
  async run(): Promise<boolean> {
    if (this.#sentMs > -Infinity) {
      await this.#host.exclusive(() => this.stage.push({ kind: 'watermark', atMs: this.#sentMs }));
    }
    const discovery = this.#source?.discovery;
    await new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
      void this.#track(Promise.resolve());
      this.#startReady();
      if (discovery !== undefined) void this.#track(this.#follow(discovery));
    });
    return discovery === undefined && this.#splits.every((state) => state.phase === 'ended');
  }

  snapshot(into: StateWriter): void {
    into.putJson('sent', encodeMs(this.#sentMs));
    into.putJson(
      'splits',
      this.#splits.map(({ split, position, assigner, from, restoredMs }): StoredSplit => {
        const at = position ?? from ?? split.start;
        return {
          id: split.id,
          watermark: encodeMs(assigner?.watermarkMs ?? restoredMs),
          ...(at === undefined ? {} : { position: at }),
        };
      }),
    );
  }

  /** Everything before these positions has been pushed. */
  positions(): ReadonlyMap<string, Position> {
    return new Map(
      this.#splits.flatMap(({ split, position }) => (position === undefined ? [] : [[split.id, position] as const])),
    );
  }

  async commit(positions: ReadonlyMap<string, Position>): Promise<void> {
    if (positions.size === 0) return;
    try {
      await this.#source?.commit?.(positions);
    } catch (error) {
      throw locatedError(error, this.stage.id);
    }
  }

  /** Looks for splits that fell idle by time. */
  async tick(): Promise<void> {
    if (this.#times?.needsListing(this.#host.clock.now()) === true) this.#wakeDiscovery?.();
    if (this.#times?.tick(this.#host.clock.now()) === true) await this.#sendWatermark(undefined);
  }

  /** @throws the first failure, after everything was closed */
  async close(): Promise<void> {
    const closing = [
      ...this.#splits.map(async ({ reader }) => reader?.close()),
      ...(this.#source === undefined ? [] : [this.#source.close()]),
    ];
    const results = await Promise.allSettled(closing);
    const failed = results.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw locatedError(failed.reason, this.stage.id);
  }

  async #createSource(): Promise<Source> {
    const { node } = this;
    const { clock, settings, registered, warn, stopSignal } = this.#host;
    if (node.source.kind === 'registered') {
      const rows = registered.get(node.source.name);
      if (rows === undefined) throw new InternalError(`no rows are registered for table "${node.source.name}"`);
      return registeredSource(rows, { wanted: node.wanted, schema: this.#operator.input, ...settings });
    }
    const { entry } = node.source;
    const module = await entry.load();
    if (module.source === undefined) {
      throw new ConnectorError('CONNECTOR_ROLE', `connector "${entry.name}" cannot be read from`);
    }
    const rowtime = node.watermark === undefined ? undefined : node.outputs[node.watermark.column];
    return module.source({
      table: node.table,
      wanted: node.wanted,
      filter: node.pushed,
      watermarkInputs: rowtime === undefined ? [] : referencedColumns([rowtime]),
      maxBatchRows: settings.maxBatchRows,
      query: this.#host.query(),
      releases: this.stage.releases,
      schema: this.#operator.input,
      metrics: this.stage.metrics,
      now: () => clock.now(),
      signal: stopSignal,
      warn,
    });
  }

  #addSplits(splits: readonly Split[], stored: ReadonlyMap<string, StoredSplit> | undefined): void {
    const times = this.#opened();
    for (const split of splits) {
      const known = stored?.get(split.id);
      const restoredMs = known === undefined ? -Infinity : decodeMs(known.watermark);
      const after = this.#splits.filter((one) => one.phase !== 'ended' && split.after?.includes(one.split.id) === true);
      const index = times.add(
        split,
        after.map((one) => one.index),
      );
      times.advance(index, restoredMs);
      const state: SplitState = {
        split,
        index,
        reader: undefined,
        assigner: undefined,
        from: known?.position,
        restoredMs,
        phase: 'waiting',
        leave: new AbortController(),
        done: Promise.resolve(),
        position: known?.position,
        lagMs: undefined,
        rows: this.stage.metrics.counter(`rows[${split.id}]`),
      };
      this.#splits.push(state);
      this.stage.metrics.gauge(`lagMs[${split.id}]`, () => state.lagMs ?? 0);
    }
  }

  /** Whether all splits before this one have ended. */
  #isReady({ split, phase }: SplitState): boolean {
    return (
      phase === 'waiting' &&
      !this.#splits.some((one) => one.phase !== 'ended' && split.after?.includes(one.split.id) === true)
    );
  }

  async #openReader(state: SplitState): Promise<SplitReader> {
    if (state.reader !== undefined) return state.reader;
    const source = this.#source;
    if (source === undefined) throw new InternalError('the scan is not open');
    try {
      state.reader = await source.openSplit(state.split, state.from);
    } catch (error) {
      throw locatedError(error, this.stage.id, state.split.id);
    }
    const { watermark } = this.node;
    if (watermark !== undefined) {
      const times = this.#opened();
      times.start(state.index);
      const fromMs = Math.max(state.restoredMs, times.watermarkOf(state.index));
      state.assigner = new WatermarkAssigner(watermark, this.#dropped, fromMs);
    }
    return state.reader;
  }

  #startReady(): void {
    for (const state of this.#splits) {
      if (!this.#isReady(state)) continue;
      state.phase = 'reading';
      state.done = this.#track(this.#readSplit(state));
    }
  }

  /** Counts work that the run waits for. The promise returned never rejects. */
  #track(work: Promise<void>): Promise<void> {
    this.#running++;
    return work.then(
      () => {
        if (--this.#running === 0) this.#settle?.resolve();
      },
      (error: unknown) => this.#settle?.reject(error),
    );
  }

  /** Looks for new splits and for splits to give back until reading stops. */
  async #follow(discovery: SplitDiscovery): Promise<void> {
    const { clock, stopSignal, settings } = this.#host;
    const times = this.#opened();
    for (;;) {
      const idlePollMs = Math.max(LEAST_IDLE_POLL_MS, settings.idleTimeoutMs / 2);
      const soon = this.node.watermark !== undefined && settings.idleTimeoutMs >= 0 && times.someIdle;
      await this.#pause(soon ? Math.min(discovery.intervalMs, idlePollMs) : discovery.intervalMs);
      if (stopSignal.aborted) return;
      const listedMs = clock.now();
      try {
        const { added, removed } = await discovery.poll();
        if (stopSignal.aborted) return;
        // At once: a split that turns out to be followed must not end before it is known what follows it.
        this.#addSplits(added, undefined);
        times.listed(listedMs);
        this.#startReady();
        if (removed.length > 0) await this.#giveBack(discovery, removed);
      } catch (error) {
        if (stopSignal.aborted) return;
        throw locatedError(error, this.stage.id);
      }
    }
  }

  async #giveBack(discovery: SplitDiscovery, ids: readonly string[]): Promise<void> {
    const leaving = this.#splits.filter((state) => ids.includes(state.split.id));
    for (const state of leaving) state.leave.abort();
    await Promise.all(leaving.map((state) => state.done));
    if (this.#host.stopSignal.aborted) return;
    // Their rows are flushed and their positions committed by the same barrier.
    if (leaving.length > 0) await this.#host.barrier();
    for (const state of leaving) {
      await state.reader?.close();
      this.#opened().end(state.index);
    }
    this.#splits = this.#splits.filter((state) => !leaving.includes(state));
    await discovery.released?.(ids);
  }

  /** Until the next look for splits, or until somebody needs one. */
  #pause(ms: number): Promise<void> {
    const { clock, stopSignal } = this.#host;
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        stopSignal.removeEventListener('abort', wake);
        this.#wakeDiscovery = undefined;
        resolve();
      };
      const cancel = clock.after(ms, wake);
      this.#wakeDiscovery = wake;
      if (stopSignal.aborted) wake();
      else stopSignal.addEventListener('abort', wake, { once: true });
    });
  }

  #opened(): SplitTimes {
    if (this.#times === undefined) throw new InternalError('the scan is not open');
    return this.#times;
  }

  async #readSplit(state: SplitState): Promise<void> {
    const { stopSignal } = this.#host;
    const stopped = (): boolean => stopSignal.aborted || state.leave.signal.aborted;
    try {
      const reader = await this.#openReader(state);
      let reading = this.#read(reader, state);
      for (;;) {
        const result = await reading;
        if (result === 'stopped') return;
        this.#inFlight += result.rawBytes;
        const more = result.status !== 'end';
        // Read ahead while the chain works, unless too much is under way: then only after this answer is through.
        const ahead = more && this.#inFlight < this.#host.settings.inFlightBytes;
        if (ahead) reading = this.#read(reader, state);
        try {
          await this.#host.exclusive(() => (stopped() ? undefined : this.#deliver(state, result)));
          if (this.stage.releases) result.release?.();
        } finally {
          this.#inFlight -= result.rawBytes;
          for (const wake of this.#room.splice(0)) wake();
        }
        if (stopped()) return;
        if (!more) {
          state.phase = 'ended';
          this.#startReady();
          return;
        }
        if (!ahead) {
          while (this.#inFlight >= this.#host.settings.inFlightBytes) {
            await new Promise<void>((resolve) => this.#room.push(resolve));
          }
          reading = this.#read(reader, state);
        }
      }
    } catch (error) {
      if (stopped()) return;
      throw locatedError(error, this.stage.id, state.split.id);
    }
  }

  /** One read; a stop wins over it, and what the reader does after a stop no longer matters. */
  #read(reader: SplitReader, state: SplitState): Promise<ReadResult | 'stopped'> {
    const signals = [this.#host.stopSignal, state.leave.signal];
    if (signals.some((signal) => signal.aborted)) return Promise.resolve('stopped');
    const result = new Promise<ReadResult | 'stopped'>((resolve, reject) => {
      const stop = (): void => resolve('stopped');
      for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
      reader
        .read()
        .then(resolve, (error: unknown) => {
          if (signals.some((signal) => signal.aborted)) resolve('stopped');
          else reject(error instanceof Error ? error : new InternalError(String(error)));
        })
        .finally(() => {
          for (const signal of signals) signal.removeEventListener('abort', stop);
        });
    });
    // A read ahead may fail while the chain still works on the answer before it.
    result.catch(() => undefined);
    return result;
  }

  async #deliver(state: SplitState, result: ReadResult): Promise<void> {
    const { stage } = this;
    const { index } = state;
    const times = this.#opened();
    const now = this.#host.clock.now();
    const serverMs = result.serverTimeMs ?? now;
    if (result.batches.some((batch) => batch.rowCount > 0)) times.data(index, serverMs);
    for (const raw of result.batches) {
      stage.countRead(raw.size);
      state.rows.add(raw.rowCount);
      const batch = this.#operator.project(raw);
      if (state.assigner === undefined) {
        const pending = stage.emit(batch);
        if (pending !== undefined) await pending;
        continue;
      }
      for (const part of state.assigner.assign(batch)) {
        const pending = stage.emit(part.batch);
        if (pending !== undefined) await pending;
        times.advance(index, part.watermarkMs);
        const sending = this.#sendWatermark(undefined);
        if (sending !== undefined) await sending;
      }
    }
    state.position = result.position;
    state.lagMs = result.lagMs;
    this.rawBytes += result.rawBytes;
    times.answered(index, result.status, now);
    await this.#sendWatermark(serverMs);
  }

  /** Sends the watermark of all splits where it moved, and `idle` where all of them are. */
  #sendWatermark(serverMs: number | undefined): void | Promise<void> {
    const times = this.#times;
    if (times === undefined || this.node.watermark === undefined) return undefined;
    const value = times.value(serverMs);
    const idle = times.allIdle;
    // The end of all splits is told once, by the task.
    const moved = value > this.#sentMs && value !== Infinity;
    if (moved) this.#sentMs = value;
    const tellIdle = idle && (moved || !this.#sentIdle);
    this.#sentIdle = idle;
    if (moved && tellIdle) {
      return Promise.resolve(this.stage.push({ kind: 'watermark', atMs: value })).then(() =>
        this.stage.push({ kind: 'watermark', atMs: 'idle' }),
      );
    }
    if (moved) return this.stage.push({ kind: 'watermark', atMs: value });
    if (tellIdle) return this.stage.push({ kind: 'watermark', atMs: 'idle' });
    return undefined;
  }
}
