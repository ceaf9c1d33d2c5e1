import type { Job, JobStatus, OperatorMetricsRow, Progress } from './api.ts';
import type { StartedPlan } from './start-plan.ts';

/** A started job as its owner sees it. */
export class RunningJob implements Job {
  readonly name: string;
  readonly #plan: StartedPlan;

  constructor(name: string, plan: StartedPlan) {
    this.name = name;
    this.#plan = plan;
  }

  get status(): JobStatus {
    return this.#plan.status;
  }

  get done(): Promise<void> {
    return this.#plan.done;
  }

  metrics(): readonly OperatorMetricsRow[] {
    return this.#plan.metrics();
  }

  progress(): Progress {
    return this.#plan.progress();
  }

  stop(): Promise<void> {
    return this.#plan.stop();
  }
}
