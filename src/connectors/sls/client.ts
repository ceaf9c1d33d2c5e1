import { setMaxListeners } from 'node:events';
import { ConnectorError } from '../../errors/sluice-error.ts';
import { contentMd5 } from '../../wire/sls/content-md5.ts';
import { LZ4_HEADROOM, MAX_RAW_BYTES } from '../../wire/sls/lz4.ts';
import { authorizationV1 } from '../../wire/sls/signature-v1.ts';
import { authorizationV4, contentSha256 } from '../../wire/sls/signature-v4.ts';
import { percentEncode } from '../../wire/sls/signed-request.ts';
import { openConnections, type Connections } from './connections.ts';
import type { Endpoint } from './endpoint.ts';
import { answerError, unreachable, type SlsError } from './sls-error.ts';
import { wait } from './wait.ts';

export interface ClientSettings {
  readonly endpoint: Endpoint;
  readonly project: string;
  readonly logStore: string;
  readonly accessId: string;
  readonly accessKey: string;
  readonly securityToken: string | undefined;
  /** Set for V4 signatures. */
  readonly region: string | undefined;
  /**
   * Temporary keys, asked for before each request; they win over the fixed ones. With those the service refused: others,
   * or the same where there are none.
   */
  readonly credentials?: ((refused?: Credentials) => Promise<Credentials>) | undefined;
  readonly maxRetries: number;
  /** First and longest pause before a repeated request. */
  readonly backoffMs?: { readonly base: number; readonly max: number } | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Address of a proxy, or `none`; absent: as the environment says. */
  readonly proxy?: string | undefined;
  readonly now: () => number;
  /** Told about throttling and outages that are waited out. */
  readonly warn: (message: string) => void;
}

export interface Credentials {
  readonly accessId: string;
  readonly accessKey: string;
  readonly securityToken: string | undefined;
}

export interface Call {
  /** For messages: `pulling logs of shard 3`. */
  readonly doing: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Decoded, within the project: `/logstores/orders/shards/0`. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly contentType?: string;
  /** Bytes of the body before compression; default its length. */
  readonly rawSize?: number;
  /** Ends request and retries; without it only `close` does (writes and commits of a stopping job go through). */
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: Uint8Array;
  /** Whether the bytes in front of `body` are free (`LZ4_HEADROOM`). */
  readonly headroom: boolean;
  /** Gives the memory of `body` back: a later answer is read into it. */
  recycle(): void;
  /** The server's clock, epoch ms, to the second. */
  readonly serverTimeMs: number | undefined;
}

interface Failure {
  readonly error: SlsError;
  readonly serverTimeMs: number | undefined;
  /** Those the request was signed with. */
  readonly credentials: Credentials;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
const SPARE_BODIES = 8;
const ROOM_STEP = 256 << 10;
/** Before the first answer ever, a service that refuses connections is more likely misspelt than restarting. */
const RETRIES_BEFORE_FIRST_ANSWER = 2;

/** Signed requests of one project over kept-alive connections, repeated where repeating may help. */
export class SlsClient {
  readonly settings: ClientSettings;
  readonly #closing = new AbortController();
  #opened: Promise<Connections> | undefined;
  /** Memory of bodies that were given back. */
  readonly #spare: ArrayBufferLike[] = [];
  #answered = false;
  /** Server clock minus ours, ms; learned when the service finds our time expired. */
  #skewMs = 0;

