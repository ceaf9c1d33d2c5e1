import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../../../src/logservice/index.ts';
import { projectOfHost } from '../../../../src/logservice/http/project-of-host.ts';
import { send } from '../raw-client.ts';

let service: LogService;
beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['proj/ls:1'], auth: 'off' });
});
afterAll(() => service.close());

/** Sends text as it is and reads until the other side ends. */
function dialogue(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(service.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}

describe('the project in the host', () => {
  it.each([
    ['proj.cn-hangzhou.log.aliyuncs.com', 'proj'],
    ['Proj.sls.test:8080', 'proj'],
    ['proj.127.0.0.1:8080', 'proj'],
    ['proj.localhost:8080', 'proj'],
    ['127.0.0.1:8080', undefined],
    ['10.0.0.1', undefined],
    ['localhost:8080', undefined],
    ['single', undefined],
    ['[::1]:8080', undefined],
    ['log.corp.test', undefined],
    ['a.b.log.corp.test', 'a.b'],
  ])('%s → %s', (host, project) => {
    expect(projectOfHost(host, ['log.corp.test'])).toBe(project);
  });
});

describe('HTTP', () => {
  it('takes the project from an absolute target rather than from the host', async () => {
    const answer = await send(service.url, 'GET', 'http://proj.sls.test:80/logstores?', { host: 'nobody.else' });
    expect(answer.body.toString()).toBe('{"count":1,"total":1,"logstores":["ls"]}');
  });

  it('answers a request without a host in the form of the catalogue', async () => {
    const answer = await dialogue('GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/\r\nx-log-requestid: [0-9A-F]{24}\r\n/);
    expect(answer).toContain('{"errorCode":"MissingHost","errorMessage":"the request has no Host header"}');
  });

  it('answers what is not HTTP at all', async () => {
    const answer = await dialogue('HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nx-log-requestid: [0-9A-F]{24}\r\n/);
    expect(answer).toContain('{"errorCode":"ParameterInvalid","errorMessage":"the request is not valid HTTP"}');
  });

  it('answers a broken escape', async () => {
    const answer = await send(service.url, 'GET', '/logstores?a=%zz', { host: 'proj.sls.test' });
    expect([answer.status, answer.body.toString()]).toEqual([
      400,
      '{"errorCode":"ParameterInvalid","errorMessage":"The request target is not valid percent-encoded UTF-8."}',
    ]);
  });

  it('refuses a body beyond every limit without keeping it', async () => {
    const headers = { host: 'proj.sls.test', 'content-type': 'application/x-protobuf' };
    const answer = await send(service.url, 'POST', '/logstores/ls', headers, Buffer.alloc((16 << 20) + 1));
    expect([answer.status, answer.body.toString()]).toEqual([
      400,
      '{"errorCode":"PostBodyTooLarge","errorMessage":"the body is longer than 16777216 bytes"}',
    ]);
  });

  it('answers Expect: 100-continue', async () => {
    const answer = await dialogue(
      'POST /logstores HTTP/1.1\r\nHost: proj.x.y\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
  });

  it('carries the server time in Date, and a fresh request id each time', async () => {
    const clock = await LogService.start({ port: 0, auth: 'off', now: () => 1_700_000_000_000 });
    const ask = (): ReturnType<typeof send> => send(clock.url, 'GET', '/', { host: '127.0.0.1' });
    const [one, two] = [await ask(), await ask()];
    expect(one.headers['date']).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
    expect(one.headers['x-log-requestid']).toMatch(/^6553F100[0-9A-F]{16}$/);
    expect(two.headers['x-log-requestid']).not.toBe(one.headers['x-log-requestid']);
    await clock.close();
  });

  it('counts requests by API and refusals by code', () => {
    expect(service.counters.requests.get('ListLogStore')).toBe(1);
    expect(service.counters.errors.get('MissingHost')).toBe(1);
  });
});
