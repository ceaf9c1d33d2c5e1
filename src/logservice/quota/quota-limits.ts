import { suggest } from '../../errors/suggest.ts';
import { SluiceError } from '../../errors/sluice-error.ts';

/** Bytes are raw ones; a limit that is absent does not hold. */
export interface QuotaLimits {
  readonly shardReadBytesPerSec?: number | undefined;
  readonly shardReadsPerSec?: number | undefined;
  readonly shardWriteBytesPerSec?: number | undefined;
  readonly shardWritesPerSec?: number | undefined;
  readonly projectReadBytesPerSec?: number | undefined;
  readonly projectReadsPerSec?: number | undefined;
  readonly projectWriteBytesPerSec?: number | undefined;
  readonly projectWritesPerSec?: number | undefined;
}

const MB = 1_000_000;

/** @source sls-protocol, 3.4: the limits of the real service */
const slsLimits: QuotaLimits = {
  shardReadBytesPerSec: 10 * MB,
  shardReadsPerSec: 100,
  shardWriteBytesPerSec: 5 * MB,
  shardWritesPerSec: 500,
  projectReadsPerSec: 10_000,
  projectWriteBytesPerSec: 500 * MB,
  projectWritesPerSec: 10_000,
};

const names: Readonly<Record<string, readonly [limit: keyof QuotaLimits, unit: number]>> = {
  'shard-read-mb': ['shardReadBytesPerSec', MB],
  'shard-reads': ['shardReadsPerSec', 1],
  'shard-write-mb': ['shardWriteBytesPerSec', MB],
  'shard-writes': ['shardWritesPerSec', 1],
  'project-read-mb': ['projectReadBytesPerSec', MB],
  'project-reads': ['projectReadsPerSec', 1],
  'project-write-mb': ['projectWriteBytesPerSec', MB],
  'project-writes': ['projectWritesPerSec', 1],
};

/**
 * `sls` for the limits of the real service, or some of `shard-read-mb=10,shard-reads=100,…`, each per second; both
 * together change single limits (`sls,shard-write-mb=1`).
 * @throws SluiceError CLI_USAGE
 */
export function parseQuota(text: string): QuotaLimits {
  let limits: QuotaLimits = {};
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === 'sls') {
      limits = { ...limits, ...slsLimits };
      continue;
    }
    const [name = '', value = ''] = part.split('=');
    const known = names[name];
    if (known === undefined) {
      const close = suggest(name, Object.keys(names));
      const hint =
        close === undefined ? `Write sls, or one of ${Object.keys(names).join(', ')}.` : `Did you mean "${close}"?`;
      throw new SluiceError('CLI_USAGE', `there is no quota "${name}"`, { hint });
    }
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
    if (number <= 0) throw new SluiceError('CLI_USAGE', `quota "${name}" takes a number above 0, not "${value}"`);
    limits = { ...limits, [known[0]]: number * known[1] };
  }
  return limits;
}
