import { createHash, timingSafeEqual } from 'node:crypto';
import { contentMd5 } from '../../wire/sls/content-md5.ts';
import { signV1, type CanonicalVariant } from '../../wire/sls/signature-v1.ts';
import { EMPTY_SHA256, signV4 } from '../../wire/sls/signature-v4.ts';
import type { AccessKey } from '../access-key.ts';
import { ApiError, parameterInvalid, postBodyInvalid } from '../api-error.ts';
import type { ApiRequest } from '../http/api-request.ts';

export interface SignaturePolicy {
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  /** How far the client's clock may be off. */
  readonly clockWindowMs: number;
}

/** Clients deviate from the plain rule in these ways (sls-protocol, 2.1); the plain rule comes first. */
const V1_VARIANTS: readonly CanonicalVariant[] = [
  {},
  { withLogDate: true },
  { dateFrom: 'date' },
  { dateFrom: 'date', withLogDate: true },
  { sortPairs: true },
  { withoutMeta: true },
];

/**
 * Checks who sent a request and that it is what was sent.
 * @throws ApiError 400 or 401 of the catalogue
 */
export function verifySignature(request: ApiRequest, policy: SignaturePolicy, nowMs: number): void {
  const { headers } = request;
  const authorization = headers['authorization'];
  if (authorization === undefined) throw unauthorized('the request has no Authorization header');
  const version = headers['x-log-apiversion'];
  if (version === undefined) throw new ApiError(400, 'MissingAPIVersion', 'x-log-apiversion is missing');
  if (version !== '0.6.0') {
    throw new ApiError(400, 'InvalidAPIVersion', `x-log-apiversion ${version} is not supported`);
  }
  const v1 = /^LOG ([^:\s]+):(\S+)$/.exec(authorization);
  const v4 =
    /^SLS4-HMAC-SHA256 Credential=([^/\s]+)\/(\d{8})\/([^/\s]+)\/sls\/aliyun_v4_request,\s*Signature=(\S+)$/.exec(
      authorization,
    );
  if (v1 !== null) verifyV1(request, policy, nowMs, v1[1] ?? '', v1[2] ?? '');
  else if (v4 !== null) verifyV4(request, policy, nowMs, v4[1] ?? '', v4[3] ?? '', v4[4] ?? '');
  else throw unauthorized('the Authorization header is of an unknown form');
}

function verifyV1(request: ApiRequest, policy: SignaturePolicy, nowMs: number, id: string, signature: string): void {
  const { headers } = request;
  const method = headers['x-log-signaturemethod'];
  if (method === undefined) throw new ApiError(400, 'MissingSignatureMethod', 'x-log-signaturemethod is missing');
  if (method.toLowerCase() !== 'hmac-sha1') {
    throw new ApiError(400, 'InvalidSignatureMethod', `signature method ${method} is not supported`);
  }
  const date = headers['x-log-date'] ?? headers['date'];
  if (date === undefined) throw new ApiError(400, 'MissingDate', 'the request has no Date header');
  const { secret } = keyOf(policy, id);
  const paths = [...new Set([request.path, request.rawPath])];
  const matches = paths.some((path) =>
    V1_VARIANTS.some((variant) => sameText(signV1({ ...request, path }, secret, variant), signature)),
  );
  if (!matches) throw signatureNotMatch(signature);
  checkToken(request, keyOf(policy, id), nowMs);
  checkClock(date, Date.parse(date), policy, nowMs);
  checkMd5(request);
}

function verifyV4(
  request: ApiRequest,
  policy: SignaturePolicy,
  nowMs: number,
  id: string,
  region: string,
  signature: string,
): void {
  const date = request.headers['x-log-date'];
  if (date === undefined) throw new ApiError(400, 'MissingDate', 'the request has no x-log-date header');
  const { secret } = keyOf(policy, id);
  const paths = [...new Set([request.path, request.rawPath])];
  const matches = paths.some((path) =>
    [...request.hosts, undefined].some((host) =>
      [false, true].some((withoutContentType) => {
        const signed = { ...request, path, headers: { ...request.headers, host } };
        return sameText(signV4(signed, secret, { region }, { withoutContentType }), signature);
      }),
    ),
  );
  if (!matches) throw signatureNotMatch(signature);
  checkToken(request, keyOf(policy, id), nowMs);
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.slice(1) ?? [];
  const [year = '', month = '', day = '', hour = '', minute = '', second = ''] = parts;
  checkClock(date, Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`), policy, nowMs);
  const hash = request.headers['x-log-content-sha256'];
  // The hash of nothing says that the client does not hash its bodies.
  if (hash !== undefined && hash !== EMPTY_SHA256 && request.body.length > 0) {
    const actual = createHash('sha256').update(request.body).digest('hex');
    if (actual !== hash.toLowerCase()) throw signatureNotMatch(signature);
  }
  checkMd5(request);
}

function keyOf(policy: SignaturePolicy, id: string): AccessKey {
  const key = policy.accessKeys.get(id);
  if (key === undefined) throw unauthorized(`AccessKeyId not found: ${id}`);
  return key;
}

/** The token is signed; a key that has none takes any. */
function checkToken(request: ApiRequest, key: AccessKey, nowMs: number): void {
  const { securityToken, expiresAtMs } = key;
  if (securityToken !== undefined && !sameText(securityToken, request.headers['x-acs-security-token'] ?? '')) {
    throw unauthorized('The security token you provided is invalid.');
  }
  if (expiresAtMs !== undefined && nowMs >= expiresAtMs) {
    throw unauthorized('The security token you provided has expired.');
  }
}

function checkClock(text: string, dateMs: number, policy: SignaturePolicy, nowMs: number): void {
  if (Number.isNaN(dateMs)) {
    throw new ApiError(400, 'InvalidRequestTime', `Request time ${text} not follow RFC822 spec.`);
  }
  if (Math.abs(nowMs - dateMs) <= policy.clockWindowMs) return;
  const server = new Date(nowMs).toUTCString();
  throw new ApiError(
    400,
    'RequestTimeExpired',
    `Request time ${text} has been expired while server time is ${server}.`,
  );
}

function checkMd5(request: ApiRequest): void {
  const declared = request.headers['content-md5'];
  if (declared === undefined || declared === '' || declared.toUpperCase() === contentMd5(request.body)) return;
  const message = 'Content-MD5 does not match the body';
  throw request.headers['content-type']?.includes('protobuf') === true
    ? postBodyInvalid(message)
    : parameterInvalid(message);
}

function unauthorized(message: string): ApiError {
  return new ApiError(401, 'Unauthorized', message);
}

function signatureNotMatch(signature: string): ApiError {
  return new ApiError(401, 'SignatureNotMatch', `signature ${signature} not match`);
}

function sameText(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
