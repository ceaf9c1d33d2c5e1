import { createHash } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { encodeLogGroup } from '../../../src/wire/sls/encode-log-group.ts';
import { compressLz4, decompressLz4 } from '../../../src/wire/sls/lz4.ts';
import { authorizationV1 } from '../../../src/wire/sls/signature-v1.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | undefined>;
  readonly body: Buffer;
}

/** Sends exactly these header lines and bytes. */
export function send(
  url: string,
  method: string,
  target: string,
  headers: Record<string, string>,
  body?: Uint8Array,
  agent?: Agent,
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: hostname,
        port,
        method,
        path: target,
        headers,
        setHost: false,
        ...(agent === undefined ? {} : { agent }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Answer['headers'],
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

export interface RawCall {
  readonly body?: Uint8Array | string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** A signing client of a few lines, for one project and log store of a local service. */
export class RawClient {
  readonly #url: string;
  readonly #project: string;
  readonly #store: string;
  readonly #now: () => number;
  readonly agent = new Agent({ keepAlive: true });

  constructor(url: string, project = 'proj', store = 'ls', now: () => number = Date.now) {
    this.#url = url;
    this.#project = project;
    this.#store = store;
    this.#now = now;
  }

  call(method: string, path: string, { body, query = {}, headers = {} }: RawCall = {}): Promise<Answer> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const content: Record<string, string> = {};
    if (bytes !== undefined && bytes.length > 0) {
      content['content-type'] = typeof body === 'string' ? 'application/json' : 'application/x-protobuf';
      content['content-md5'] = createHash('md5').update(bytes).digest('hex').toUpperCase();
      content['content-length'] = String(bytes.length);
    }
    const all: Record<string, string> = {
      host: `${this.#project}.${new URL(this.#url).host}`,
      date: new Date(this.#now()).toUTCString(),
      'x-log-apiversion': '0.6.0',
      'x-log-signaturemethod': 'hmac-sha1',
      'x-log-bodyrawsize': String(bytes?.length ?? 0),
      ...content,
      ...headers,
    };
    const pairs = Object.entries(query);
    const signed = { method, path, query: pairs, headers: all };
    all['authorization'] ??= authorizationV1(signed, { id: 'sluice', secret: 'sluice' });
    const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    const target = text === '' ? path : `${path}?${text}`;
    return send(this.#url, method, target, all, bytes, this.agent);
  }

  async json(method: string, path: string, call: RawCall = {}): Promise<unknown> {
    const answer = await this.call(method, path, call);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.toString()}`);
    return answer.body.length === 0 ? undefined : JSON.parse(answer.body.toString());
  }

  /** Puts raw LogGroup bytes as LZ4; `key` routes them. */
  put(raw: Uint8Array, key?: string): Promise<Answer> {
    return this.call('POST', `/logstores/${this.#store}/shards/${key === undefined ? 'lb' : 'route'}`, {
      body: compressLz4(raw),
      query: key === undefined ? {} : { key },
      headers: { 'x-log-compresstype': 'lz4', 'x-log-bodyrawsize': String(raw.length) },
    });
  }

  async cursor(shard: number, from: string): Promise<string> {
    const query = { type: 'cursor', from };
    const answer = await this.json('GET', `/logstores/${this.#store}/shards/${shard}`, { query });
    return (answer as { cursor: string }).cursor;
  }

  pull(shard: number, cursor: string, count = 1000, call: RawCall = {}): Promise<Answer> {
    return this.call('GET', `/logstores/${this.#store}/shards/${shard}`, {
      query: { type: 'logs', cursor, count: String(count), ...call.query },
      headers: { 'accept-encoding': 'lz4', ...call.headers },
    });
  }

  /** All groups of a shard from its begin, decompressed and cut apart. */
  async readAll(shard: number): Promise<Buffer[]> {
    const groups: Buffer[] = [];
    let cursor = await this.cursor(shard, 'begin');
    for (;;) {
      const answer = await this.pull(shard, cursor);
      if (answer.status !== 200) throw new Error(answer.body.toString());
      if (answer.headers['x-log-count'] === '0') return groups;
      groups.push(...cutGroups(expand(answer)));
      cursor = answer.headers['x-log-cursor'] ?? '';
    }
  }

  close(): void {
    this.agent.destroy();
  }
}

/** The raw body of an LZ4 pull answer. */
export function expand(answer: Answer): Buffer {
  const size = Number(answer.headers['x-log-bodyrawsize']);
  return Buffer.from(answer.headers['x-log-compresstype'] === 'lz4' ? decompressLz4(answer.body, size) : answer.body);
}

/** The entries of a LogGroupList, written apart from our decoder. */
export function cutGroups(list: Buffer): Buffer[] {
  const groups: Buffer[] = [];
  let at = 0;
  while (at < list.length) {
    if (list[at++] !== 0x0a) throw new Error('not a LogGroupList');
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = list[at++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    groups.push(list.subarray(at, at + length));
    at += length;
  }
  return groups;
}

/** The bytes the server appends: the tag `__receive_time__`. */
export function receiveTimeTag(sec: number): Buffer {
  const value = String(sec);
  return Buffer.concat([
    Buffer.from([0x32, 4 + 16 + value.length, 0x0a, 16]),
    Buffer.from('__receive_time__'),
    Buffer.from([0x12, value.length]),
    Buffer.from(value),
  ]);
}

/** A group of `count` logs that says who it is; `words` makes it as compressible as real logs. */
export function sampleGroup(name: string, count = 1, time = 1_700_000_000): Uint8Array {
  return encodeLogGroup({
    topic: 'web',
    source: '10.0.0.1',
    logs: Array.from({ length: count }, (_, i) => ({
      time: time + i,
      contents: [
        ['name', name],
        ['path', `/index.html?page=${i % 7}`],
        ['agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)'],
      ] as const,
    })),
  });
}
