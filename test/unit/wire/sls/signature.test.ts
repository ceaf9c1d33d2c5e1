import { describe, expect, it } from 'vitest';
import { contentMd5 } from '../../../../src/wire/sls/content-md5.ts';
import { percentEncode } from '../../../../src/wire/sls/signed-request.ts';
import { authorizationV1, canonicalV1, signV1 } from '../../../../src/wire/sls/signature-v1.ts';
import { authorizationV4, canonicalV4, contentSha256, signV4 } from '../../../../src/wire/sls/signature-v4.ts';

const standard = { 'x-log-apiversion': '0.6.0', 'x-log-signaturemethod': 'hmac-sha1' };
const epoch = { ...standard, Date: 'Thu, 01 Jan 1970 00:00:00 GMT' };
const own = { ...standard, Date: 'Tue, 14 Nov 2023 22:13:20 GMT' };
const body39 = new TextEncoder().encode('\n            {"key": "value"}\n        ');

describe('V1 signatures published with the official clients', () => {
  it('N1: parameters with empty values', () => {
    const request = {
      method: 'get',
      path: '/logstores',
      query: [
        ['size', '1000'],
        ['logstoreName', ''],
        ['offset', '0'],
      ] as const,
      headers: { ...standard, Date: 'Mon, 09 Nov 2015 06:11:16 GMT' },
    };
    expect(canonicalV1(request)).toBe(
      'GET\n\n\nMon, 09 Nov 2015 06:11:16 GMT\nx-log-apiversion:0.6.0\nx-log-signaturemethod:hmac-sha1\n' +
        '/logstores?logstoreName=&offset=0&size=1000',
    );
    const key = { id: 'bq2sjzesjmo86kq35behupbq', secret: '4fdO2fTDDnZPU/L7CHNdemB2Nsk=' };
    expect(authorizationV1(request, key)).toBe('LOG bq2sjzesjmo86kq35behupbq:jEYOTCJs2e88o+y5F4/S5IsnBJQ=');
  });

  it('N2: a compressed body', () => {
    const headers = {
      ...standard,
      Date: 'Mon, 09 Nov 2015 06:03:03 GMT',
      'Content-MD5': '1DD45FA4A70A9300CC9FE7305AF2C494',
      'Content-Type': 'application/x-protobuf',
      'x-log-bodyrawsize': '50',
      'x-log-compresstype': 'lz4',
    };
    expect(signV1({ method: 'POST', path: '/logstores/test-logstore', headers }, '4fdO2fTDDnZPU/L7CHNdemB2Nsk=')).toBe(
      'XWLGYHGg2F2hcfxWxMLiNkGki6g=',
    );
  });

  it('G1 and G2: Go', () => {
    const date = 'Mon, 3 Jan 2010 08:33:47 GMT';
    expect(
      signV1(
        { method: 'GET', path: '/logstores', headers: { ...standard, Date: date, 'x-log-bodyrawsize': '0' } },
        'mockAccessKeySecret',
      ),
    ).toBe('Rwm6cTKzoti4HWoe+GKcb6Kv07E=');
    const body = Buffer.from(
      '0a320a1e08f8b2939e0512160a07546573744b6579120b54657374436f6e74656e741a00220e31302e3233302e3230312e313137',
      'hex',
    );
    const headers = {
      ...standard,
      Date: date,
      'x-log-bodyrawsize': '50',
      'Content-Type': 'application/x-protobuf',
      'Content-MD5': contentMd5(body),
    };
    expect(signV1({ method: 'GET', path: '/logstores/app_log', headers }, 'mockAccessKeySecret')).toBe(
      '87xQWqFaOSewqRIma8kPjGYlXHc=',
    );
  });

  it('R1 to R4: Rust, with and without a security token', () => {
    expect(signV1({ method: 'GET', path: '/', headers: epoch }, '')).toBe('SApFTtfTFKHmzdEdaMe5TjNn+RQ=');
    const headers = { ...epoch, 'Content-Type': 'application/json', 'Content-MD5': contentMd5(body39) };
    expect(headers['Content-MD5']).toBe('CE688F8D1AC3ED309BA9BE0A5ABAFCE5');
    const query = [
      ['type', 'log'],
      ['offset', '0'],
      ['line', '100'],
    ] as const;
    const path = '/logstores/test-logstore';
    expect(signV1({ method: 'POST', path, query, headers }, 'test-access-key')).toBe('4pL2xZJERC3tPKtRiHh9+nMG3tI=');
    const token = { ...headers, 'x-acs-security-token': 'test-security-token' };
    expect(signV1({ method: 'POST', path, query, headers: token }, 'test-access-key')).toBe(
      'ZQt+0wIvpd+O9yIJKeKxZTJ2hv0=',
    );
    const pull = [
      ['type', 'log'],
      ['count', '1000'],
      ['cursor', 'MTczNzY2OTAzNjAxNzIxODQ1NA=='],
    ] as const;
    expect(
      signV1({ method: 'POST', path: '/logstores/test/shards/2', query: pull, headers: token }, 'test-access-key'),
    ).toBe('K3rw5WXRe77aZ/meSyEa8NNUYFc=');
  });
});

