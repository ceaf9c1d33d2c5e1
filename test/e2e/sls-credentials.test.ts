import { afterEach, describe, expect, it } from 'vitest';
import { Engine, type CredentialProvider } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { until } from '../support/sls-test-store.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const HOUR = 3_600_000;
const temporary = (n: number, expiresAtMs: number) => ({
  id: `STS.${n}`,
  secret: `hush-${n}`,
  securityToken: `token-${n}`,
  expiresAtMs,
});

async function open(credentials: Readonly<Record<string, CredentialProvider>>): Promise<[Engine, string[]]> {
  const told: string[] = [];
  const engine = await Engine.open({ credentials, onWarning: (line) => void told.push(line) });
  closers.push(() => engine.close());
  return [engine, told];
}

describe('keys of a provider', () => {
  it('rotate under a running job, which loses and repeats nothing', async () => {
    // The service alone knows when the first keys end: the job finds out by being refused.
    const startMs = Date.now();
    let skewMs = 0;
    const keys = [temporary(1, startMs + HOUR / 10), temporary(2, startMs + HOUR)];
    const service = await LogService.start({
      port: 0,
      init: ['p/a:1', 'p/b:1'],
      accessKeys: [...keys, 'fixed:fixed'],
      now: () => Date.now() + skewMs,
    });
    closers.push(() => service.close());
    let asked = 0;
    const [engine, told] = await open({
      vault: () => {
        asked++;
        const { id, secret, securityToken } = keys[skewMs === 0 ? 0 : 1]!;
        return Promise.resolve({ accessId: id, accessKey: secret, securityToken });
      },
    });
    const place = (logStore: string) => `type='sls', endPoint='${service.url}', project='p', logStore='${logStore}'`;
    const ends = `startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00'`;
    const fixed = `accessId='fixed', accessKey='fixed'`;
    await engine.execute(`
      CREATE TABLE feed (n INT) WITH (${place('a')}, ${fixed}, flushIntervalMs='1');
      CREATE TABLE a (n INT) WITH (${place('a')}, credentials='vault', startupMode='Earliest');
      CREATE TABLE b (n INT) WITH (${place('b')}, credentials='vault', flushIntervalMs='1');
      CREATE TABLE result (n INT) WITH (${place('b')}, ${fixed}, ${ends});`);
    const feed = async (n: number): Promise<void> => {
      const job = await engine.submit(`INSERT INTO feed VALUES (${n})`);
      await job.done;
    };
    const arrived = async (): Promise<unknown[]> =>
      (await engine.query('SELECT n FROM result').toArray()).map((row) => row['n']);
    const job = await engine.submit('INSERT INTO b SELECT n FROM a');
    await feed(1);
    await until('the first row', async () => (await arrived()).length === 1);
    const before = asked;
    skewMs = HOUR / 10;
    await feed(2);
    await until('the second row', async () => (await arrived()).length === 2);
    await job.stop();
    expect(job.status).toBe('stopped');
    expect(await arrived()).toEqual([1, 2]);
    // The source and the sink each ask once at the start and once when they are refused.
    expect([before, asked]).toEqual([2, 4]);
    expect(told.join('\n')).not.toMatch(/hush|token-/);
  });

  it('that are refused again end the job with an error without their secrets', async () => {
    const service = await LogService.start({ port: 0, init: ['p/a:1'] });
    closers.push(() => service.close());
    let asked = 0;
    const [engine] = await open({
      vault: () => ({ accessId: `STS.${++asked}`, accessKey: 'hush', securityToken: 'token-x' }),
    });
    const script = `CREATE TABLE a (n INT) WITH (type='sls', endPoint='${service.url}', project='p', logStore='a',
      credentials='vault', stopTime='2100-01-01 00:00:00'); INSERT INTO a VALUES (1);`;
    const error: unknown = await engine.check(script, { connect: true }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(engine.renderError(error)).toContain(`refused the credentials: Unauthorized`);
    expect(engine.renderError(error)).not.toMatch(/hush|token-x/);
    expect(asked).toBe(2);
  });
});

describe('option credentials', () => {
  const table = (options: string) =>
    `CREATE TABLE a (n INT) WITH (type='sls', endPoint='127.0.0.1:1', project='p', logStore='a'${options});\nINSERT INTO a VALUES (1);`;

  it.each([
    [
      'an unknown provider',
      `, credentials='valut'`,
      'option "credentials" of connector "sls" names provider "valut", which the program did not give',
      'Open the engine with Engine.open({ credentials: { "valut": provider } }); on the command line use accessId and accessKey, or ramRole.',
    ],
    [
      'a provider and a key',
      `, credentials='vault', accessKey='hush'`,
      'option "credentials" of connector "sls" cannot stand with accessKey',
      'Leave out accessKey: the provider hands out all keys.',
    ],
    [
      'a provider and a role',
      `, credentials='vault', ramRole='r'`,
      'option "credentials" of connector "sls" cannot stand with ramRole',
      'Leave out ramRole: the provider hands out all keys.',
    ],
  ])('with %s is a plan error', async (_what, options, message, hint) => {
    const [engine] = await open({ vault: () => ({ accessId: 'a', accessKey: 'b' }) });
    await expect(engine.check(table(options))).rejects.toMatchObject({
      code: 'CONNECTOR_OPTION_VALUE',
      message,
      hint,
    });
  });

  it('is named where a table has no keys at all', async () => {
    const [engine] = await open({});
    await expect(engine.check(table(''))).rejects.toMatchObject({
      code: 'CONNECTOR_MISSING_OPTION',
      message: expect.stringContaining('accessId') as string,
    });
  });
});