  constructor(settings: ClientSettings) {
    this.settings = settings;
    // Every request under way listens; that is no leak.
    setMaxListeners(0, this.#closing.signal);
  }

  /**
   * Sends a request; repeats it after network failures, 5xx, throttling, and once each after a clock
   * correction and with new keys.
   * @throws SlsError; ConnectorError JOB_CANCELLED when the job stopped meanwhile
   */
  async call(call: Call): Promise<Answer> {
    const { maxRetries, warn } = this.settings;
    const signal = call.signal ?? this.#closing.signal;
    let clockCorrected = false;
    let keysRenewed = false;
    for (let attempt = 0; ; attempt++) {
      const result = await this.#once(call);
      if (!('error' in result)) return result;
      const { error, serverTimeMs, credentials } = result;
      if (signal.aborted || this.#closing.signal.aborted) throw cancelled(error);
      const clock = /^(RequestTime(Expired|TooSkewed)|SignatureNotMatch)$/.test(error.serviceCode);
      if (clock && !clockCorrected && serverTimeMs !== undefined) {
        clockCorrected = true;
        this.#skewMs = serverTimeMs - this.settings.now();
        continue;
      }
      if (error.code === 'SLS_UNAUTHORIZED' && !keysRenewed && this.settings.credentials !== undefined) {
        keysRenewed = true;
        const others = await this.settings.credentials(credentials);
        if (!sameKeys(others, credentials)) continue;
      }
      const limit = this.#answered ? maxRetries : Math.min(maxRetries, RETRIES_BEFORE_FIRST_ANSWER);
      if (error.retry !== 'backoff' || attempt >= limit) throw error;
      // Throttling is waited out more slowly: each attempt counts against the quota.
      const { base: first, max } = this.settings.backoffMs ?? { base: FIRST_PAUSE_MS, max: LONGEST_PAUSE_MS };
      const base = error.code === 'SLS_THROTTLED' ? first * 4 : first;
      const pauseMs = Math.min(max, base * 2 ** attempt);
      if (attempt > 0) warn(`${error.message}, attempt ${attempt + 1}, next in ${pauseMs} ms`);
      if (!(await wait(pauseMs, signal))) throw cancelled(error);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await (await this.#opened?.catch(() => undefined))?.dispatcher.destroy();
  }

  async #once(call: Call): Promise<Answer | Failure> {
    const { endpoint, project, logStore } = this.settings;
    const signal = call.signal ?? this.#closing.signal;
    const place = { doing: call.doing, project, logStore, address: endpoint.address };
    const query = call.query ?? [];
    // Their failure says what is wrong better than that of the request would.
    const credentials = (await this.settings.credentials?.()) ?? this.settings;
    const search = query.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
    const { dispatcher, proxy } = await this.#connections();
    try {
      const response = await dispatcher.request({
        origin: endpoint.origin,
        method: call.method,
        path: search === '' ? call.path : `${call.path}?${search}`,
        headers: this.#headers(call, credentials),
        body: call.body ?? null,
        signal,
      });
      const header = (name: string): string | undefined => {
        const value = response.headers[name];
        return Array.isArray(value) ? value[0] : value;
      };
      const body = await readBody(response.body, Number(header('content-length') ?? 'NaN'), this.#spare);
      const date = Date.parse(header('date') ?? '');
      const serverTimeMs = Number.isNaN(date) ? undefined : date;
      this.#answered = true;
      const status = response.statusCode;
      if (status === 200) {
        const headroom = body.byteOffset === LZ4_HEADROOM;
        const recycle = (): void => {
          if (headroom && this.#spare.length < SPARE_BODIES) this.#spare.push(body.buffer);
        };
        return { status, header, body, headroom, recycle, serverTimeMs };
      }
      const requestId = header('x-log-requestid') ?? 'unknown';
      return { error: answerError(place, { status, requestId, body }), serverTimeMs, credentials };
    } catch (cause) {
      return { error: unreachable({ ...place, proxy }, cause), serverTimeMs: undefined, credentials };
    }
  }

  #headers(call: Call, credentials: Credentials): Record<string, string> {
    const { endpoint, region } = this.settings;
    const { accessId, accessKey, securityToken } = credentials;
    const time = new Date(this.settings.now() + this.#skewMs);
    const headers: Record<string, string> = {
      host: endpoint.host,
      'x-log-apiversion': '0.6.0',
      'x-log-bodyrawsize': String(call.rawSize ?? call.body?.length ?? 0),
      'user-agent': 'sluice',
      ...call.headers,
    };
    if (call.body !== undefined) headers['content-type'] = call.contentType ?? 'application/json';
    if (securityToken !== undefined) headers['x-acs-security-token'] = securityToken;
    const key = { id: accessId, secret: accessKey };
    const request = { method: call.method, path: call.path, query: call.query, headers };
    if (region === undefined) {
      headers['date'] = time.toUTCString();
      headers['x-log-signaturemethod'] = 'hmac-sha1';
      if (call.body !== undefined) headers['content-md5'] = contentMd5(call.body);
      headers['authorization'] = authorizationV1(request, key);
    } else {
      headers['x-log-date'] = time.toISOString().replace(/[-:]|\.\d+/g, '');
      headers['x-log-content-sha256'] = contentSha256(call.body ?? new Uint8Array(0));
      headers['authorization'] = authorizationV4(request, key, { region });
    }
    return headers;
  }

  #connections(): Promise<Connections> {
    return (this.#opened ??= openConnections(this.settings, this.settings.endpoint.origin));
  }
}

/** The whole body; memory is bounded by what the service may send at all. */
async function readBody(
  stream: AsyncIterable<Uint8Array>,
  announced: number,
  spare: ArrayBufferLike[],
): Promise<Uint8Array> {
  if (announced >= 0 && announced <= MAX_RAW_BYTES) {
    const size = announced + LZ4_HEADROOM;
    const fits = spare.findIndex((one) => one.byteLength >= size);
    const memory = fits >= 0 ? spare.splice(fits, 1)[0]! : Buffer.allocUnsafeSlow(roomOf(size)).buffer;
    const body = new Uint8Array(memory, LZ4_HEADROOM, announced);
    let used = 0;
    for await (const chunk of stream) {
      if (used + chunk.length > announced) throw new Error('the answer is longer than announced');
      body.set(chunk, used);
      used += chunk.length;
    }
    if (used !== announced) throw new Error('the answer is shorter than announced');
    return body;
  }
  const chunks: Uint8Array[] = [];
  let used = 0;
  for await (const chunk of stream) {
    used += chunk.length;
    if (used > MAX_RAW_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, used));
}

function sameKeys(a: Credentials, b: Credentials): boolean {
  return a.accessId === b.accessId && a.accessKey === b.accessKey && a.securityToken === b.securityToken;
}

/** Rounded up where memory is likely to be used again. */
function roomOf(size: number): number {
  return size < ROOM_STEP / 4 ? size : Math.ceil(size / ROOM_STEP) * ROOM_STEP;
}

function cancelled(cause: unknown): ConnectorError {
  return new ConnectorError('JOB_CANCELLED', 'the job stopped while a request to the log service was under way', {
    domain: 'external',
    cause,
  });
}
