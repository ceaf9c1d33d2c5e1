import { ApiError } from '../api-error.ts';
import type { QuotaLimits } from './quota-limits.ts';

/** Refuses calls above the limits as the real service does. One that is let through may overdraw: the next ones wait. */
export class QuotaGuard {
  readonly #limits: QuotaLimits;
  readonly #now: () => number;
  readonly #shards = new WeakMap<object, Usage>();
  readonly #projects = new Map<string, Usage>();

  /** @param now epoch milliseconds */
  constructor(limits: QuotaLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * A write of so many raw bytes into a shard.
   * @throws ApiError WriteQuotaExceed, ShardWriteQuotaExceed
   */
  write(project: string, shard: object, rawBytes: number): void {
    const nowMs = this.#now();
    const ofProject = this.#ofProject(project);
    const ofShard = this.#ofShard(shard);
    if (ofProject.writes.isEmpty(nowMs)) throw exceeded('WriteQuotaExceed', 'Project write quota exceed: qps');
    if (ofProject.writeBytes.isEmpty(nowMs)) throw exceeded('WriteQuotaExceed', 'Project write quota exceed: inflow');
    if (ofShard.writes.isEmpty(nowMs) || ofShard.writeBytes.isEmpty(nowMs)) {
      throw exceeded('ShardWriteQuotaExceed', 'shard write quota exceed, please split shard');
    }
    for (const usage of [ofProject, ofShard]) {
      usage.writes.take(1);
      usage.writeBytes.take(rawBytes);
    }
  }

  /**
   * A pull from a shard, before it is known how much there is.
   * @returns takes the raw bytes into account
   * @throws ApiError ReadQuotaExceed, ShardReadQuotaExceed
   */
  read(project: string, shard: object): (rawBytes: number) => void {
    const nowMs = this.#now();
    const ofProject = this.#ofProject(project);
    const ofShard = this.#ofShard(shard);
    if (ofProject.reads.isEmpty(nowMs)) throw exceeded('ReadQuotaExceed', 'Project read quota exceed: qps');
    if (ofProject.readBytes.isEmpty(nowMs)) throw exceeded('ReadQuotaExceed', 'Project read quota exceed: outflow');
    if (ofShard.reads.isEmpty(nowMs) || ofShard.readBytes.isEmpty(nowMs)) {
      throw exceeded('ShardReadQuotaExceed', 'shard read qps/bytes exceed quota limits');
    }
    for (const usage of [ofProject, ofShard]) usage.reads.take(1);
    return (rawBytes) => {
      for (const usage of [ofProject, ofShard]) usage.readBytes.take(rawBytes);
    };
  }

  #ofShard(shard: object): Usage {
    let usage = this.#shards.get(shard);
    if (usage === undefined) {
      const { shardReadsPerSec, shardReadBytesPerSec, shardWritesPerSec, shardWriteBytesPerSec } = this.#limits;
      usage = usageOf(shardReadsPerSec, shardReadBytesPerSec, shardWritesPerSec, shardWriteBytesPerSec);
      this.#shards.set(shard, usage);
    }
    return usage;
  }

  #ofProject(project: string): Usage {
    let usage = this.#projects.get(project);
    if (usage === undefined) {
      const { projectReadsPerSec, projectReadBytesPerSec, projectWritesPerSec, projectWriteBytesPerSec } = this.#limits;
      usage = usageOf(projectReadsPerSec, projectReadBytesPerSec, projectWritesPerSec, projectWriteBytesPerSec);
      this.#projects.set(project, usage);
    }
    return usage;
  }
}

interface Usage {
  readonly reads: Allowance;
  readonly readBytes: Allowance;
  readonly writes: Allowance;
  readonly writeBytes: Allowance;
}

function usageOf(reads?: number, readBytes?: number, writes?: number, writeBytes?: number): Usage {
  return {
    reads: new Allowance(reads),
    readBytes: new Allowance(readBytes),
    writes: new Allowance(writes),
    writeBytes: new Allowance(writeBytes),
  };
}

/** What may be used up at once is one second's worth; it fills evenly. */
class Allowance {
  readonly #perSec: number;
  #left: number;
  #asOfMs = -Infinity;

  constructor(perSec: number | undefined) {
    this.#perSec = perSec ?? Infinity;
    this.#left = this.#perSec;
  }

  isEmpty(nowMs: number): boolean {
    if (this.#perSec === Infinity) return false;
    const grown = this.#asOfMs === -Infinity ? 0 : (Math.max(0, nowMs - this.#asOfMs) / 1000) * this.#perSec;
    this.#left = Math.min(this.#perSec, this.#left + grown);
    this.#asOfMs = nowMs;
    return this.#left <= 0;
  }

  take(amount: number): void {
    this.#left -= amount;
  }
}

function exceeded(code: string, message: string): ApiError {
  return new ApiError(403, code, message);
}
