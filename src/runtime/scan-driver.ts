import type { Position, ReadResult, Source, Split, SplitDiscovery, SplitReader } from '../contracts/connector.ts';
import type { Counter } from '../contracts/operator.ts';
import type { StateReader, StateWriter } from '../contracts/state.ts';
import { InternalError } from '../errors/sluice-error.ts';
import type { ScanExec } from '../planner/physical/plan.ts';
import type { Stage } from './chain.ts';
import { decodeMs, encodeMs } from './epoch-json.ts';
import { locatedError } from './located-error.ts';
import { ScanOperator } from './operators/scan-operator.ts';
import { Pause } from './pause.ts';
import type { ScanHost } from './scan-host.ts';
import { createScanSource } from './scan-source.ts';
import { InFlight, readSplit, untilStopped } from './split-reading.ts';
import { SplitTimes } from './split-times.ts';
import { WatermarkAssigner } from './watermark.ts';

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
  /** Between two looks for splits. */
  readonly #pause: Pause;
  readonly #inFlight: InFlight;
  /** The watermark sent; it never moves back, not even over a restart. */
  #sentMs = -Infinity;
  #sentIdle = false;
  /** Whether answers say what time it is where they come from. */
  #tellsTime = false;
  #closed = false;
  rawBytes = 0;

  constructor(node: ScanExec, stage: Stage, host: ScanHost) {
    if (!(stage.operator instanceof ScanOperator)) throw new InternalError('a scan needs its operator');
    this.node = node;
    this.stage = stage;
    this.#operator = stage.operator;
    this.#host = host;
    this.#pause = new Pause(host.clock, host.stopSignal);
    this.#inFlight = new InFlight(host.settings.inFlightBytes);
    this.#dropped = stage.metrics.counter('nullRowtime');
  }

  get lagMs(): number | undefined {
    const known = this.#splits.flatMap((one) => (one.lagMs === undefined ? [] : [one.lagMs]));
    return known.length === 0 ? undefined : Math.max(...known);
  }

  get canIdle(): boolean {
    const { watermark } = this.node;
    return watermark !== undefined && (this.#splits.some((one) => one.split.canIdle) || this.#discovers);
  }

  /** Whether further splits may come, which then can be idle. */
  get #discovers(): boolean {
    return this.#source?.discovery !== undefined;
  }

  get commits(): boolean {
    return this.#source?.commit !== undefined;
  }

  async open(restored: StateReader | undefined): Promise<void> {
    try {
      this.#source = await createScanSource(this.node, this.stage, this.#operator.input, this.#host);
      const stored =
        restored === undefined
          ? undefined
          : new Map(((restored.getJson('splits') ?? []) as StoredSplit[]).map((one) => [one.id, one] as const));
      const positions = stored && new Map([...stored].map(([id, { position }]) => [id, position] as const));
      const listedMs = this.#host.clock.elapsed();
      const splits = await this.#source.open(positions);
      this.#sentMs = restored === undefined ? -Infinity : decodeMs(restored.getJson('sent'));
      this.#times = new SplitTimes([], this.#host.settings);
      if (this.#source.discovery !== undefined) this.#times.listed(listedMs);
      this.#addSplits(splits, stored);
      for (const state of this.#splits) if (this.#isReady(state) && !this.#closed) await this.#openReader(state);
    } catch (error) {
      throw locatedError(error, this.stage.id);
    } finally {
      // The job was stopped while this waited; what was opened since then would stay open.
      if (this.#closed) await this.#closeAll();
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
    const now = this.#host.clock.elapsed();
    if (this.#times?.needsListing(now) === true) this.#pause.wake();
    if (this.#times?.tick(now) === true) await this.#sendWatermark(undefined);
  }

  /** @throws the first failure, after everything was closed */
  close(): Promise<void> {
    this.#closed = true;
    return this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    const closing = [...this.#splits.map(closeReader), ...(this.#source === undefined ? [] : [this.#source.close()])];
    const results = await Promise.allSettled(closing);
    const failed = results.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw locatedError(failed.reason, this.stage.id);
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
    let reader: SplitReader;
    try {
      reader = await source.openSplit(state.split, state.from);
    } catch (error) {
      throw locatedError(error, this.stage.id, state.split.id);
    }
    state.reader = reader;
    if (this.#closed) await closeReader(state);
    const { watermark } = this.node;
    if (watermark !== undefined) {
      const times = this.#opened();
      times.start(state.index);
      const fromMs = Math.max(state.restoredMs, times.watermarkOf(state.index));
      state.assigner = new WatermarkAssigner(watermark, this.#dropped, fromMs);
    }
    return reader;
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
      await this.#pause.wait(soon ? Math.min(discovery.intervalMs, idlePollMs) : discovery.intervalMs);
      if (stopSignal.aborted) return;
      const listedMs = clock.elapsed();
      try {
        const changes = await untilStopped(() => discovery.poll(), [stopSignal]);
        if (changes === 'stopped' || stopSignal.aborted) return;
        const { added, removed } = changes;
        // At once: a split that turns out to be followed must not end before it is known what follows it.
        this.#addSplits(added, undefined);
        if (changes.unknown !== true) times.listed(listedMs);
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
      await closeReader(state);
      this.#opened().end(state.index);
    }
    this.#splits = this.#splits.filter((state) => !leaving.includes(state));
    await untilStopped(() => discovery.released?.(ids), [this.#host.stopSignal]);
  }

  #opened(): SplitTimes {
    if (this.#times === undefined) throw new InternalError('the scan is not open');
    return this.#times;
  }

  async #readSplit(state: SplitState): Promise<void> {
    const signals = [this.#host.stopSignal, state.leave.signal];
    const stopped = (): boolean => signals.some((signal) => signal.aborted);
    try {
      const reader = await untilStopped(() => this.#openReader(state), [this.#host.stopSignal]);
      if (reader === 'stopped') return;
      const end = await readSplit(reader, signals, this.#inFlight, async (result) => {
        await this.#host.exclusive(() => (stopped() ? undefined : this.#deliver(state, result)));
        if (this.stage.releases) result.release?.();
      });
      if (end === 'stopped') return;
      state.phase = 'ended';
      this.#startReady();
    } catch (error) {
      if (stopped()) return;
      throw locatedError(error, this.stage.id, state.split.id);
    }
  }

  async #deliver(state: SplitState, result: ReadResult): Promise<void> {
    const { stage } = this;
    const { index } = state;
    const times = this.#opened();
    const { clock } = this.#host;
    this.#tellsTime ||= result.serverTimeMs !== undefined;
    // Of one source all times are of one clock.
    const serverMs = result.serverTimeMs ?? (this.#tellsTime ? undefined : clock.elapsed());
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
    times.answered(index, result.status, clock.elapsed());
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

/** Once. */
async function closeReader(state: SplitState): Promise<void> {
  const { reader } = state;
  state.reader = undefined;
  await reader?.close();
}
