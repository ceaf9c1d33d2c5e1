import { describe, expect, it } from 'vitest';
import { cliIsBuilt } from '../support/run-cli.ts';
import { runSharedGroup } from './shared-group.ts';

const SECONDS = 40;
const seed = Number(process.env['SEED'] ?? '1');

describe.skipIf(!cliIsBuilt)(
  'three processes in one consumer group, killed and started again while shards split',
  () => {
    it(`deliver every log at least once and in order of its key (seed ${seed}, ${SECONDS} s)`, async () => {
      const report = await runSharedGroup({ seconds: SECONDS, seed, log: () => undefined });
      // A quiet run would prove nothing.
      expect(report.kills).toBeGreaterThanOrEqual(2);
      expect(report.handOvers).toBeGreaterThanOrEqual(3);
      expect(report.splits).toBeGreaterThanOrEqual(1);
      expect({ lost: report.lost, unknown: report.unknown, outOfOrder: report.outOfOrder }).toEqual({
        lost: [],
        unknown: [],
        outOfOrder: [],
      });
      // A kill repeats what its process had written since its last commit, half a second before.
      expect(report.repeated).toBeLessThan(report.written * 0.25);
    }, 300_000);
  },
);
