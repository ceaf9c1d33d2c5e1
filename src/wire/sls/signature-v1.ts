import { createHmac } from 'node:crypto';
import { compareText, headerMap, type SignedRequest } from './signed-request.ts';

/** Deviations that some clients show; a server tries them when the plain rule does not match. */
export interface CanonicalVariant {
  /** `date`: the Date header even where x-log-date is present. */
  readonly dateFrom?: 'date';
  /** x-log-date counts as an x-log- header. */
  readonly withLogDate?: boolean;
  /** x-log-meta-* headers are left out (Python). */
  readonly withoutMeta?: boolean;
  /** Parameters sorted as finished `k=v` texts (Node) instead of by name. */
  readonly sortPairs?: boolean;
}

/**
 * The text that V1 (`LOG`, HMAC-SHA1) signs. The caller has put Content-MD5 and Content-Type into the headers where
 * there is a body.
 * @source sls-protocol, section 2.1
 */
export function canonicalV1(request: SignedRequest, variant: CanonicalVariant = {}): string {
  const headers = headerMap(request.headers);
  const logDate = headers.get('x-log-date');
  const date = variant.dateFrom === 'date' || logDate === undefined ? (headers.get('date') ?? '') : logDate;
  const signed = [...headers]
    .filter(
      ([name]) =>
        (name.startsWith('x-log-') || name.startsWith('x-acs-')) &&
        (name !== 'x-log-date' || variant.withLogDate === true) &&
        !(variant.withoutMeta === true && name.startsWith('x-log-meta-')),
    )
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => `${name}:${value}`);
  return [
    request.method.toUpperCase(),
    headers.get('content-md5') ?? '',
    headers.get('content-type') ?? '',
    date,
    ...signed,
    canonicalResource(request, variant.sortPairs === true ? 'pair' : 'name'),
  ].join('\n');
}

function canonicalResource(request: SignedRequest, sortBy: 'name' | 'pair'): string {
  const query = request.query ?? [];
  if (query.length === 0) return request.path;
  const pairs =
    sortBy === 'pair'
      ? query.map(([name, value]) => `${name}=${value}`).sort(compareText)
      : [...query].sort(([a], [b]) => compareText(a, b)).map(([name, value]) => `${name}=${value}`);
  return `${request.path}?${pairs.join('&')}`;
}

/** Base64 of the HMAC-SHA1 over `canonicalV1`. */
export function signV1(request: SignedRequest, secret: string, variant: CanonicalVariant = {}): string {
  return createHmac('sha1', secret).update(canonicalV1(request, variant), 'utf8').digest('base64');
}

/** `LOG <id>:<signature>` */
export function authorizationV1(request: SignedRequest, key: { readonly id: string; readonly secret: string }): string {
  return `LOG ${key.id}:${signV1(request, key.secret)}`;
}
