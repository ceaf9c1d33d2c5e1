import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../../../src/logservice/index.ts';
import { authorizationV1, signV1 } from '../../../../src/wire/sls/signature-v1.ts';
import { authorizationV4 } from '../../../../src/wire/sls/signature-v4.ts';
import { send, type Answer } from '../raw-client.ts';

const NOW = Date.parse('Tue, 14 Nov 2023 22:13:20 GMT');
const key = { id: 'sluice', secret: 'sluice' };
let service: LogService;
beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['proj/ls:1'], now: () => NOW });
});
afterAll(() => service.close());

const base = (): Record<string, string> => ({
  host: 'proj.sls.test',
  date: new Date(NOW).toUTCString(),
  'x-log-apiversion': '0.6.0',
  'x-log-signaturemethod': 'hmac-sha1',
  'x-log-bodyrawsize': '0',
});
const path = '/logstores/ls/shards';

/** Signs what `change` leaves, sends it with `after` on top. */
async function signed(change: Record<string, string | undefined>, after: Record<string, string> = {}): Promise<Answer> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...base(), ...change })) if (value !== undefined) headers[name] = value;
  const authorization = authorizationV1({ method: 'GET', path, headers }, key);
  return send(service.url, 'GET', path, { ...headers, authorization, ...after });
}

const shown = (answer: Answer): unknown => {
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/);
  return [answer.status, JSON.parse(answer.body.toString())];
};