describe('V1 signatures of our own requests', () => {
  const lz4 = Buffer.from(
    'f0410a280880e2cfaa06120d0a056c6576656c1204696e666f120c0a036d7367120568656c6c6f2515cd5b07' +
      '1a03776562220831302e302e302e3132150a0b5f5f7061636b5f69645f5f1206354339412d30',
    'hex',
  );

  it.each([
    [
      'O1 pull',
      'GET',
      '/logstores/orders/shards/0',
      [
        ['type', 'logs'],
        ['cursor', 'MTcwMDAwMDAwMDAwMDAwMDAwMA=='],
        ['count', '100'],
      ],
      { 'x-log-bodyrawsize': '0' },
      'zIh+S35081LvHo5mz69kmIM0fjI=',
    ],
    [
      'O2 put',
      'POST',
      '/logstores/orders/shards/lb',
      [],
      {
        'Content-Type': 'application/x-protobuf',
        'Content-MD5': contentMd5(lz4),
        'x-log-bodyrawsize': '80',
        'x-log-compresstype': 'lz4',
      },
      'E/M9vqHXqvEpVkZsEkgvfTBXwAc=',
    ],
    [
      'O3 heartbeat',
      'POST',
      '/logstores/orders/consumergroups/cg-1',
      [
        ['type', 'heartbeat'],
        ['consumer', 'c-1'],
      ],
      {
        'Content-Type': 'application/json',
        'Content-MD5': contentMd5(Buffer.from('[0,1]')),
        'x-log-bodyrawsize': '5',
      },
      'Hl+xtUKKkflnHq5vDswzyoDxtjo=',
    ],
    [
      'O4 query with text that is encoded on the wire',
      'GET',
      '/logstores/orders',
      [
        ['type', 'log'],
        ['from', '1700000000'],
        ['to', '1700000100'],
        ['query', 'a b+c&d=e 中'],
        ['line', '100'],
        ['offset', '0'],
        ['reverse', 'false'],
      ],
      { 'Content-Type': 'application/json', 'x-log-bodyrawsize': '0' },
      'Z1C97dKxFnGOYS0A9VoD1ZMg3Gs=',
    ],
    [
      'O5 security token',
      'GET',
      '/logstores/orders/shards',
      [],
      { 'x-log-bodyrawsize': '0', 'x-acs-security-token': 'test-token' },
      'HuHlBX1NBnxx40rZ9wQf0UMBhKk=',
    ],
    [
      'O6 checkpoint',
      'POST',
      '/logstores/orders/consumergroups/cg-1',
      [
        ['type', 'checkpoint'],
        ['consumer', 'c-1'],
        ['forceSuccess', 'false'],
      ],
      {
        'Content-Type': 'application/json',
        'Content-MD5': contentMd5(Buffer.from('{"shard":0,"checkpoint":"MTcwMDAwMDAwMDAwMDAwMDAwMA=="}')),
        'x-log-bodyrawsize': '55',
      },
      'CaOPILfYltnPdx+bhUiQYzl5Sn0=',
    ],
  ] as const)('%s', (_name, method, path, query, headers, expected) => {
    expect(signV1({ method, path, query, headers: { ...own, ...headers } }, 'testsecret')).toBe(expected);
  });

  it('excludes x-log-date from the headers but lets it replace Date', () => {
    const plain = signV1({ method: 'GET', path: '/', headers: own }, 's');
    const dated = { ...standard, Date: 'Mon, 01 Jan 2001 00:00:00 GMT', 'x-log-date': own.Date };
    expect(signV1({ method: 'GET', path: '/', headers: dated }, 's')).toBe(plain);
    expect(signV1({ method: 'GET', path: '/', headers: dated }, 's', { dateFrom: 'date' })).not.toBe(plain);
  });
});

