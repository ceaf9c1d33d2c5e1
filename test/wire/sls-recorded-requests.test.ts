import { describe, expect, it } from 'vitest';
import { contentMd5 } from '../../src/wire/sls/content-md5.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';
import { decompressLz4 } from '../../src/wire/sls/lz4.ts';
import { decodeLogGroup } from '../../src/wire/sls/scan-log-group.ts';
import { signV1 } from '../../src/wire/sls/signature-v1.ts';
import { contentSha256, signV4 } from '../../src/wire/sls/signature-v4.ts';

/** Requests as unmodified SDKs send them (sls-protocol, section 11): key "ak", secret "sk". */
const common = { date: 'Sat, 21 Nov 2026 03:10:24 GMT', 'x-log-apiversion': '0.6.0', 'x-log-signaturemethod': 'hmac-sha1' };
const json = { 'content-type': 'application/json' };
const protobuf = { 'content-type': 'application/x-protobuf' };
const python = { 'x-log-date': common.date };

type Recorded = readonly [
  name: string,
  method: string,
  path: string,
  query: readonly (readonly [string, string])[],
  headers: Record<string, string>,
  signature: string,
];

const recorded: readonly Recorded[] = [
  ['Node getProject', 'GET', '/', [], json, 'NJG7jXPPb+QDkqxSZDM+gz0lo20='],
  [
    'Node createProject',
    'POST',
    '/',
    [],
    { ...json, 'x-log-bodyrawsize': '40', 'content-md5': '1A9DD4340220D0665B5D3AE2EE318687' },
    'INNGJqeaFJl6yKTHELYlh3TaqtE=',
  ],
  [
    'Node listLogStore',
    'GET',
    '/logstores',
    [
      ['logstoreName', ''],
      ['offset', '0'],
      ['size', '10'],
    ],
    json,
    'TC97L6wg93MI9t69qDnjjZi4LG4=',
  ],
  [
    'Node createLogStore',
    'POST',
    '/logstores',
    [],
    { ...json, 'content-md5': 'D7B510020205563A7AFF9FFA42811B83' },
    'hIbaNRmDf6JIZn9VSVMYUng/+WE=',
  ],
  [
    'Node postLogStoreLogs',
    'POST',
    '/logstores/ls/shards/lb',
    [],
    { ...protobuf, 'x-log-bodyrawsize': '40', 'content-md5': 'D2366441E7B39DBDB5B8195951D92A14' },
    'lMcUD4y+VFt4BjOr8PLa+Y0hKQQ=',
  ],
  [
    'Node getLogs',
    'GET',
    '/logstores/ls',
    [
      ['query', 'a b+c&d=e 中'],
      ['type', 'log'],
      ['from', '1700000000'],
      ['to', '1700000100'],
    ],
    json,
    'mDpLJYbeNdW7PZ5wp8oTDj6p/ak=',
  ],
  [
    'Python put_logs',
    'POST',
    '/logstores/ls/shards/lb',
    [],
    { ...protobuf, ...python, 'x-log-bodyrawsize': '31', 'content-md5': 'C0312CF7B4FC6EB281B8D24F2997008B' },
    'lu8f5/IokAbFRIU/eFr3Vh2tkjQ=',
  ],
  [
    'Python pull_logs',
    'GET',
    '/logstores/ls/shards/0',
    [
      ['type', 'log'],
      ['cursor', 'MTAw'],
      ['count', '10'],
    ],
    { ...python, 'x-log-bodyrawsize': '0' },
    '9oNdTihPTojK3B0d2FRXfYbcEKk=',
  ],
  [
    'Python heartbeat',
    'POST',
    '/logstores/ls/consumergroups/g',
    [
      ['type', 'heartbeat'],
      ['consumer', 'c-1'],
    ],
    { ...json, ...python, 'content-md5': '264884439B70AB09A86BC848421C6DE6' },
    'blzJHKhuXZuOEZzeMguozAvtucY=',
  ],
];

describe('recorded requests of unmodified SDKs', () => {
  it.each(recorded)('%s verifies', (_name, method, path, query, headers, signature) => {
    expect(signV1({ method, path, query, headers: { ...common, ...headers } }, 'sk')).toBe(signature);
  });

  it('Node writes the bytes that we write', () => {
    const body = Buffer.from(
      '0a180880e2cfaa0612060a016112013112080a01621203e4b8ad1a017422017332060a0178120179',
      'hex',
    );
    expect(contentMd5(body)).toBe('D2366441E7B39DBDB5B8195951D92A14');
    const group = {
      topic: 't',
      source: 's',
      tags: [['x', 'y']] as const,
      logs: [
        {
          time: 1700000000,
          contents: [
            ['a', '1'],
            ['b', '中'],
          ] as const,
        },
      ],
    };
    expect(Buffer.from(encodeLogGroup(group)).toString('hex')).toBe(body.toString('hex'));
    expect(decodeLogGroup(body)).toEqual({
      topic: 't',
      source: 's',
      machineUuid: undefined,
      tags: [['x', 'y']],
      logs: [
        {
          time: 1700000000,
          timeNs: undefined,
          contents: [
            ['a', '1'],
            ['b', '中'],
          ],
        },
      ],
    });
  });

  it('Python V4 verifies and its LZ4 body expands', () => {
    const body = Buffer.from('f0100a130880e2cfaa0612060a016b120176250028f7371a03746f702203737263', 'hex');
    const headers = {
      ...protobuf,
      'x-log-bodyrawsize': '31',
      'x-log-compresstype': 'lz4',
      'x-log-apiversion': '0.6.0',
      host: 'proj.sls.local',
      'x-log-content-sha256': contentSha256(body),
      'x-log-date': '20261121T031130Z',
    };
    expect(signV4({ method: 'POST', path: '/logstores/ls/shards/lb', headers }, 'sk', { region: 'cn-hangzhou' })).toBe(
      '1e449290dfb5a2286aabead92c438b29d84130d891cd09777ad49ff63ac34d0f',
    );
    const group = decodeLogGroup(decompressLz4(body, 31));
    expect(group.topic).toBe('top');
    expect(group.logs[0]?.contents).toEqual([['k', 'v']]);
    expect(group.logs[0]?.timeNs).toBe(0x37f72800);
  });

  it('the worked example of the protocol is what we write', () => {
    const group = {
      topic: 'web',
      source: '10.0.0.1',
      tags: [['__pack_id__', '5C9A-0']] as const,
      logs: [
        {
          time: 1700000000,
          timeNs: 123456789,
          contents: [
            ['level', 'info'],
            ['msg', 'hello'],
          ] as const,
        },
      ],
    };
    // The example has Time_ns behind the contents, we write it in front; both are the same message.
    const example = Buffer.from(
      '0a280880e2cfaa06120d0a056c6576656c1204696e666f120c0a036d7367120568656c6c6f2515cd5b07' +
        '1a03776562220831302e302e302e3132150a0b5f5f7061636b5f69645f5f1206354339412d30',
      'hex',
    );
    expect(encodeLogGroup(group).length).toBe(example.length);
    expect(decodeLogGroup(encodeLogGroup(group))).toEqual(decodeLogGroup(example));
  });
});
