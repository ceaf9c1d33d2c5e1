import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../src/logservice/index.ts';
import { cliIsBuilt, runCli } from '../support/run-cli.ts';

interface Place {
  readonly endPoint: string;
  readonly logStore?: string;
  readonly project?: string;
  readonly accessKey?: string;
}

function readAll({ endPoint, logStore = 'access', project = 'web', accessKey = 'sluice' }: Place): string {
  return `CREATE TABLE t (a INT) WITH (type = 'sls', endPoint = '${endPoint}', project = '${project}', logStore = '${logStore}',
    accessId = 'sluice', accessKey = '${accessKey}', maxRetryTimes = '1', startTime = '2020-01-01 00:00:00',
    stopTime = '2020-01-02 00:00:00'); SELECT a FROM t`;
}

describe.skipIf(!cliIsBuilt)(
  'what users read when the log service says no (needs dist/cli/main.js: npm run build)',
  () => {
    let service: LogService;
    beforeAll(async () => {
      service = await LogService.start({ port: 0, init: ['web/access:1'], log: () => undefined });
    });
    afterAll(() => service.close());

    it('the server is not there', async () => {
      expect(await runCli(['query', readAll({ endPoint: 'http://127.0.0.1:1' })])).toEqual({
        code: 1,
        stdout: '',
        stderr:
          'error[SLS_UNREACHABLE]: log service at http://127.0.0.1:1 cannot be reached: connection refused\n' +
          'detail: listing the shards\n' +
          'hint: Check endPoint and that the service runs.  The embedded one is started with: sluice logservice\n' +
          '  in query › scan/t\n',
      });
    });

    it('the log store does not exist', async () => {
      const { code, stdout, stderr } = await runCli(['query', readAll({ endPoint: service.url, logStore: 'nope' })]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error\[SLS_NOT_FOUND\]: log store "nope" does not exist in project "web"\n/);
    });

    it('the project does not exist', async () => {
      const { code, stderr } = await runCli(['query', readAll({ endPoint: service.url, project: 'nowhere' })]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error\[SLS_NOT_FOUND\]: project "nowhere" does not exist/);
    });

    it('the credentials are wrong, and are not shown', async () => {
      const { code, stderr } = await runCli(['query', readAll({ endPoint: service.url, accessKey: 'wrongsecret' })]);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^error\[SLS_UNAUTHORIZED\]: log service at http:\/\/127\.0\.0\.1:\d+ refused the credentials/,
      );
      expect(stderr).toContain('hint: Check accessId and accessKey');
      expect(stderr).not.toContain('wrongsecret');
      expect(stderr).not.toMatch(/^ {4}at /m);
    });

    it('check --connect asks the service', async () => {
      const script = `${readAll({ endPoint: service.url, logStore: 'nope' }).split('SELECT')[0] ?? ''} INSERT INTO t SELECT 1;`;
      expect(await runCli(['check', '-'], { input: script })).toMatchObject({ code: 0 });
      const { code, stderr } = await runCli(['check', '-', '--connect'], { input: script });
      expect(code).toBe(1);
      expect(stderr).toContain('log store "nope" does not exist');
    });

    it('the port is taken', async () => {
      const { code, stdout, stderr } = await runCli(['logservice', '--port', String(service.port)]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        `error[LOGSERVICE_FAILED]: the log service cannot listen on 127.0.0.1:${service.port}: the port is in use\n`,
      );
    });
  },
);