describe('V4 signatures published with the official clients', () => {
  const body = Buffer.from('adasd= -asd zcas');
  const base = {
    method: 'POST',
    path: '/logstores',
    query: [
      [' abc', 'efg'],
      [' agc ', ''],
      ['', 'efg'],
      ['A-bc', 'eFg'],
    ] as (readonly [string, string])[],
    headers: {
      hello: 'world',
      'hello-Text': 'a12X- ',
      ' Ko ': '',
      'x-log-test': 'het123',
      'x-acs-ppp': 'dds',
      'x-log-date': '20220808T032330Z',
      'x-log-content-sha256': contentSha256(body),
    } as Record<string, string>,
  };
  const sign = (change: Partial<typeof base>, region = 'cn-hangzhou') =>
    signV4({ ...base, ...change }, 'zxasdasdasw2', { region });
  const empty = { ...base.headers, 'x-log-content-sha256': contentSha256(new Uint8Array(0)) };

  it('cases 1 to 5', () => {
    expect(sign({})).toBe('a98f5632e93836e63839cd836a54055f480020a9364ca944e2d34f2eb9bf1bed');
    const bare = {
      'x-log-date': '20220808T032330Z',
      'x-log-content-sha256': contentSha256(body),
    };
    expect(sign({ headers: bare, query: [] }, 'cn-shanghai')).toBe(
      '8a10a5e723cb2e75964816de660b2c16a58af8bc0261f7f0722d832468c76ce8',
    );
    expect(sign({ headers: empty })).toBe('5a66d8f8051983e0e9d08e0f960ef9252ef971eead5bb5c7acec8617a2eb2701');
    expect(sign({ method: 'GET', headers: empty })).toBe(
      'd92741852500791d662a8d469ff61627c0559ecd86c3f59b7bf6772b6c62666a',
    );
    expect(
      sign({
        path: '/logstores/hello/a+*~bb/cc',
        query: [...base.query, ['abs-ij*asd/vc', 'a~js+d ada'], ['a abAas123/vc', 'a~jdad a2ADFs+d ada']],
      }),
    ).toBe('2c204068e961a8813a6bcf7ac422f7fa6e9bf9a5da493e0165dfe100854d18ff');
  });

  it('encodes values as RFC 3986 says', () => {
    expect(percentEncode('123abc!@#$%^&*()-=_+ ~|\\/')).toBe(
      '123abc%21%40%23%24%25%5E%26%2A%28%29-%3D_%2B%20~%7C%5C%2F',
    );
  });
});

describe('V4 signatures of our own requests', () => {
  const headers = {
    Host: 'demo.cn-hangzhou.log.aliyuncs.com',
    'x-log-apiversion': '0.6.0',
    'x-log-date': '20231114T221320Z',
  };

  it('V4-O1 and V4-O2', () => {
    const pull = {
      method: 'GET',
      path: '/logstores/orders/shards/0',
      query: [
        ['type', 'logs'],
        ['cursor', 'MTcwMDAwMDAwMDAwMDAwMDAwMA=='],
        ['count', '100'],
      ] as const,
      headers: { ...headers, 'x-log-bodyrawsize': '0', 'x-log-content-sha256': contentSha256(new Uint8Array(0)) },
    };
    expect(canonicalV4(pull).split('\n')[2]).toBe('count=100&cursor=MTcwMDAwMDAwMDAwMDAwMDAwMA%3D%3D&type=logs');
    expect(authorizationV4(pull, { id: 'testid', secret: 'testsecret' }, { region: 'cn-hangzhou' })).toBe(
      'SLS4-HMAC-SHA256 Credential=testid/20231114/cn-hangzhou/sls/aliyun_v4_request,' +
        'Signature=578dd311b58a8d0e1541e298e5f420dd2072a7ed0272f1f81766b6cf35c7dc0c',
    );
    const put = {
      method: 'POST',
      path: '/logstores/orders/shards/lb',
      headers: {
        ...headers,
        'Content-Type': 'application/x-protobuf',
        'x-log-bodyrawsize': '80',
        'x-log-compresstype': 'lz4',
        'x-log-content-sha256': '7422ccd74b6b53df689fd8fd439917329ce1525e644f5e01444aa6e333aae456',
      },
    };
    expect(signV4(put, 'testsecret', { region: 'cn-hangzhou' })).toBe(
      '189af2ba2ddca0904c9ae106d6149cd7b411a0c51459fcc56ce8fbe69aba1edd',
    );
  });
});
