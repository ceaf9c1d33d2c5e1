import { createHash, createHmac } from 'node:crypto';
import { compareText, headerMap, percentEncode, type SignedRequest } from './signed-request.ts';

export interface V4Scope {
  /** `cn-hangzhou` */
  readonly region: string;
  /** `yyyyMMdd'T'HHmmss'Z'`; taken from x-log-date where absent. */
  readonly date?: string | undefined;
}

/** Which received headers count as signed: a server retries without those that a proxy may have changed. */
export interface V4Variant {
  readonly withoutHost?: boolean;
  readonly withoutContentType?: boolean;
}

export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Lower-case hex SHA-256 of a body as sent. */
export function contentSha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

/**
 * The canonical request of V4 (`SLS4-HMAC-SHA256`); the payload hash is the `x-log-content-sha256` header.
 * @source sls-protocol, section 2.3
 */
export function canonicalV4(request: SignedRequest, variant: V4Variant = {}): string {
  const headers = headerMap(request.headers);
  const signed = [...headers]
    .filter(
      ([name]) =>
        (name.startsWith('x-log-') && !name.startsWith('x-log-meta-')) ||
        name.startsWith('x-acs-') ||
        (name === 'host' && variant.withoutHost !== true) ||
        (name === 'content-type' && variant.withoutContentType !== true),
    )
    .sort(([a], [b]) => compareText(a, b));
  const query = [...(request.query ?? [])]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => (value === '' ? name : `${name}=${percentEncode(value)}`))
    .join('&');
  return [
    request.method.toUpperCase(),
    request.path,
    query,
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    signed.map(([name]) => name).join(';'),
    headers.get('x-log-content-sha256') ?? EMPTY_SHA256,
  ].join('\n');
}

/** Lower-case hex signature. */
export function signV4(request: SignedRequest, secret: string, scope: V4Scope, variant: V4Variant = {}): string {
  const date = scope.date ?? headerMap(request.headers).get('x-log-date') ?? '';
  const day = date.slice(0, 8);
  const canonical = createHash('sha256').update(canonicalV4(request, variant), 'utf8').digest('hex');
  const text = `SLS4-HMAC-SHA256\n${date}\n${scopeText(day, scope.region)}\n${canonical}`;
  let key: Buffer = hmac(`aliyun_v4${secret}`, day);
  for (const part of [scope.region, 'sls', 'aliyun_v4_request']) key = hmac(key, part);
  return hmac(key, text).toString('hex');
}

/** `SLS4-HMAC-SHA256 Credential=<id>/<scope>,Signature=<signature>` */
export function authorizationV4(
  request: SignedRequest,
  key: { readonly id: string; readonly secret: string },
  scope: V4Scope,
): string {
  const day = (scope.date ?? headerMap(request.headers).get('x-log-date') ?? '').slice(0, 8);
  const signature = signV4(request, key.secret, scope);
  return `SLS4-HMAC-SHA256 Credential=${key.id}/${scopeText(day, scope.region)},Signature=${signature}`;
}

function scopeText(day: string, region: string): string {
  return `${day}/${region}/sls/aliyun_v4_request`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
