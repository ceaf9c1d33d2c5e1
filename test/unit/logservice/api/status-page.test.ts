import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../../../src/logservice/index.ts';
import { RawClient, sampleGroup, send } from '../raw-client.ts';

let service: LogService;
let client: RawClient;
beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['proj/ls:2'] });
  client = new RawClient(service.url);
  await client.put(sampleGroup('g', 3));
  await client
    .json('POST', '/logstores/ls/consumergroups', {
      body: JSON.stringify({ consumerGroup: '<b>&"', timeout: 30, order: true }),
    })
    .catch(() => undefined);
  await client.call('GET', '/logstores/none/shards');
});
afterAll(async () => {
  client.close();
  await service.close();
});
const get = (path: string): ReturnType<typeof send> =>
  send(service.url, 'GET', path, { host: '127.0.0.1', accept: 'text/html' });

describe('the status page', () => {
  it('shows what there is, unsigned', async () => {
    const { status, headers, body } = await get('/_status');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.toString()).toContain('<td>proj</td><td>ls</td><td>2 of 2</td><td>1</td>');
    expect(body.toString()).toContain('<td>PutLogs</td><td>1</td>');
    expect(body.toString()).not.toContain('<b>&"');
  });

  it('leaves the list of projects where it was', async () => {
    expect((await get('/')).body.toString()).toContain('Unauthorized');
  });
});

describe('the metrics', () => {
  it.each(['/metrics', '/_metrics'])('are there for Prometheus at %s', async (path) => {
    const { headers, body } = await get(path);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = body.toString().split('\n');
    expect(lines).toContain('sluice_logservice_requests_total{api="PutLogs"} 1');
    expect(lines).toContain('sluice_logservice_errors_total{code="LogStoreNotExist"} 1');
    expect(lines).toContain('sluice_logservice_put_logs_total 3');
    expect(lines).toContain('sluice_logservice_shards{project="proj",logstore="ls",status="readwrite"} 2');
    expect(lines).toContain('sluice_logservice_kept_groups{project="proj",logstore="ls"} 1');
    for (const line of lines) expect(line).toMatch(/^$|^# (HELP|TYPE) \w+ .+$|^\w+(\{(\w+="[^"]*",?)+\})? [\d.e+]+$/);
  });
});
