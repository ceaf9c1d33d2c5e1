import { setMaxListeners } from 'node:events';
import type { RegisteredRows } from '../contracts/registered.ts';
import type { StateReader } from '../contracts/state.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { PhysicalNode, PhysicalPlan } from '../planner/physical/plan.ts';
import { Stage, type ChainState } from './chain.ts';
import type { Clock } from './clock.ts';
import type { CollectQueue } from './collect-queue.ts';
import { inputsOf, withoutExchange } from './exchange.ts';
import { createOperator, keyedKinds } from './operators/table.ts';
import { ScanDriver } from './scan-driver.ts';
import type { ScanSettings } from './scan-host.ts';
import { Serial } from './serial.ts';
import { MemorySnapshot } from './state/memory-snapshot.ts';

export interface TaskSettings extends ScanSettings {
  /** Time between barriers. */
  readonly checkpointIntervalMs: number;
}

export interface TaskOptions {
  readonly settings: TaskSettings;
  readonly clock: Clock;
  readonly registered: ReadonlyMap<string, RegisteredRows>;
  readonly queue: CollectQueue;
  readonly warn: (message: string) => void;
  readonly restoreFrom: StateReader | undefined;
  /** Makes the snapshot of each barrier durable; with it sources may commit although there is keyed state (D7). */
  readonly persist: ((snapshot: MemorySnapshot) => Promise<void>) | undefined;
}

/** How late a timer of a stage may be when the wall clock was set forwards. */
const LOOK_AGAIN_MS = 60_000;

/** How long a source that never waits may keep timers and sockets of the process from running. */
const YIELD_AFTER_MS = 20;

/**
 * Runs one plan: builds its chains, reads its sources, lets barriers pass and closes everything again. All work inside
 * the chains is done one message after the other.
 */
export class Task {
  readonly stages: readonly Stage[];
  readonly scans: readonly ScanDriver[];
  readonly #values: readonly Stage[];
  readonly #options: TaskOptions;
  readonly #chain: ChainState = { writer: undefined, childMs: 0 };
  readonly #serial = new Serial();
  /** Barriers with their commits, one after the other. */
  readonly #barriers = new Serial();
  readonly #stopReading = new AbortController();
  readonly #giveUp = new AbortController();
  readonly #timers = new Set<() => void>();
  /** Sources that have ended. */
  readonly #ended = new Set<Stage>();
  #barrierId = 0;
  #yieldedAt = performance.now();
  #closing = false;
  /** Rejects when the job is given up or something outside of the chains fails. */
  readonly #failed: Promise<never>;
  #fail: (error: unknown) => void = () => {};

