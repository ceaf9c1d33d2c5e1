import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SluiceError } from '../../errors/sluice-error.ts';
import { ApiError } from '../api-error.ts';
import { verifySignature, type SignaturePolicy } from '../auth/verify-signature.ts';
import type { ServiceContext } from '../context.ts';
import { ConnectionDrop, type CallFaults, type FaultInjector } from '../faults/fault-injector.ts';
import { sendDamaged } from '../faults/send-damaged.ts';
import { findRoute, type PathNames, type Route } from '../router.ts';
import { readTarget, type ApiReply, type ApiRequest } from './api-request.ts';

/** Above what the largest allowed group can need. */
const MAX_BODY_BYTES = 16 << 20;
/** A connection that sends more in one body is cut. */
const MAX_DISCARDED_BYTES = 256 << 20;
/** Longer than clients keep idle connections, so that none is closed while a request is on its way. */
const KEEP_ALIVE_MS = 75_000;
const CLOSE_GRACE_MS = 2000;

export interface ApiServerOptions {
  readonly host: string;
  readonly port: number;
  /** undefined: every request is taken as it is. */
  readonly signatures: SignaturePolicy | undefined;
  readonly hostNames: readonly string[];
  readonly log: (line: string) => void;
}

/** The HTTP side: bytes to requests, replies and errors to bytes. */
export class ApiServer {
  readonly #context: ServiceContext;
  readonly #options: ApiServerOptions;
  readonly #server: Server;
  #faults: FaultInjector | undefined;
  #inFlight = 0;
  #idle: (() => void) | undefined;

  constructor(context: ServiceContext, options: ApiServerOptions) {
    this.#context = context;
    this.#options = options;
    // A missing Host header gets an answer of the catalogue instead of Node's.
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requireHostHeader: false }, (incoming, outgoing) => {
      void this.#serve(incoming, outgoing);
    });
    this.#server.headersTimeout = KEEP_ALIVE_MS + 5000;
    this.#server.on('clientError', (_error, socket) => this.#refuse(socket as Socket));
  }

  /** @returns the port. @throws SluiceError LOGSERVICE_FAILED */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const reason = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
        reject(
          new SluiceError('LOGSERVICE_FAILED', `the log service cannot listen on ${host}:${port}: ${reason}`, {
            domain: 'external',
            cause: error,
          }),
        );
      });
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** What goes wrong from now on. */
  setFaults(faults: FaultInjector | undefined): void {
    this.#faults = faults;
  }

  /** Ends when the requests under way are answered; those that take too long are cut off. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    if (this.#inFlight > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        timer = setTimeout(resolve, CLOSE_GRACE_MS);
      });
      clearTimeout(timer);
    }
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.#inFlight++;
    outgoing.once('close', () => {
      this.#inFlight--;
      if (this.#inFlight === 0) this.#idle?.();
    });
    let faults: CallFaults | undefined;
    let reply: ApiReply;
    try {
      const request = await this.#read(incoming);
      const { route, names } = findRoute(request);
      this.#context.counters.countRequest(route.name);
      faults = this.#faults?.next({ ...names, api: route.name, project: names.project ?? request.project });
      const run = async (): Promise<ApiReply> => this.#answer(request, route, names, faults?.clockSkewMs ?? 0);
      reply = await (faults === undefined ? run() : faults.run(run));
    } catch (error) {
      if (incoming.destroyed && !incoming.complete) return;
      if (error instanceof ConnectionDrop) {
        incoming.socket.destroy();
        return;
      }
      reply = this.#errorReply(error);
    }
    this.#send(outgoing, incoming.method ?? '', reply, faults);
  }

  async #read(incoming: IncomingMessage): Promise<ApiRequest> {
    const target = readTarget(incoming.method ?? '', incoming.url ?? '/', incoming.headers, this.#options.hostNames);
    if (target.hosts.length === 0) throw new ApiError(400, 'MissingHost', 'the request has no Host header');
    const body = await readBody(incoming);
    return { ...target, body, clientIp: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, '') };
  }

  async #answer(request: ApiRequest, route: Route, names: PathNames, clockSkewMs: number): Promise<ApiReply> {
    const { signatures } = this.#options;
    if (signatures !== undefined && !route.unsigned) {
      verifySignature(request, signatures, this.#context.now() + clockSkewMs);
    }
    return route.handler(this.#context, request, names);
  }

  #errorReply(error: unknown): ApiReply {
    const known = error instanceof ApiError ? error : new ApiError(500, 'InternalServerError', 'internal server error');
    if (known !== error)
      this.#options.log(`a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    this.#context.counters.countError(known.errorCode);
    return errorReply(known);
  }

  #send(outgoing: ServerResponse, method: string, reply: ApiReply, faults?: CallFaults): void {
    if (outgoing.destroyed) return;
    const nowMs = this.#context.now();
    const answer = {
      status: reply.status ?? 200,
      headers: {
        date: new Date(nowMs + (faults?.clockSkewMs ?? 0)).toUTCString(),
        server: 'sluice',
        'access-control-allow-origin': '*',
        'x-log-requestid': requestId(nowMs),
        'content-length': String(reply.body?.length ?? 0),
        ...reply.headers,
      },
      body: method === 'HEAD' ? undefined : reply.body,
    };
    if (faults?.answerFault !== undefined) {
      sendDamaged(outgoing, answer, faults);
      return;
    }
    outgoing.writeHead(answer.status, answer.headers);
    if (answer.body === undefined) outgoing.end();
    else outgoing.end(answer.body);
  }

  /** What is not even HTTP. */
  #refuse(socket: Socket): void {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const { body, headers } = errorReply(new ApiError(400, 'ParameterInvalid', 'the request is not valid HTTP'));
    const head = [
      'HTTP/1.1 400 Bad Request',
      `x-log-requestid: ${requestId(this.#context.now())}`,
      ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
      `content-length: ${body?.length ?? 0}`,
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${Buffer.from(body ?? []).toString('utf8')}`);
  }
}

function errorReply(error: ApiError): ApiReply {
  return {
    status: error.status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ errorCode: error.errorCode, errorMessage: error.message })),
  };
}

/** 24 upper-case hex digits: the second, then chance. Java repeats a put whose answer lacks it. */
function requestId(nowMs: number): string {
  const second = (Math.floor(nowMs / 1000) >>> 0).toString(16).padStart(8, '0');
  return (second + randomBytes(8).toString('hex')).toUpperCase();
}

/** A body that is too long is read on, without keeping it, so that its sender gets to read the answer. */
function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks = [];
      if (size > MAX_DISCARDED_BYTES) incoming.destroy();
    });
    incoming.once('end', () => {
      if (size > MAX_BODY_BYTES) {
        reject(new ApiError(400, 'PostBodyTooLarge', `the body is longer than ${MAX_BODY_BYTES} bytes`));
      } else {
        resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
      }
    });
    incoming.once('close', () => reject(new Error('the connection ended within a request')));
    incoming.once('error', reject);
  });
}
