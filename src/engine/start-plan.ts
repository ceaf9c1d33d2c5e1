import type { Batch } from '../columnar/batch.ts';
import type { RegisteredRows } from '../contracts/registered.ts';
import { startJob } from '../jobs/runner.ts';
import type { JobHandle, JobStatus } from '../jobs/job.ts';
import type { PhysicalPlan } from '../planner/physical/plan.ts';
import type { Session } from '../planner/session.ts';
import type { OperatorMetricsRow, Progress } from './api.ts';
import { droppedRowsWarnings } from './dropped-rows.ts';

/** What a plan needs of the engine when it starts. */
export interface StartContext {
  readonly session: Session;
  readonly registered: ReadonlyMap<string, RegisteredRows>;
  readonly maxBatchRows: number;
  readonly warn: (line: string) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** A started plan as queries and jobs see it. */
export interface StartedPlan {
  readonly status: JobStatus;
  readonly done: Promise<void>;
  /** The changes of a query; leaving the iteration stops it. */
  readonly results: AsyncIterableIterator<Batch, undefined> | undefined;
  /** A clean stop; calling it again waits for the same stop. */
  stop(): Promise<void>;
  /** Ends at once, without flushing. */
  abort(): Promise<void>;
  metrics(): readonly OperatorMetricsRow[];
  progress(): Progress;
}

const PROGRESS_MS = 500;
/** Longer than producers keep their first rows (2 s by default) and a shard at its end is left alone (0.5 s). */
const EMPTY_GRACE_MS = 3000;

/** A query: somebody waits for its rows. */
function handsOut(plan: PhysicalPlan): boolean {
  return plan.roots.some((root) => root.kind === 'collect');
}

/**
 * Starts a plan and waits until its sources and sinks are open.
 * @param signal stops it, also while it still connects; the plan then is a stopped one
 * @throws SluiceError what opening them throws
 */
export async function startPlan(
  plan: PhysicalPlan,
  name: string,
  context: StartContext,
  signal?: AbortSignal,
): Promise<StartedPlan> {
  const { session, onProgress } = context;
  const startedMs = performance.now();
  const handle = startJob({
    plan,
    name,
    warn: context.warn,
    registeredSources: context.registered,
    settings: {
      checkpointIntervalMs: session.int('blink.checkpoint.interval.ms') ?? 10_000,
      idleTimeoutMs: session.int('sql.exec.source.idle.timeout.ms') ?? 10_000,
      idleAdvance: session.flag('sql.exec.source.idle.advance'),
      emptyGraceMs: handsOut(plan) ? 0 : EMPTY_GRACE_MS,
      maxBatchRows: context.maxBatchRows,
    },
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= handle.status === 'running' ? handle.stop() : Promise.resolve());
  await startedOrStopped(handle, signal, stop);
  const progress = (): Progress => {
    const { rows, rawBytes, watermarkMs, lagMs, lateRows } = handle.metrics();
    return { rows, bytes: rawBytes, elapsedMs: performance.now() - startedMs, watermarkMs, lagMs, lateRows };
  };
  if (onProgress !== undefined) {
    const timer = setInterval(() => onProgress(progress()), PROGRESS_MS);
    timer.unref();
    const ended = (): void => {
      clearInterval(timer);
      onProgress(progress());
    };
    handle.done.then(ended, ended);
  }
  handle.done.then(
    () => {
      for (const line of droppedRowsWarnings(handle.metrics().operators)) context.warn(line);
    },
    () => undefined,
  );
  return {
    get status() {
      return handle.status;
    },
    done: handle.done,
    results: handle.results,
    stop,
    abort: async () => {
      void handle.stop();
      await handle.stop();
    },
    metrics: () => handle.metrics().operators.map(({ id, kind, values }) => ({ id, kind, metrics: values })),
    progress,
  };
}

async function startedOrStopped(
  handle: JobHandle,
  signal: AbortSignal | undefined,
  stop: () => Promise<void>,
): Promise<void> {
  const onAbort = (): void => void stop();
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await handle.started;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    await handle.done;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
