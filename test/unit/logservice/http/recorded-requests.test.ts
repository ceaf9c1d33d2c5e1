import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../../../src/logservice/index.ts';
import { cutGroups, receiveTimeTag, RawClient, send, type Answer } from '../raw-client.ts';

/** The requests of sls-protocol.md, section 11, as unmodified SDKs sent them; the signatures are theirs. */
const DATE = 'Sat, 21 Nov 2026 03:10:24 GMT';
const RECEIVED = 1_700_000_000;

let service: LogService;
const dispatch = (text: string, body?: string | Buffer): Promise<Answer> => {
  const [line = '', ...lines] = text.trim().split('\n');
  const [method = '', target = ''] = line.split(' ');
  const headers = Object.fromEntries(
    lines.map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon), header.slice(colon + 1).trim()];
    }),
  );
  return send(service.url, method, target, headers, typeof body === 'string' ? Buffer.from(body) : body);
};

const node = (line: string, authorization: string, host = 'proj.sls.local:8099', more = ''): string => `${line}
content-type: application/json
date: ${DATE}
x-log-apiversion: 0.6.0
x-log-signaturemethod: hmac-sha1
user-agent: aliyun-log-nodejs-sdk
${more}authorization: LOG ak:${authorization}
Host: ${host}
Connection: close`;

const python = (line: string, authorization: string, more = ''): string => `${line}
x-log-apiversion: 0.6.0
${more}Host: proj.sls.local
x-log-signaturemethod: hmac-sha1
Date: ${DATE}
Authorization: LOG ak:${authorization}
x-log-date: ${DATE}`;

const unsigned = (): RawClient => new RawClient(service.url, 'proj', 'ls');

beforeAll(async () => {
  service = await LogService.start({
    port: 0,
    accessKeys: ['ak:sk', 'sluice:sluice'],
    clockWindowMs: Infinity,
    hostNames: ['sls.local'],
    now: () => RECEIVED * 1000,
  });
});
afterAll(() => service.close());

describe('recorded requests of the Node SDK', () => {
  it('creates the project although the host names none', async () => {
    const more = 'x-log-bodyrawsize: 40\ncontent-md5: 1A9DD4340220D0665B5D3AE2EE318687\ncontent-length: 40\n';
    const answer = await dispatch(
      node('POST /? HTTP/1.1', 'INNGJqeaFJl6yKTHELYlh3TaqtE=', 'sls.local:8099', more),
      '{"projectName":"proj","description":"d"}',
    );
    expect([answer.status, answer.body.toString()]).toEqual([200, '']);
    expect(answer.headers['content-type']).toBeUndefined();
    expect(answer.headers['content-length']).toBe('0');
    expect(answer.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/);
  });

  it('describes the project with times as texts', async () => {
    const answer = await dispatch(node('GET /? HTTP/1.1', 'NJG7jXPPb+QDkqxSZDM+gz0lo20='));
    expect(JSON.parse(answer.body.toString())).toEqual({
      createTime: '1700000000',
      description: 'd',
      lastModifyTime: '1700000000',
      owner: '',
      projectName: 'proj',
      region: 'cn-hangzhou',
      status: 'Normal',
    });
  });

  it('creates a log store without x-log-bodyrawsize and lists it with an empty parameter', async () => {
    const more = 'content-md5: D7B510020205563A7AFF9FFA42811B83\ncontent-length: 44\n';
    const answer = await dispatch(
      node('POST /logstores? HTTP/1.1', 'hIbaNRmDf6JIZn9VSVMYUng/+WE=', 'proj.sls.local:8099', more),
      '{"logstoreName":"ls","ttl":1,"shardCount":2}',
    );
    expect([answer.status, answer.body.toString()]).toEqual([200, '']);
    const list = await dispatch(
      node('GET /logstores?logstoreName=&offset=0&size=10 HTTP/1.1', 'TC97L6wg93MI9t69qDnjjZi4LG4='),
    );
    expect(list.body.toString()).toBe('{"count":1,"total":1,"logstores":["ls"]}');
    expect(list.headers['content-type']).toBe('application/json');
  });

  it('takes an uncompressed put with lower-case header names and a lone question mark', async () => {
    const body = Buffer.from('0a180880e2cfaa0612060a016112013112080a01621203e4b8ad1a017422017332060a0178120179', 'hex');
    const text = `POST /logstores/ls/shards/lb? HTTP/1.1
content-type: application/x-protobuf
date: ${DATE}
x-log-apiversion: 0.6.0
x-log-signaturemethod: hmac-sha1
x-log-bodyrawsize: 40
content-md5: D2366441E7B39DBDB5B8195951D92A14
content-length: 40
authorization: LOG ak:lMcUD4y+VFt4BjOr8PLa+Y0hKQQ=
Host: proj.sls.local:8099`;
    const answer = await dispatch(text, body);
    expect([answer.status, answer.body.toString()]).toEqual([200, '']);
    const client = unsigned();
    expect(await client.readAll(0)).toEqual([Buffer.concat([body, receiveTimeTag(RECEIVED)])]);
    client.close();
  });

  it('verifies a query with escapes before it says that it does not know the call', async () => {
    const answer = await dispatch(
      node(
        'GET /logstores/ls?query=a%20b%2Bc%26d%3De%20%E4%B8%AD&type=log&from=1700000000&to=1700000100 HTTP/1.1',
        'mDpLJYbeNdW7PZ5wp8oTDj6p/ak=',
      ),
    );
    expect(JSON.parse(answer.body.toString())).not.toMatchObject({ errorCode: 'SignatureNotMatch' });
  });
});

