import type { RegisteredRows } from '../contracts/registered.ts';
import type { StateReader } from '../contracts/state.ts';
import { InternalError, SluiceError } from '../errors/sluice-error.ts';
import type { PhysicalPlan } from '../planner/physical/plan.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { CollectQueue } from '../runtime/collect-queue.ts';
import type { MemorySnapshot } from '../runtime/state/memory-snapshot.ts';
import { Task, type TaskSettings } from '../runtime/task.ts';
import type { JobHandle, JobStatus } from './job.ts';
import { readMetrics, type JobMetrics } from './metrics.ts';

export type JobSettings = TaskSettings;

export const defaultJobSettings: JobSettings = {
  checkpointIntervalMs: 10_000,
  idleTimeoutMs: 10_000,
  idleAdvance: true,
  emptyGraceMs: 0,
  maxBatchRows: 4096,
  inFlightBytes: 64 << 20,
};

export interface JobOptions {
  readonly plan: PhysicalPlan;
  readonly name: string;
  readonly settings?: Partial<JobSettings>;
  readonly clock?: Clock;
  /** A line on stderr. */
  readonly warn?: (message: string) => void;
  /** Rows of `registered` tables by table name. */
  readonly registeredSources?: ReadonlyMap<string, RegisteredRows>;
  readonly restoreFrom?: StateReader;
  /** Makes the snapshot of each barrier durable; with it sources may commit although there is keyed state (D7). */
  readonly persist?: (snapshot: MemorySnapshot) => Promise<void>;
}

/** Batches that wait for the reader of a query before the job waits. */
const COLLECTED_BATCHES = 8;

/** Starts a plan. Everything that goes wrong, also while opening, ends in `done`. */
export function startJob(options: JobOptions): JobHandle {
  return new Job(options);
}

class Job implements JobHandle {
  readonly name: string;
  readonly started: Promise<void>;
  readonly done: Promise<void>;
  readonly results: CollectQueue | undefined;
  readonly #task: Task;
  readonly #queue: CollectQueue;
  readonly #options: JobOptions;
  #status: JobStatus = 'running';
  #stopping = false;
  /** Rejects at the first stop: what still connects is not waited for, since nothing was read or written yet. */
  readonly #halted: Promise<never>;
  #halt: (reason: SluiceError) => void = () => {};

  constructor(options: JobOptions) {
    const { plan, settings, clock, warn, registeredSources, restoreFrom, persist } = options;
    this.name = options.name;
    this.#options = options;
    this.#queue = new CollectQueue(COLLECTED_BATCHES, () => void this.stop());
    this.results = plan.roots.some((root) => root.kind === 'collect') ? this.#queue : undefined;
    this.#task = new Task(plan, {
      settings: { ...defaultJobSettings, ...settings },
      clock: clock ?? systemClock,
      registered: registeredSources ?? new Map<string, RegisteredRows>(),
      queue: this.#queue,
      warn: warn ?? (() => {}),
      restoreFrom,
      persist,
    });
    this.#halted = new Promise<never>((_, reject) => (this.#halt = reject));
    this.#halted.catch(() => undefined);
    this.started = this.#open();
    this.done = this.#run();
    this.started.catch(() => undefined);
    this.done.catch(() => undefined);
  }

  get status(): JobStatus {
    return this.#status;
  }

  async stop(): Promise<void> {
    if (this.#stopping) this.#task.abort();
    else this.#task.stop();
    this.#stopping = true;
    this.#halt(new SluiceError('JOB_CANCELLED', 'the job was stopped while it connected', { domain: 'external' }));
    await this.done.catch(() => undefined);
  }

  metrics(): JobMetrics {
    return readMetrics(this.#task);
  }

  async snapshot(): Promise<MemorySnapshot> {
    await this.started;
    return this.#task.snapshot();
  }

  async #open(): Promise<void> {
    const { plan, warn, persist } = this.#options;
    for (const line of plan.warnings) warn?.(line);
    try {
      await Promise.race([this.#task.open(), this.#halted]);
    } catch (error) {
      throw this.#named(error);
    }
    if (persist === undefined && this.#task.keyed && this.#task.commits) {
      warn?.(
        `job "${this.name}" keeps state by key and has no durable checkpoints: progress of consumer groups is not stored`,
      );
    }
  }

  async #run(): Promise<void> {
    try {
      try {
        const outcome = (await this.#opened()) ? await this.#task.run() : 'stopped';
        await this.#task.close();
        this.#status = outcome === 'ended' ? 'finished' : 'stopped';
      } catch (error) {
        this.#task.abort();
        // The failure that ended the job is the one to report, not what closing stumbles over afterwards.
        await this.#task.close().catch(() => undefined);
        throw error;
      }
      this.#queue.finish();
    } catch (error) {
      const failure = this.#named(error);
      this.#status = failure.code === 'JOB_CANCELLED' ? 'stopped' : 'failed';
      this.#queue.finish({ error: failure });
      throw failure;
    }
  }

  /** False when a stop came while connections were still being made and ended the making of them. */
  async #opened(): Promise<boolean> {
    try {
      await this.started;
      return true;
    } catch (error) {
      if (this.#stopping && !this.#task.givenUp) return false;
      throw error;
    }
  }

  /** The failure with the job in front of its place. */
  #named(error: unknown): SluiceError {
    const known = error instanceof SluiceError ? error : new InternalError(String(error), { cause: error });
    return known.where[0] === this.name ? known : known.withWhere(this.name);
  }
}
