import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cliIsBuilt, runCli } from '../support/run-cli.ts';
import { RawClient, sampleGroup, send } from '../unit/logservice/raw-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-logservice-options-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `sluice logservice` and ends it when `use` is done with its address. */
async function withService(args: readonly string[], use: (url: string) => Promise<void>): Promise<void> {
  let used: Promise<void> | undefined;
  const { code } = await runCli(['logservice', '--port', '0', '--init', 'proj/ls:1', ...args], {
    onStdout: (text, kill) => {
      const url = /listening on (\S+)/.exec(text)?.[1];
      if (url !== undefined) used ??= use(url).finally(() => kill('SIGTERM'));
    },
  });
  expect(used).toBeDefined();
  await used;
  expect(code).toBe(0);
}

describe.skipIf(!cliIsBuilt)('sluice logservice', () => {
  it('misbehaves by --faults and counts it in /metrics', async () => {
    const plan = join(folder, 'plan.json');
    writeFileSync(
      plan,
      JSON.stringify({ rules: [{ api: 'PutLogs', nth: 2, fault: 'error', code: 'ServerBusy', when: 'after' }] }),
    );
    await withService(['--faults', plan], async (url) => {
      const client = new RawClient(url);
      const statuses = [];
      for (let i = 0; i < 3; i++) statuses.push((await client.put(sampleGroup(`g${i}`))).status);
      expect(statuses).toEqual([200, 503, 200]);
      expect(await client.readAll(0)).toHaveLength(3);
      client.close();
      const metrics = await send(url, 'GET', '/metrics', { host: '127.0.0.1' });
      expect(metrics.body.toString()).toContain('sluice_logservice_faults_total{fault="error",api="PutLogs"} 1\n');
    });
  });

  it('refuses a wrong plan before it listens', async () => {
    const plan = join(folder, 'wrong.json');
    writeFileSync(plan, JSON.stringify({ rules: [{ api: 'PutLogs', fault: 'explode' }] }));
    const { code, stdout, stderr } = await runCli(['logservice', '--port', '0', '--faults', plan]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('error[CLI_USAGE]: the fault plan, rules[0]: "fault" is not one of delay, drop, error');
  });

  it('holds limits by --quota', async () => {
    await withService(['--quota', 'shard-writes=1'], async (url) => {
      const client = new RawClient(url);
      const bodies = [];
      for (let i = 0; i < 3; i++) bodies.push((await client.put(sampleGroup('g'))).body.toString());
      expect(bodies.join()).toContain('ShardWriteQuotaExceed');
      client.close();
    });
  });
});
