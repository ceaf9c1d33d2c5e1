import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { accessTable, failure, told as toldOf, withSls } from '../support/bad-input.ts';
import { startBrokenProxy, type BrokenProxy, type Damage } from '../support/broken-proxy.ts';
import { cliIsBuilt, runCli, type CliResult } from '../support/run-cli.ts';

type Changed = Readonly<Record<string, string | null>>;

// What a user reads, whole, of a table that is declared wrongly, a service that refuses or breaks, and fields that do
// not parse. SERVICE, PROXY, ADDRESS, ID and S stand for what varies.
describe.skipIf(!cliIsBuilt)('bad input of log stores (needs dist/cli/main.js: npm run build)', () => {
  let service: LogService;
  let proxy: BrokenProxy;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-bad-'));
    service = await LogService.start({ port: 0, init: ['web/access:1'] });
    proxy = await startBrokenProxy(service.url);
    const engine = await Engine.open();
    const target = withSls({ endPoint: service.url, startTime: null, stopTime: null });
    const rows = `('200', '/'), ('abc', '/b'), ('', '/c'), (CAST(NULL AS VARCHAR), '/d'), ('99999999999', '/e')`;
    const job = await engine.submit(
      `CREATE TABLE access (status VARCHAR, path VARCHAR) ${target}; INSERT INTO access VALUES ${rows};`,
    );
    await job.done;
    await engine.close();
  });
  afterAll(async () => {
    await proxy.close();
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const access = (changed?: Changed): string => accessTable({ endPoint: service.url, ...changed });
  // Logs of now are before it; until the year 2030 a warning tells that it is in the future.
  const untilNow = { stopTime: '2030-01-01 00:00:00' };
  const named = (): Readonly<Record<string, string>> => ({ SERVICE: service.url, PROXY: proxy.url });
  const told = (result: CliResult): string => toldOf(result, named());
  const query = (sql: string, ...more: readonly string[]): Promise<string> =>
    failure(['query', sql, ...more], {}, named());
  const run = (input: string): Promise<string> => failure(['run', '-'], { input }, named());

  describe('options of a table', () => {
    it('one is missing', async () => {
      expect(await query(`${access({ project: null })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[CONNECTOR_MISSING_OPTION]: connector "sls" needs option "project"
          --> <query>:1:14
         1 | CREATE TABLE access (status INT, path VARCHAR)
           |              ^^^^^^
        hint: Add to WITH: project = '…'.
        exit 2"
      `);
    });

    it('all are missing', async () => {
      expect(await query(`CREATE TABLE access (status INT) WITH (type = 'sls'); SELECT status FROM access`))
        .toMatchInlineSnapshot(`
        "error[CONNECTOR_MISSING_OPTION]: connector "sls" needs option "endPoint"
          --> <query>:1:14
         1 | CREATE TABLE access (status INT) WITH (type = 'sls'); SELECT status FROM access
           |              ^^^^^^
        hint: Add to WITH: endPoint = '…', project = '…', logStore = '…', accessId = '…', accessKey = '…'.
        exit 2"
      `);
    });

    it('no connector', async () => {
      expect(await query('CREATE TABLE access (status INT); SELECT status FROM access')).toMatchInlineSnapshot(`
        "error[PLAN_DDL]: table "access" names no connector
          --> <query>:1:14
         1 | CREATE TABLE access (status INT); SELECT status FROM access
           |              ^^^^^^
        hint: Add WITH (type = '…').  Connectors: sls, file, random, print, blackhole.
        exit 2"
      `);
    });

    it('one is given twice', async () => {
      expect(await query(`CREATE TABLE t (a INT) WITH (type = 'random', rows = '1', rows = '2'); SELECT a FROM t`))
        .toMatchInlineSnapshot(`
        "error[CONNECTOR_OPTION_VALUE]: option "rows" is given twice
          --> <query>:1:59
         1 | CREATE TABLE t (a INT) WITH (type = 'random', rows = '1', rows = '2'); SELECT a FROM t
           |                                                           ^^^^
        exit 2"
      `);
    });

    it('a number that is none', async () => {
      expect(await query(`${access({ batchGetSize: 'many' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[CONNECTOR_OPTION_VALUE]: option "batchGetSize" of connector "sls" takes a whole number from 1 to 1000, not 'many'
          --> <query>:11:18
         11 |   batchGetSize = 'many'
            |                  ^^^^^^
        exit 2"
      `);
    });

    it('a time that is none', async () => {
      expect(await query(`${access({ startTime: 'yesterday' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[CONNECTOR_OPTION_VALUE]: option "startTime" of connector "sls" takes yyyy-MM-dd HH:mm:ss, not 'yesterday'
          --> <query>:1:14
         1 | CREATE TABLE access (status INT, path VARCHAR)
           |              ^^^^^^
        exit 2"
      `);
    });

    it('an address that is none', async () => {
      expect(await query(`${access({ endPoint: '::::' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[CONNECTOR_OPTION_VALUE]: option "endPoint" takes the address of a log service, not '::::'
          --> <query>:1:14
         1 | CREATE TABLE access (status INT, path VARCHAR)
           |              ^^^^^^
        hint: Write for example endPoint = 'http://cn-hangzhou.log.aliyuncs.com'.
        exit 2"
      `);
    });

    it('a pattern that is none', async () => {
      expect(
        await query(
          `CREATE TABLE t (a VARCHAR) WITH (type = 'file', path = 'x', format = 'regex', pattern = '(?<a>'); SELECT a FROM t`,
        ),
      ).toMatchInlineSnapshot(`
        "error[VALUE_REGEXP]: option "pattern" is not a valid regular expression
          --> <query>:1:14
         1 | CREATE TABLE t (a VARCHAR) WITH (type = 'file', path = 'x', format = 'regex', pattern = '(?<a>'); SELECT a FROM t
           |              ^
        hint: It is written as in Java, without slashes around it, with one named group for each column.
        exit 2"
      `);
    });

    it('a variable without a value', async () => {
      expect(
        await query(
          `CREATE TABLE t (a VARCHAR) WITH (type = 'file', path = '\${NOWHERE}', format = 'raw'); SELECT a FROM t`,
        ),
      ).toMatchInlineSnapshot(`
        "error[PARSE_VARIABLE]: variable "NOWHERE" has no value
          --> <query>:1:57
         1 | CREATE TABLE t (a VARCHAR) WITH (type = 'file', path = '\${NOWHERE}', format = 'raw'); SELECT a FROM t
           |                                                         ^^^^^^^^^^
        hint: Give it with --var NOWHERE=value or set it in the environment.
        exit 2"
      `);
    });

    it('writing into what can only be read', async () => {
      expect(await run(`CREATE TABLE n (a INT) WITH (type = 'random', rows = '1'); INSERT INTO n SELECT 1;`))
        .toMatchInlineSnapshot(`
        "error[CONNECTOR_ROLE]: table "n" cannot be written: connector "random" has no sink
          --> <stdin>:1:72
         1 | CREATE TABLE n (a INT) WITH (type = 'random', rows = '1'); INSERT INTO n SELECT 1;
           |                                                                        ^
        exit 2"
      `);
    });

    it('a secret beside the misspelt one', async () => {
      expect(
        await query(
          `CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = 'topsecret', logStroe = 'x'); SELECT a FROM t`,
        ),
      ).toMatchInlineSnapshot(`
        "error[CONNECTOR_UNKNOWN_OPTION]: connector "sls" has no option "logStroe"
          --> <query>:1:69
         1 | CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = '***', logStroe = 'x'); SELECT a FROM t
           |                                                               ^^^^^^^^
        hint: Did you mean "logStore"?
        exit 2"
      `);
    });

    it('a secret in a text that does not parse', async () => {
      expect(await query(`CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = 'topsecret', logStore 'x')`))
        .toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: expected "=" after option "logStore" but found a string
          --> <query>:1:78
         1 | CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = '***', logStore 'x')
           |                                                                        ^^^
        hint: Write logStore = 'value'.
        exit 2"
      `);
    });

    it('a secret that is the mistake', async () => {
      expect(await query(`CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = topsecret)`)).toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: expected a string as the value of option "accessKey" but found a value without quotes
          --> <query>:1:56
         1 | CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = '***')
           |                                                        ^^^^^
        hint: Values are written in single quotes, numbers too.
        exit 2"
      `);
    });

    it('a secret that is not closed', async () => {
      expect(await query(`CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = 'topsecret)`)).toMatchInlineSnapshot(`
        "error[PARSE_UNTERMINATED]: the string that begins here is never closed
          --> <query>:1:56
         1 | CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = '***'
           |                                                        ^
        hint: Close it with '; a quote inside a string is written ''.
        exit 2"
      `);
    });
  });

  describe('the log service', () => {
    it('refuses the key', async () => {
      expect(await query(`${access({ accessKey: 'topsecret' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[SLS_UNAUTHORIZED]: log service at SERVICE refused the credentials: SignatureNotMatch
        detail: listing the shards: SignatureNotMatch, signature S not match (request ID)
        hint: Check accessId and accessKey, and that the key may use this project.
          in query › scan/access
        exit 1"
      `);
    });

    it('does not know the key', async () => {
      expect(await query(`${access({ accessId: 'nobody' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[SLS_UNAUTHORIZED]: log service at SERVICE refused the credentials: Unauthorized
        detail: listing the shards: Unauthorized, AccessKeyId not found: nobody (request ID)
        hint: Check accessId and accessKey, and that the key may use this project.
          in query › scan/access
        exit 1"
      `);
    });

    it('has no such project', async () => {
      expect(await query(`${access({ project: 'webb' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[SLS_NOT_FOUND]: project "webb" does not exist at SERVICE
        detail: listing the shards: ProjectNotExist, The Project does not exist : webb (request ID)
        hint: Check project and endPoint: a project belongs to one region.  The embedded service makes one with: sluice logservice --init webb/access:2
          in query › scan/access
        exit 1"
      `);
    });

    it('has no such log store', async () => {
      expect(await query(`${access({ logStore: 'acces' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[SLS_NOT_FOUND]: log store "acces" does not exist in project "web"
        detail: listing the shards: LogStoreNotExist, logstore acces does not exist (request ID)
        hint: Check logStore, or create it first: a job creates none.
          in query › scan/access
        exit 1"
      `);
    });

    it('has no such shard', async () => {
      expect(await query(`${access({ shards: '7' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[SLS_NOT_FOUND]: log store "access" has no shard 7
        hint: Its shards are: 0.
          in query › scan/access
        exit 1"
      `);
    });

    it('is not there', async () => {
      expect(await query(`${access({ endPoint: await unusedAddress(), maxRetryTimes: '0' })}SELECT status FROM access`))
        .toMatchInlineSnapshot(`
        "error[SLS_UNREACHABLE]: log service at ADDRESS cannot be reached: connection refused
        detail: listing the shards
        hint: Check endPoint and that the service runs.  The embedded one is started with: sluice logservice
          in query › scan/access
        exit 1"
      `);
    });

    it('has an unknown name', async () => {
      expect(await query(`${access({ endPoint: 'http://log.invalid', maxRetryTimes: '0' })}SELECT status FROM access`))
        .toMatchInlineSnapshot(`
        "error[SLS_UNREACHABLE]: log service at http://log.invalid cannot be reached: unknown host
        detail: listing the shards
        hint: Check endPoint and that the service runs.  The embedded one is started with: sluice logservice
          in query › scan/access
        exit 1"
      `);
    });

    it('refuses the key of a sink', async () => {
      expect(await run(insert({ accessKey: 'topsecret' }))).toMatchInlineSnapshot(`
        "error[SLS_UNAUTHORIZED]: log service at SERVICE refused the credentials: SignatureNotMatch
        detail: describing the log store: SignatureNotMatch, signature S not match (request ID)
        hint: Check accessId and accessKey, and that the key may use this project.
          in <stdin> › o/sink
        exit 1"
      `);
    });

    it('has no such log store for a sink', async () => {
      expect(await run(insert({ logStore: 'acces' }))).toMatchInlineSnapshot(`
        "error[SLS_NOT_FOUND]: log store "acces" does not exist in project "web"
        detail: describing the log store: LogStoreNotExist, logstore acces does not exist (request ID)
        hint: Check logStore, or create it first: a job creates none.
          in <stdin> › o/sink
        exit 1"
      `);
    });

    it('is not there for a sink', async () => {
      expect(await run(insert({ endPoint: await unusedAddress(), maxRetryTimes: '0' }))).toMatchInlineSnapshot(`
        "error[SLS_UNREACHABLE]: log service at ADDRESS cannot be reached: connection refused
        detail: describing the log store
        hint: Check endPoint and that the service runs.  The embedded one is started with: sluice logservice
          in <stdin> › o/sink
        exit 1"
      `);
    });
  });

  function insert(changed: Changed): string {
    const target = withSls({ endPoint: service.url, startTime: null, stopTime: null, ...changed });
    return `CREATE TABLE o (a INT)\n${target};\nINSERT INTO o VALUES (1);`;
  }

  describe('an answer of the log service', () => {
    async function damaged(damage: Damage): Promise<string> {
      proxy.damage = damage;
      return query(`${access({ ...untilNow, endPoint: proxy.url, maxRetryTimes: '0' })}SELECT status FROM access`);
    }
    const raw = (...bytes: readonly number[]): ReturnType<Damage> => ({
      body: Buffer.from(bytes),
      headers: { 'x-log-cursor': 'MQ==', 'x-log-count': '1', 'x-log-bodyrawsize': String(bytes.length) },
    });

    it('is cut short', async () => {
      expect(await damaged((body) => ({ body: body.subarray(0, body.length - 10) }))).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[SLS_BODY_CORRUPT]: the LZ4 block is damaged
        hint: Nothing of it was used.  If it comes again, look for a proxy in between that changes what passes.
          in query › scan/access › shard 0
        exit 1"
      `);
    });

    it('has flipped bits', async () => {
      expect(await damaged((body) => ({ body: Buffer.from(body.map((byte, i) => (i < 2 ? byte ^ 0xff : byte))) })))
        .toMatchInlineSnapshot(`
          "warning: stopTime of table "access" is in the future: reading to the end as it is now
          error[SLS_BODY_CORRUPT]: the LZ4 block is damaged
          hint: Nothing of it was used.  If it comes again, look for a proxy in between that changes what passes.
            in query › scan/access › shard 0
          exit 1"
        `);
    });

    it('announces another size', async () => {
      expect(await damaged((_, headers) => ({ headers: { ...headers, 'x-log-bodyrawsize': '7' } })))
        .toMatchInlineSnapshot(`
          "warning: stopTime of table "access" is in the future: reading to the end as it is now
          error[SLS_BODY_CORRUPT]: the LZ4 block is damaged
          hint: Nothing of it was used.  If it comes again, look for a proxy in between that changes what passes.
            in query › scan/access › shard 0
          exit 1"
        `);
    });

    it('announces a size without measure', async () => {
      expect(await damaged((_, headers) => ({ headers: { ...headers, 'x-log-bodyrawsize': '99999999999' } })))
        .toMatchInlineSnapshot(`
          "warning: stopTime of table "access" is in the future: reading to the end as it is now
          error[SLS_BODY_CORRUPT]: the announced size of 99999999999 bytes is above 268435456
          hint: Nothing of it was used.  If it comes again, look for a proxy in between that changes what passes.
            in query › scan/access › shard 0
          exit 1"
        `);
    });

    it('names a compression that does not exist', async () => {
      expect(await damaged((_, headers) => ({ headers: { ...headers, 'x-log-compresstype': 'rot13' } })))
        .toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[SLS_SERVER]: the answer to pulling logs of shard 0 is not one of a log service
        hint: Check that endPoint is the address of the log service itself, and what stands between: a proxy may answer for it.
          in query › scan/access › shard 0
        exit 1"
      `);
    });

    it('ends within a field', async () => {
      expect(await damaged(() => raw(0x0a, 0x20, 0x0a, 0x05))).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[SLS_BODY_TRUNCATED]: the body of the log service ends in the middle of a field
        hint: Nothing of it was used.  If it comes again, look for a proxy in between that changes what passes.
          in query › scan/access › shard 0
        exit 1"
      `);
    });

    it('is no protobuf', async () => {
      expect(await damaged(() => raw(...new Array<number>(12).fill(0xff)))).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[SLS_BODY_CORRUPT]: the body of the log service is damaged: a number is longer than 10 bytes
        hint: Nothing of it was used.  If it comes again, look for a proxy in between that changes what passes.
          in query › scan/access › shard 0
        exit 1"
      `);
    });

    it('breaks off', async () => {
      expect(await damaged(() => 'cut')).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[SLS_UNREACHABLE]: log service at PROXY cannot be reached: the connection was closed
        detail: pulling logs of shard 0
        hint: Check endPoint and that the service runs.  The embedded one is started with: sluice logservice
          in query › scan/access › shard 0
        exit 1"
      `);
    });

    it('is a web page', async () => {
      expect(
        await damaged(() => ({ body: Buffer.from('<html>login</html>'), headers: { 'content-type': 'text/html' } })),
      ).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[SLS_SERVER]: the answer to pulling logs of shard 0 is not one of a log service
        hint: Check that endPoint is the address of the log service itself, and what stands between: a proxy may answer for it.
          in query › scan/access › shard 0
        exit 1"
      `);
    });

    it('is a failure of the service', async () => {
      expect(
        await damaged(() => ({
          status: 500,
          body: Buffer.from('{"errorCode":"InternalServerError","errorMessage":"oops"}'),
        })),
      ).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[SLS_SERVER]: log service at PROXY failed while pulling logs of shard 0: InternalServerError
        detail: pulling logs of shard 0: InternalServerError, oops (request ID)
          in query › scan/access › shard 0
        exit 1"
      `);
    });

    it('is a failure of a gateway', async () => {
      expect(await damaged(() => ({ status: 502, body: Buffer.from('<html>bad gateway</html>') })))
        .toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[SLS_SERVER]: log service at PROXY failed while pulling logs of shard 0: HTTP 502
        detail: pulling logs of shard 0: HTTP 502 (request ID)
          in query › scan/access › shard 0
        exit 1"
      `);
    });
  });

  describe('a field that does not parse', () => {
    const rows = (options: Readonly<Record<string, string>>): Promise<CliResult> =>
      runCli(['query', `${access({ ...untilNow, ...options })}SELECT status, path FROM access`]);

    it('is NULL', async () => {
      const result = await rows({});
      expect(result.stdout).toMatchInlineSnapshot(`
        "{"status":200,"path":"/"}
        {"status":null,"path":"/b"}
        {"status":null,"path":"/c"}
        {"status":null,"path":"/d"}
        {"status":null,"path":"/e"}
        "
      `);
      expect(told(result)).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        exit 0"
      `);
    });

    it('is NULL and shown on request', async () => {
      const result = await rows({ columnErrorDebug: 'true' });
      expect(result.stdout).toMatchInlineSnapshot(`
        "{"status":200,"path":"/"}
        {"status":null,"path":"/b"}
        {"status":null,"path":"/c"}
        {"status":null,"path":"/d"}
        {"status":null,"path":"/e"}
        "
      `);
      expect(told(result)).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        warning: column "status" (INT) of table "access" does not parse: "abc"
        warning: column "status" (INT) of table "access" does not parse: ""
        warning: column "status" (INT) of table "access" does not parse: "99999999999"
        exit 0"
      `);
    });

    it('skips its row', async () => {
      const result = await rows({ onError: 'skip', columnErrorDebug: 'true' });
      expect(result.stdout).toMatchInlineSnapshot(`
        "{"status":200,"path":"/"}
        {"status":null,"path":"/d"}
        "
      `);
      expect(told(result)).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        warning: column "status" (INT) of table "access" does not parse: "abc"
        warning: column "status" (INT) of table "access" does not parse: ""
        warning: column "status" (INT) of table "access" does not parse: "99999999999"
        exit 0"
      `);
    });

    it('ends the query', async () => {
      const result = await rows({ onError: 'fail' });
      expect(result.stdout).toMatchInlineSnapshot(`""`);
      expect(told(result)).toMatchInlineSnapshot(`
        "warning: stopTime of table "access" is in the future: reading to the end as it is now
        error[ROW_INVALID]: column "status" (INT) of table "access" does not parse: "abc"
        hint: Set onError = 'null' or 'skip' on the table to go on past bad rows.
          in query › scan/access › shard 0
        exit 1"
      `);
    });

    it.each(['null', 'skip'])('is counted (%s)', async (onError) => {
      const engine = await Engine.open({ onWarning: () => undefined });
      await engine.execute(access({ ...untilNow, onError }));
      const result = engine.query('SELECT status, path FROM access');
      await result.toArray();
      const scan = result.metrics().find((one) => one.kind === 'scan');
      expect(scan?.metrics['parseErrors']).toBe(3);
      await engine.close();
    });
  });

  describe('a reader that leaves', () => {
    const endless = `CREATE TABLE r (a INT) WITH (type = 'random', rate = '1000');\n`;
    const job = `${endless}CREATE TABLE p (a INT) WITH (type = 'print');\nINSERT INTO p SELECT a FROM r;\n`;

    it.each([
      ['a query', ['query', `${endless}SELECT a FROM r`], ''],
      ['a job', ['run', '-'], job],
      ['the shell in a pipe', ['repl'], job],
    ])('ends %s with 0', async (_, words, input) => {
      const { code, stderr } = await runCli(words, { input, readOnce: true });
      expect([code, stderr]).toEqual([0, '']);
    });
  });

  it('ends promptly on --timeout and on SIGINT although the service never answers', async () => {
    const deaf = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => deaf.once('listening', resolve));
    const endPoint = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const sql = `${access({ endPoint })}SELECT status FROM access`;
    expect(await query(sql, '--timeout', '300ms')).toBe('exit 0');
    const job = `CREATE TABLE p (status INT) WITH (type = 'print');\n${access({ endPoint })}INSERT INTO p SELECT status FROM access;`;
    const path = join(folder, 'deaf.sql');
    writeFileSync(path, job);
    deaf.once('connection', () => kill('SIGINT'));
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const result = await runCli(['run', path], { onStart: (send) => (kill = send) });
    expect(told(result)).toBe('exit 0');
    deaf.close();
  });
});

/** An address where nobody listens. */
async function unusedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