describe('signature check', () => {
  it('takes a right V1 signature', async () => {
    expect((await signed({})).status).toBe(200);
  });

  it('refuses a request without a signature', async () => {
    expect(shown(await send(service.url, 'GET', path, base()))).toEqual([
      401,
      { errorCode: 'Unauthorized', errorMessage: 'the request has no Authorization header' },
    ]);
  });

  it('refuses an unknown key', async () => {
    const authorization = authorizationV1({ method: 'GET', path, headers: base() }, { id: 'nobody', secret: 'x' });
    expect(shown(await signed({}, { authorization }))).toEqual([
      401,
      { errorCode: 'Unauthorized', errorMessage: 'AccessKeyId not found: nobody' },
    ]);
  });

  it('refuses a wrong secret, without telling the right signature', async () => {
    const signature = signV1({ method: 'GET', path, headers: base() }, 'wrong');
    expect(shown(await signed({}, { authorization: `LOG sluice:${signature}` }))).toEqual([
      401,
      { errorCode: 'SignatureNotMatch', errorMessage: `signature ${signature} not match` },
    ]);
  });

  it('refuses a request whose signed header was changed on the way', async () => {
    expect((await signed({}, { 'x-log-bodyrawsize': '1' })).status).toBe(401);
  });

  it('refuses an unknown form of signature', async () => {
    expect(shown(await signed({}, { authorization: 'Bearer x' }))).toEqual([
      401,
      { errorCode: 'Unauthorized', errorMessage: 'the Authorization header is of an unknown form' },
    ]);
  });

  it('asks for the headers that a signature needs', async () => {
    const codes = [
      { 'x-log-apiversion': undefined },
      { 'x-log-apiversion': '0.4.0' },
      { 'x-log-signaturemethod': undefined },
      { 'x-log-signaturemethod': 'hmac-md5' },
      { date: undefined },
      { date: 'yesterday' },
    ].map(async (change) => shown(await signed(change)));
    expect(await Promise.all(codes)).toEqual([
      [400, { errorCode: 'MissingAPIVersion', errorMessage: 'x-log-apiversion is missing' }],
      [400, { errorCode: 'InvalidAPIVersion', errorMessage: 'x-log-apiversion 0.4.0 is not supported' }],
      [400, { errorCode: 'MissingSignatureMethod', errorMessage: 'x-log-signaturemethod is missing' }],
      [400, { errorCode: 'InvalidSignatureMethod', errorMessage: 'signature method hmac-md5 is not supported' }],
      [400, { errorCode: 'MissingDate', errorMessage: 'the request has no Date header' }],
      [400, { errorCode: 'InvalidRequestTime', errorMessage: 'Request time yesterday not follow RFC822 spec.' }],
    ]);
  });

  it('takes a clock that is 15 minutes off and none that is further', async () => {
    const off = (ms: number): Record<string, string> => ({ date: new Date(NOW + ms).toUTCString() });
    expect((await signed(off(15 * 60_000))).status).toBe(200);
    expect((await signed(off(-15 * 60_000))).status).toBe(200);
    expect(shown(await signed(off(-16 * 60_000)))).toEqual([
      400,
      {
        errorCode: 'RequestTimeExpired',
        errorMessage:
          'Request time Tue, 14 Nov 2023 21:57:20 GMT has been expired while server time is Tue, 14 Nov 2023 22:13:20 GMT.',
      },
    ]);
  });

  it('takes the deviations of clients: x-log-date signed, Date instead of it, pairs sorted as text', async () => {
    const late = { 'x-log-date': new Date(NOW + 1000).toUTCString() };
    for (const variant of [{}, { withLogDate: true }, { dateFrom: 'date' as const }]) {
      const headers = { ...base(), ...late };
      const signature = signV1({ method: 'GET', path, headers }, 'sluice', variant);
      const answer = await send(service.url, 'GET', path, { ...headers, authorization: `LOG sluice:${signature}` });
      expect(answer.status).toBe(200);
    }
    const query = [
      ['a', '1'],
      ['a-b', '2'],
    ] as const;
    const signature = signV1({ method: 'GET', path, query, headers: base() }, 'sluice', { sortPairs: true });
    const headers = { ...base(), authorization: `LOG sluice:${signature}` };
    expect((await send(service.url, 'GET', `${path}?a=1&a-b=2`, headers)).status).toBe(200);
  });

  it('takes V4 and refuses a body that is not the hashed one', async () => {
    const body = Buffer.from('{"consumerGroup":"v4","timeout":10,"order":false}');
    const headers = {
      host: 'proj.sls.test',
      'x-log-apiversion': '0.6.0',
      'x-log-date': '20231114T221320Z',
      'x-log-bodyrawsize': String(body.length),
      'content-type': 'application/json',
      'x-log-content-sha256': createHash('sha256').update(body).digest('hex'),
    };
    const groups = '/logstores/ls/consumergroups';
    const authorization = authorizationV4({ method: 'POST', path: groups, headers }, key, { region: 'cn-hangzhou' });
    const other = Buffer.from(body.toString().replace('v4', 'v5'));
    expect((await send(service.url, 'POST', groups, { ...headers, authorization }, other)).status).toBe(401);
    expect((await send(service.url, 'POST', groups, { ...headers, authorization }, body)).status).toBe(200);
  });

  it('refuses a body that does not have the declared MD5', async () => {
    const headers = { ...base(), 'content-md5': '0'.repeat(32), 'content-type': 'application/json' };
    const authorization = authorizationV1({ method: 'POST', path: '/logstores', headers }, key);
    const answer = await send(service.url, 'POST', '/logstores', { ...headers, authorization }, Buffer.from('{}'));
    expect(shown(answer)).toEqual([
      400,
      { errorCode: 'ParameterInvalid', errorMessage: 'Content-MD5 does not match the body' },
    ]);
  });

  it('holds a temporary key to its token and to its end', async () => {
    let now = NOW;
    const temporary = { id: 'sts', secret: 's', securityToken: 'tok', expiresAtMs: NOW + 60_000 };
    const own = await LogService.start({ port: 0, init: ['proj/ls:1'], accessKeys: [temporary], now: () => now });
    const ask = async (token: string | undefined, sentToken = token): Promise<unknown> => {
      const headers = { ...base(), ...(token === undefined ? {} : { 'x-acs-security-token': token }) };
      const authorization = authorizationV1({ method: 'GET', path, headers }, temporary);
      const sent = sentToken === undefined ? {} : { 'x-acs-security-token': sentToken };
      const answer = await send(own.url, 'GET', path, { ...headers, ...sent, authorization });
      return answer.status === 200
        ? 200
        : (JSON.parse(answer.body.toString()) as { errorMessage: string }).errorMessage;
    };
    expect(await ask('tok')).toBe(200);
    expect(await ask(undefined)).toBe('The security token you provided is invalid.');
    expect(await ask('other')).toBe('The security token you provided is invalid.');
    // The token is part of what is signed.
    expect(await ask('other', 'tok')).toMatch(/^signature .+ not match$/);
    now += 60_000;
    expect(await ask('tok')).toBe('The security token you provided has expired.');
    await own.close();
  });

  it('takes everything when it is off', async () => {
    const open = await LogService.start({ port: 0, init: ['proj/ls:1'], auth: 'off' });
    expect((await send(open.url, 'GET', path, { host: 'proj.sls.test' })).status).toBe(200);
    await open.close();
  });
});
