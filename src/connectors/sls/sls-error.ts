import type { ErrorCode } from '../../errors/codes.ts';
import { ConnectorError, type ErrorDetails } from '../../errors/sluice-error.ts';

/** A failure that the log service answered, or that kept it from answering. */
export class SlsError extends ConnectorError {
  /** `errorCode` of the answer (`LogStoreNotExist`), or of the connection (`ECONNREFUSED`). */
  readonly serviceCode: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;

  constructor(
    code: ErrorCode,
    message: string,
    facts: { readonly serviceCode: string; readonly status: number } & ErrorDetails,
  ) {
    super(code, message, { domain: 'external', ...facts });
    this.serviceCode = facts.serviceCode;
    this.status = facts.status;
  }
}

/** What a request was about, for messages. */
export interface CallPlace {
  /** `pulling logs of shard 3` */
  readonly doing: string;
  readonly project: string;
  readonly logStore: string;
  readonly address: string;
}

/** Makes the error of an answer that is not a success. */
export function answerError(
  place: CallPlace,
  answer: { readonly status: number; readonly requestId: string; readonly body: Uint8Array },
): SlsError {
  const { code, message } = errorOf(answer.body);
  const serviceCode = code === '' ? `HTTP ${answer.status}` : code;
  const detail = `${place.doing}: ${serviceCode}${message === '' ? '' : `, ${message}`} (request ${answer.requestId})`;
  const facts = { serviceCode, status: answer.status, detail };
  if (/ProjectNotExist/i.test(code)) {
    return new SlsError('SLS_NOT_FOUND', `project "${place.project}" does not exist at ${place.address}`, {
      ...facts,
      hint: `Check project and endPoint: a project belongs to one region.  The embedded service makes one with: sluice logservice --init ${place.project}/${place.logStore}:2`,
    });
  }
  if (/LogStoreNotExist/i.test(code)) {
    return new SlsError('SLS_NOT_FOUND', `log store "${place.logStore}" does not exist in project "${place.project}"`, {
      ...facts,
      hint: 'Check logStore, or create it first: a job creates none.',
    });
  }
  if (/InvalidCursor/i.test(code)) {
    return new SlsError('SLS_CURSOR', `a cursor of log store "${place.logStore}" is expired or out of range`, {
      ...facts,
      hint: "The data it points to is gone or the log store was created anew. Set startupMode = 'Earliest' to begin again.",
    });
  }
  if (answer.status === 404 || /NotExist|NotExsit/.test(code)) {
    const message = `log service at ${place.address} does not have what was asked for in ${place.doing}: ${serviceCode}`;
    // The service names what is missing; whoever answers without a code is something else.
    const hint = code === '' ? 'Check that endPoint is the address of a log service.' : undefined;
    return new SlsError('SLS_NOT_FOUND', message, { ...facts, hint });
  }
  if (answer.status === 403 && /Quota|Exceed/i.test(code)) {
    return new SlsError('SLS_THROTTLED', `${place.doing} of log store "${place.logStore}" was throttled`, {
      ...facts,
      retry: 'backoff',
    });
  }
  if (answer.status === 401 || answer.status === 403 || /^(RequestTime|SignatureNotMatch)/.test(code)) {
    return new SlsError('SLS_UNAUTHORIZED', `log service at ${place.address} refused the credentials: ${serviceCode}`, {
      ...facts,
      hint: 'Check accessId and accessKey, and that the key may use this project.',
    });
  }
  if (answer.status >= 500 || answer.status === 429) {
    return new SlsError('SLS_SERVER', `log service at ${place.address} failed while ${place.doing}: ${serviceCode}`, {
      ...facts,
      retry: 'backoff',
    });
  }
  return new SlsError('SLS_REQUEST', `log service at ${place.address} refused ${place.doing}: ${serviceCode}`, facts);
}

/** `{"errorCode","errorMessage"}`, or the form of a gateway in front of it. */
function errorOf(body: Uint8Array): { code: string; message: string } {
  try {
    const parsed = JSON.parse(new TextDecoder().decode(body.subarray(0, 64 << 10))) as {
      errorCode?: unknown;
      errorMessage?: unknown;
      Error?: { Code?: unknown; Message?: unknown };
    };
    return {
      code: textOf(parsed.errorCode ?? parsed.Error?.Code),
      message: textOf(parsed.errorMessage ?? parsed.Error?.Message),
    };
  } catch {
    return { code: '', message: '' };
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : '';
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'host name lookup failed',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
  UND_ERR_SOCKET: 'the connection was closed',
};

/** Codes of OpenSSL and Node for a certificate that does not hold. */
const CERTIFICATE = /CERT|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$|^ERR_TLS_CERT_ALTNAME_INVALID$/;
const CERTIFICATE_HINT =
  'Set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of its authority, and use a host name in endPoint that the certificate is made for.';
const RUNS_HINT = 'Check endPoint and that the service runs.  The embedded one is started with: sluice logservice';

function proxyHint(proxy: string): string {
  return `Requests go through the proxy ${proxy} (option proxy, or HTTP_PROXY, HTTPS_PROXY and NO_PROXY): check that it runs and lets them pass.`;
}

/** Makes the error of a request that got no answer. */
export function unreachable(place: CallPlace & { readonly proxy?: string | undefined }, cause: unknown): SlsError {
  const serviceCode = causeCode(cause);
  const certificate = CERTIFICATE.test(serviceCode);
  const told = REASONS[serviceCode] ?? (cause instanceof Error ? cause.message : String(cause));
  const reason = certificate ? `its certificate is not trusted: ${told}` : told;
  return new SlsError('SLS_UNREACHABLE', `log service at ${place.address} cannot be reached: ${reason}`, {
    serviceCode,
    status: 0,
    ...(certificate ? {} : { retry: 'backoff' as const }),
    detail: place.doing,
    hint: certificate ? CERTIFICATE_HINT : place.proxy === undefined ? RUNS_HINT : proxyHint(place.proxy),
    cause,
  });
}

/** A refused dual-stack connection arrives as an AggregateError with the code on it or on its parts. */
function causeCode(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const { code, errors, cause: inner } = cause as { code?: unknown; errors?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return causeCode(errors[0]);
  return inner === undefined ? '' : causeCode(inner);
}
