import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Answer } from '../../src/connectors/sls/client.ts';
import { LogService } from '../../src/logservice/index.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';

/** One answer as it came over the wire: everything in front of the empty line, and what follows it. */
export interface RecordedAnswer {
  readonly name: string;
  readonly head: string;
  /** base64 */
  readonly body: string;
}

const file = fileURLToPath(new URL('../wire/sls-answers.json', import.meta.url));

export function recordedAnswers(): readonly RecordedAnswer[] {
  return JSON.parse(readFileSync(file, 'utf8')) as RecordedAnswer[];
}

/** What the client makes of status, headers and body. */
export function answerOf(head: string, body: Uint8Array): Answer {
  const [line = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.flatMap((one) => {
      const colon = one.indexOf(':');
      return colon < 1 ? [] : [[one.slice(0, colon).trim().toLowerCase(), one.slice(colon + 1).trim()] as const];
    }),
  );
  return {
    status: Number(line.split(' ')[1]),
    header: (name) => headers.get(name),
    body,
    headroom: false,
    recycle: () => undefined,
    serverTimeMs: undefined,
  };
}

const groups = [
  encodeLogGroup({
    topic: 'web',
    source: '10.0.0.1',
    tags: [
      ['__pack_id__', '5C9A-0'],
      ['t1', 'tag value'],
    ],
    logs: [
      {
        time: 1_700_000_000,
        timeNs: 123_456_789,
        contents: [
          ['level', 'info'],
          ['msg', 'hello 中'],
          ['long', 'x'.repeat(200)],
        ],
      },
      {
        time: 1_700_000_001,
        contents: [
          ['level', ''],
          ['msg', 'hello again'],
        ],
      },
    ],
  }),
  encodeLogGroup({ logs: [{ time: 1_700_000_002, contents: [['level', 'warn']] }] }),
];

const pull = '/logstores/ls/shards/0?type=logs&cursor=CURSOR&count=10';
const requests: readonly (readonly [
  name: string,
  method: string,
  target: string,
  body?: string | undefined,
  accept?: string,
])[] = [
  ['cursor', 'GET', '/logstores/ls/shards/0?type=cursor&from=begin'],
  ['shards', 'GET', '/logstores/ls/shards'],
  ['log store', 'GET', '/logstores/ls'],
  ['log stores', 'GET', '/logstores?offset=0&size=500'],
  ['create group', 'POST', '/logstores/ls/consumergroups', '{"consumerGroup":"g","timeout":60,"order":true}'],
  ['groups', 'GET', '/logstores/ls/consumergroups'],
  ['update group', 'PUT', '/logstores/ls/consumergroups/g', '{"timeout":30,"order":false}'],
  ['heartbeat', 'POST', '/logstores/ls/consumergroups/g?type=heartbeat&consumer=c-1', '[]'],
  [
    'store checkpoint',
    'POST',
    '/logstores/ls/consumergroups/g?type=checkpoint&forceSuccess=true',
    '{"shard":0,"checkpoint":"CURSOR"}',
  ],
  ['checkpoints', 'GET', '/logstores/ls/consumergroups/g'],
  ['pull lz4', 'GET', pull, undefined, 'lz4'],
  ['pull zstd', 'GET', pull, undefined, 'zstd'],
  ['pull deflate', 'GET', pull, undefined, 'deflate'],
  ['pull none', 'GET', pull, undefined, ''],
  ['pull empty', 'GET', pull.replace('CURSOR', 'END'), undefined, 'lz4'],
  ['error of a cursor', 'GET', pull.replace('CURSOR', 'MQ%3D%3D'), undefined, 'lz4'],
  ['error of a log store', 'GET', '/logstores/none/shards'],
  ['error of a group', 'GET', '/logstores/ls/consumergroups/none'],
  [
    'error of a second group',
    'POST',
    '/logstores/ls/consumergroups',
    '{"consumerGroup":"g","timeout":60,"order":true}',
  ],
  ['error of a parameter', 'GET', '/logstores/ls/shards/0?type=cursor&from=never'],
  ['error of a method', 'DELETE', '/logstores/ls/shards/lb'],
];

/** Asks the service anew for every message the client reads. Run the test with RECORD=1 to write the fixture. */
export async function recordAnswers(): Promise<{ readonly file: string; readonly answers: readonly RecordedAnswer[] }> {
  const service = await LogService.start({ port: 0, init: ['proj/ls:2'], auth: 'off', log: () => undefined });
  const answers: RecordedAnswer[] = [];
  try {
    const ask = (method: string, target: string, body: Uint8Array, accept?: string): Promise<Buffer> => {
      const type =
        body.length === 0
          ? ''
          : `Content-Type: ${body[0] === 0x0a ? 'application/x-protobuf' : 'application/json'}\r\n`;
      const head =
        `${method} ${target} HTTP/1.1\r\nHost: proj.sls.test\r\nx-log-apiversion: 0.6.0\r\nConnection: close\r\n` +
        `x-log-bodyrawsize: ${body.length}\r\nContent-Length: ${body.length}\r\n${type}` +
        `${accept === undefined ? '' : `Accept-Encoding: ${accept}\r\n`}\r\n`;
      return exchange(service.port, Buffer.concat([Buffer.from(head), body]));
    };
    for (const group of groups) {
      await ask('POST', `/logstores/ls/shards/route?key=${'1'.padEnd(32, '0')}`, group);
    }
    const cursors = new Map<string, string>();
    for (const from of ['begin', 'end']) {
      const answer = (
        await ask('GET', `/logstores/ls/shards/0?type=cursor&from=${from}`, new Uint8Array(0))
      ).toString();
      cursors.set(from, /"cursor":"([^"]+)"/.exec(answer)?.[1] ?? '');
    }
    const filled = (text: string): string =>
      text.replace('CURSOR', cursors.get('begin') ?? '').replace('END', encodeURIComponent(cursors.get('end') ?? ''));
    const put = await ask('POST', '/logstores/ls/shards/route?key=f0000000000000000000000000000000', groups[0]!);
    answers.push(recorded('put', put));
    for (const [name, method, target, body = '', accept] of requests) {
      const text =
        method === 'GET'
          ? filled(target).replace(/cursor=([^&%]+)&/, (_all, one: string) => `cursor=${encodeURIComponent(one)}&`)
          : target;
      answers.push(recorded(name, await ask(method, text, Buffer.from(filled(body)), accept)));
    }
  } finally {
    await service.close();
  }
  answers.push(packedZstd(answers.find((one) => one.name === 'pull none')!));
  return { file, answers };
}

/** The embedded service may store zstd unpacked; that of the cloud packs it, with a window and a checksum. */
function packedZstd(plain: RecordedAnswer): RecordedAnswer {
  const body = execFileSync('zstd', ['-c', '-19'], { input: Buffer.from(plain.body, 'base64') });
  const head = plain.head.replace(/content-length: \d+/i, `content-length: ${body.length}\r\nx-log-compresstype: zstd`);
  return { name: 'pull zstd, packed', head, body: body.toString('base64') };
}

function recorded(name: string, bytes: Buffer): RecordedAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  return { name, head: bytes.toString('latin1', 0, end), body: bytes.toString('base64', end + 4) };
}

/** Sends bytes on a connection of their own. @returns all that comes back */
function exchange(port: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', reject);
    socket.once('close', () => resolve(Buffer.concat(chunks)));
  });
}