  constructor(plan: PhysicalPlan, options: TaskOptions) {
    this.#options = options;
    // One listener a split and one a request.
    setMaxListeners(0, this.#stopReading.signal, this.#giveUp.signal);
    this.#failed = new Promise<never>((_, reject) => (this.#fail = reject));
    this.#failed.catch(() => undefined);
    this.#giveUp.signal.addEventListener('abort', () => this.#fail(cancelled()), { once: true });
    const scans: ScanDriver[] = [];
    const values: Stage[] = [];
    const built = new Map<PhysicalNode, Stage>();
    const isQuery = plan.roots.every((root) => root.kind === 'collect');
    const build = (given: PhysicalNode): Stage => {
      const node = withoutExchange(given);
      const known = built.get(node);
      if (known !== undefined) return known;
      const inputs = inputsOf(node).map(build);
      const operator = createOperator(node, {
        signal: this.#giveUp.signal,
        unwanted: isQuery ? this.#stopReading.signal : this.#giveUp.signal,
        queue: options.queue,
        registered: options.registered,
      });
      const stage = new Stage(node, operator, this.#chain, inputs.length);
      built.set(node, stage);
      inputs.forEach((input, i) => input.connect(stage, i));
      if (node.kind === 'scan') scans.push(new ScanDriver(node, stage, this.#host()));
      if (node.kind === 'values') values.push(stage);
      return stage;
    };
    plan.roots.forEach(build);
    this.stages = [...built.values()];
    this.scans = scans;
    this.#values = values;
  }

  /** Whether a failure loses state that consumer-group progress must not run ahead of. */
  get keyed(): boolean {
    return this.stages.some((stage) => keyedKinds.has(stage.kind));
  }

  /** Whether a source has progress to store: never a query's, whose rows reach no sink and perhaps no reader. */
  get commits(): boolean {
    return this.scans.some((scan) => scan.commits) && !this.stages.some((stage) => stage.kind === 'collect');
  }

  get givenUp(): boolean {
    return this.#giveUp.signal.aborted;
  }

  /** Connects everything and fills restored state. Call `run` or `close` afterwards. */
  async open(): Promise<void> {
    await Promise.race([this.#openAll(), this.#failed]);
  }

  async #openAll(): Promise<void> {
    const { clock, warn, restoreFrom } = this.#options;
    const now = (): number => clock.now();
    // Sinks first: a target that cannot be written is known before anything is read.
    for (const stage of this.stages) {
      // The job may be given up while this waits; nothing is opened after that.
      if (this.#closing) return;
      try {
        await stage.open({ now, warn, setTimer: (atMs) => this.#setTimer(stage, atMs) });
      } finally {
        // What was opened after everything was closed would stay open.
        if (this.#closing) await stage.operator.close?.();
      }
      if (restoreFrom !== undefined) stage.operator.restore?.(restoreFrom.scope(stage.id));
    }
    for (const scan of this.scans) {
      if (this.#closing) return;
      await scan.open(restoreFrom?.scope(scan.node.id).scope('source'));
    }
  }

  /** Runs to the end of all input or to a stop; `ended` tells which. Does not close. */
  async run(): Promise<'ended' | 'stopped'> {
    const work = this.#work();
    // When the job is given up, what still runs fails on its own and is not waited for.
    work.catch(() => undefined);
    return Promise.race([work, this.#failed]);
  }

  /** Ends reading; `run` then lets a last barrier pass. */
  stop(): void {
    this.#stopReading.abort();
    this.#options.queue.release();
  }

  /** Ends at once, without a barrier. */
  abort(): void {
    this.#giveUp.abort();
    this.stop();
  }

  /** Lets a barrier pass and returns the state at it. */
  async snapshot(): Promise<MemorySnapshot> {
    const snapshot = new MemorySnapshot();
    await this.#barriers.run(() => this.#barrier(snapshot));
    return snapshot;
  }

  /** Closes sources and sinks on every path. @throws the first failure after all were closed */
  async close(): Promise<void> {
    this.#closing = true;
    this.#stopReading.abort();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    const results = await Promise.allSettled([
      ...this.scans.map((scan) => scan.close()),
      ...this.stages.map(async (stage) => stage.operator.close?.()),
    ]);
    const failed = results.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #work(): Promise<'ended' | 'stopped'> {
    this.#startTimers();
    for (const stage of this.#values) {
      if (!this.#stopReading.signal.aborted) await this.#exclusive(() => this.#endInput(stage));
    }
    const results = await Promise.all(
      this.scans.map(async (scan) => {
        const ended = await scan.run();
        if (ended) await this.#exclusive(() => this.#endInput(scan.stage));
        return ended;
      }),
    );
    const ended = results.every(Boolean);
    await this.#barriers.run(() => (ended ? this.#commit(this.#positions()) : this.#barrier(undefined)));
    return ended ? 'ended' : 'stopped';
  }

  /** The end of a source: no event time is outstanding any more. */
  async #endInput(stage: Stage): Promise<void> {
    this.#ended.add(stage);
    if (this.#values.includes(stage)) {
      await stage.receive({ kind: 'watermark', atMs: Infinity }, 0);
    } else {
      await stage.push({ kind: 'watermark', atMs: Infinity });
    }
    await stage.push({ kind: 'end' });
  }

  async #barrier(wanted: MemorySnapshot | undefined): Promise<void> {
    const { persist } = this.#options;
    const snapshot = wanted ?? (persist === undefined ? undefined : new MemorySnapshot());
    const positions = await this.#exclusive(async () => {
      const id = ++this.#barrierId;
      this.#chain.writer = snapshot?.writer;
      try {
        for (const scan of this.scans) {
          if (snapshot !== undefined) scan.snapshot(snapshot.writer.scope(scan.node.id).scope('source'));
        }
        for (const stage of [...this.#values, ...this.scans.map((scan) => scan.stage)]) {
          if (!this.#ended.has(stage)) await stage.receive({ kind: 'barrier', id }, 0);
          else if (snapshot !== undefined) this.#snapshotEnded(stage, snapshot);
        }
      } finally {
        this.#chain.writer = undefined;
      }
      return this.#positions();
    });
    if (snapshot !== undefined) await persist?.(snapshot);
    await this.#commit(positions);
  }

  /** Stages behind ended inputs alone see no barrier; their state is taken all the same. */
  #snapshotEnded(stage: Stage, snapshot: MemorySnapshot): void {
    stage.operator.snapshot?.(snapshot.writer.scope(stage.id));
    for (const next of stage.next) if (next.ended) this.#snapshotEnded(next, snapshot);
  }

  #positions(): readonly ReadonlyMap<string, string>[] {
    return this.scans.map((scan) => scan.positions());
  }

  /** Law 5: only after a barrier is through; never ahead of keyed state that is not durable (D7). */
  async #commit(positions: readonly ReadonlyMap<string, string>[]): Promise<void> {
    if (!this.commits || (this.keyed && this.#options.persist === undefined)) return;
    for (const [i, scan] of this.scans.entries()) await scan.commit(positions[i]!);
  }

  #host(): ConstructorParameters<typeof ScanDriver>[2] {
    const { clock, settings, registered, warn } = this.#options;
    return {
      clock,
      settings,
      registered,
      warn,
      stopSignal: this.#stopReading.signal,
      exclusive: (work) => this.#exclusive(work),
      query: () => this.stages.some((stage) => stage.kind === 'collect'),
      barrier: () => this.#barriers.run(() => this.#barrier(undefined)),
    };
  }

  #exclusive<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#serial.run(async () => {
      const result = await work();
      if (performance.now() - this.#yieldedAt > YIELD_AFTER_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        this.#yieldedAt = performance.now();
      }
      return result;
    });
  }

  #startTimers(): void {
    const { checkpointIntervalMs, idleTimeoutMs } = this.#options.settings;
    if (checkpointIntervalMs > 0) {
      this.#repeat(checkpointIntervalMs, () => this.#barriers.run(() => this.#barrier(undefined)));
    }
    if (idleTimeoutMs < 0 || !this.scans.some((scan) => scan.canIdle)) return;
    this.#repeat(Math.min(1000, Math.max(10, idleTimeoutMs / 4)), async () => {
      for (const scan of this.scans) await this.#exclusive(() => scan.tick());
    });
  }

  #repeat(everyMs: number, run: () => Promise<void>): void {
    this.#after(everyMs, () => {
      run().then(
        () => this.#repeat(everyMs, run),
        (error: unknown) => this.#fail(error),
      );
    });
  }

  /**
   * A timer of the clock may come early: Node's comes up to a millisecond before the wall clock is there, and the wall
   * clock may be set back. A stage never sees that: it would take its timer for still to come, and wait for ever. The
   * wall clock may also be set forwards, or go on while the machine sleeps: so it is looked at every minute.
   */
  #setTimer(stage: Stage, atMs: number): void {
    this.#after(Math.min(atMs - this.#options.clock.now(), LOOK_AGAIN_MS), () => {
      const nowMs = this.#options.clock.now();
      if (nowMs < atMs) this.#setTimer(stage, atMs);
      else this.#exclusive(() => stage.onTimer(nowMs)).catch((error: unknown) => this.#fail(error));
    });
  }

  #after(delayMs: number, run: () => void): void {
    if (this.#closing) return;
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      if (!this.#closing && !this.#stopReading.signal.aborted) run();
    });
    this.#timers.add(cancel);
  }
}

function cancelled(): SluiceError {
  return new SluiceError('JOB_CANCELLED', 'the job was stopped before its last results were written');
}
