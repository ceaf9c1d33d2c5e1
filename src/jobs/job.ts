import type { Batch } from '../columnar/batch.ts';
import type { MemorySnapshot } from '../runtime/state/memory-snapshot.ts';
import type { JobMetrics } from './metrics.ts';

export type JobStatus = 'running' | 'finished' | 'stopped' | 'failed';

/** A running job, from its start on. */
export interface JobHandle {
  readonly name: string;
  readonly status: JobStatus;
  /** Sources and sinks are open; rejects with what `done` rejects with. */
  readonly started: Promise<void>;
  /**
   * Settles when everything is closed. @throws SluiceError the failure of the job; JOB_CANCELLED after a forced stop.
   * A failure that nobody awaits is no unhandled rejection.
   */
  readonly done: Promise<void>;
  /**
   * The batches of a plan with a `collect` root, each under the schema of that root; undefined for others. One reader.
   * It must be read (or left by `return`), because the job waits for it. Throws what `done` throws.
   */
  readonly results: AsyncIterableIterator<Batch, undefined> | undefined;
  /** First call: stops reading, flushes, commits, closes. Second call: ends at once. Resolves when closed; never throws. */
  stop(): Promise<void>;
  metrics(): JobMetrics;
  /** Lets a barrier pass and returns the state at it, sources' positions included. */
  snapshot(): Promise<MemorySnapshot>;
}
