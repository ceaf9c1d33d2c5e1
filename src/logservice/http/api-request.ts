import type { IncomingHttpHeaders } from 'node:http';
import { parameterInvalid } from '../api-error.ts';
import { projectOfHost } from './project-of-host.ts';

/** One request as the handlers see it: decoded, its body complete, its signature verified. */
export interface ApiRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  /** As sent; Go signs it so. */
  readonly rawPath: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Host names the client may have signed, the received header first. */
  readonly hosts: readonly string[];
  /** From the host; undefined where it names none. */
  readonly project: string | undefined;
  readonly body: Buffer;
  readonly clientIp: string;
}

export interface ApiReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** An answer with a JSON body. */
export function jsonReply(value: unknown): ApiReply {
  return { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

/** Success without a body, and so without a content type: the Node SDK would parse it. */
export const emptyReply: ApiReply = {};

/** A parameter; empty counts as absent (the Node SDK sends `offset=&size=`). */
export function parameter(request: ApiRequest, name: string): string | undefined {
  const found = request.query.find(([key]) => key === name)?.[1];
  return found === '' ? undefined : found;
}

export function integerParameter(request: ApiRequest, name: string, byDefault: number): number {
  const text = parameter(request, name);
  if (text === undefined) return byDefault;
  if (!/^-?\d{1,15}$/.test(text)) throw parameterInvalid(`Parameter ${name} is not valid.`);
  return Number(text);
}

/** The body as a JSON object. */
export function jsonBody(request: ApiRequest): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString('utf8'));
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw parameterInvalid('The body is not valid json string.');
  }
  return value as Record<string, unknown>;
}

/**
 * Takes a request target apart: origin-form (`/logstores?…`) or absolute-form (`http://P.host:80/logstores?…`, as sent
 * through a proxy), where the authority of the target wins over the Host header.
 */
export function readTarget(
  method: string,
  target: string,
  received: IncomingHttpHeaders,
  hostNames: readonly string[],
): Omit<ApiRequest, 'body' | 'clientIp'> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(received)) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const absolute = /^https?:\/\/([^/?#]*)/i.exec(target);
  const authority = absolute?.[1];
  const rest = absolute === null ? target : target.slice(absolute[0].length);
  const mark = rest.indexOf('?');
  const rawPath = (mark < 0 ? rest : rest.slice(0, mark)) || '/';
  const host = authority ?? headers['host'];
  const hosts = [headers['host'], authority, authority?.replace(/:\d+$/, ''), headers['host']?.replace(/:\d+$/, '')];
  return {
    method,
    path: decode(rawPath),
    rawPath,
    query: mark < 0 ? [] : readQuery(rest.slice(mark + 1)),
    headers,
    hosts: [...new Set(hosts.filter((name) => name !== undefined))],
    project: host === undefined ? undefined : projectOfHost(host, hostNames),
  };
}

/** `a=1&b=&c` → pairs of decoded texts; a lone `?` has none. */
function readQuery(text: string): (readonly [string, string])[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      const value = equals < 0 ? '' : pair.slice(equals + 1);
      // Go and Python write a space as `+`.
      return [decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))] as const;
    });
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw parameterInvalid('The request target is not valid percent-encoded UTF-8.');
  }
}