describe('recorded requests of the Python SDK', () => {
  const put = Buffer.from('0a130880e2cfaa0612060a016b120176250098892a1a03746f702203737263', 'hex');

  it('takes a put through a proxy, whose host lacks the port', async () => {
    const more =
      'Content-MD5: C0312CF7B4FC6EB281B8D24F2997008B\nx-log-bodyrawsize: 31\nContent-Type: application/x-protobuf\nContent-Length: 31\n';
    const line = 'POST http://proj.sls.local:8099/logstores/ls/shards/lb HTTP/1.1';
    const answer = await dispatch(python(line, 'lu8f5/IokAbFRIU/eFr3Vh2tkjQ=', more), put);
    expect([answer.status, answer.body.toString()]).toEqual([200, '']);
    const client = unsigned();
    expect(await client.readAll(1)).toEqual([Buffer.concat([put, receiveTimeTag(RECEIVED)])]);
    client.close();
  });

  it('verifies a pull and refuses its foreign cursor', async () => {
    const line =
      'GET http://proj.sls.local:8099/logstores/ls/shards/0?type=log&cursor=MTAw&count=10 HTTP/1.1\nAccept-Encoding: \nAccept: application/x-protobuf\nContent-Length: 0';
    const answer = await dispatch(python(line, '9oNdTihPTojK3B0d2FRXfYbcEKk=', 'x-log-bodyrawsize: 0\n'));
    expect([answer.status, answer.body.toString()]).toEqual([
      400,
      '{"errorCode":"InvalidCursor","errorMessage":"Invalid cursor MTAw"}',
    ]);
  });

  it('creates a group with a body size of 0, refuses an unknown consumer with shards, stores a forced checkpoint', async () => {
    const json = 'Content-Type: application/json\n';
    const create = await dispatch(
      python(
        'POST http://proj.sls.local:8099/logstores/ls/consumergroups HTTP/1.1',
        'IgGrp1rti/vgi3G95Co07nXHrO0=',
        `x-log-bodyrawsize: 0\n${json}Content-Length: 53\nContent-MD5: FA0CD86DB9F8672BE74C3CC8FE103D76\n`,
      ),
      '{"consumerGroup": "g", "timeout": 60, "order": false}',
    );
    expect([create.status, create.body.toString()]).toEqual([200, '']);
    const beat = await dispatch(
      python(
        'POST http://proj.sls.local:8099/logstores/ls/consumergroups/g?type=heartbeat&consumer=c-1 HTTP/1.1',
        'blzJHKhuXZuOEZzeMguozAvtucY=',
        `${json}Content-Length: 6\nContent-MD5: 264884439B70AB09A86BC848421C6DE6\n`,
      ),
      '[0, 1]',
    );
    expect([beat.status, beat.body.toString()]).toEqual([
      400,
      '{"errorCode":"NotExistConsumerWithBody","errorMessage":"non-exist consumer with non-empty body of heartbeat message"}',
    ]);
    const checkpoint = '{"shard": 0, "checkpoint": "MTAw"}';
    const save = await dispatch(
      python(
        'POST http://proj.sls.local:8099/logstores/ls/consumergroups/g?type=checkpoint&consumer=c-1&forceSuccess=True HTTP/1.1',
        'qK3uSjZZd4gx3yG4FJ+nB20a7YE=',
        `${json}Content-Length: ${checkpoint.length}\nContent-MD5: 7E5BC64662B59CF8DE3D67D0CD21B629\n`,
      ),
      checkpoint,
    );
    expect([save.status, save.body.toString()]).toEqual([200, '']);
  });

  it('verifies V4, which signs the host as it was sent', async () => {
    const text = `POST http://proj.sls.local:8099/logstores/ls/shards/lb HTTP/1.1
x-log-bodyrawsize: 31
Content-Type: application/x-protobuf
x-log-compresstype: lz4
Content-Length: 33
x-log-apiversion: 0.6.0
Host: proj.sls.local
x-log-content-sha256: c37a5554bc98abc02c116bc75cf34be47299d884ab1f4b331d02d9ea387a9a05
x-log-date: 20261121T031130Z
Authorization: SLS4-HMAC-SHA256 Credential=ak/20261121/cn-hangzhou/sls/aliyun_v4_request,Signature=1e449290dfb5a2286aabead92c438b29d84130d891cd09777ad49ff63ac34d0f`;
    const body = Buffer.from('f0100a130880e2cfaa0612060a016b120176250028f7371a03746f702203737263', 'hex');
    const answer = await dispatch(text, body);
    expect([answer.status, answer.body.toString()]).toEqual([200, '']);
    const client = unsigned();
    const [, group] = cutGroups(
      Buffer.concat((await client.readAll(0)).map((g) => Buffer.concat([Buffer.from([0x0a, g.length]), g]))),
    );
    expect(group).toEqual(Buffer.concat([body.subarray(2), receiveTimeTag(RECEIVED)]));
    client.close();
  });
});
