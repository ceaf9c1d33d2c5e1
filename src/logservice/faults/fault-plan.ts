import { suggest } from '../../errors/suggest.ts';
import { SluiceError } from '../../errors/sluice-error.ts';

/** Before the call has any effect, or after: then only its answer is concerned. */
export type FaultMoment = 'before' | 'after';

export type Fault =
  | { readonly kind: 'delay'; readonly leastMs: number; readonly mostMs: number; readonly when: FaultMoment }
  /** The connection is cut without an answer; `after` is a lost acknowledgement. */
  | { readonly kind: 'drop'; readonly when: FaultMoment }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly when: FaultMoment;
    }
  /** Content-Length is right and the connection ends after this share of the body. */
  | { readonly kind: 'truncate'; readonly keep: number }
  /** All bytes arrive and this many of the body are wrong. */
  | { readonly kind: 'corrupt'; readonly bytes: number }
  /** The answer's bytes come twice, or the call has its effect twice. */
  | { readonly kind: 'duplicate'; readonly what: 'answer' | 'effect' }
  /** A good cursor is refused. */
  | { readonly kind: 'expire-cursor' }
  /** The service's clock is ahead (behind where negative) as far as signatures and the Date header go. */
  | { readonly kind: 'clock-skew'; readonly ms: number };

/** The calls a rule means, which of them it hits, and what happens to those. */
export interface FaultRule {
  /** API names; undefined: every API. */
  readonly apis: readonly string[] | undefined;
  readonly project: string | undefined;
  readonly logStore: string | undefined;
  readonly shard: number | undefined;
  /** Calls that are let pass first; the others count from 1. */
  readonly after: number;
  /** How often the rule strikes at most. */
  readonly limit: number;
  readonly trigger:
    | { readonly kind: 'always' }
    | { readonly kind: 'nth'; readonly calls: readonly number[] }
    | { readonly kind: 'every'; readonly step: number }
    | { readonly kind: 'probability'; readonly share: number };
  readonly fault: Fault;
}

export interface FaultPlan {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
}

export const faultKinds = [
  'delay',
  'drop',
  'error',
  'truncate',
  'corrupt',
  'duplicate',
  'expire-cursor',
  'clock-skew',
] as const;

/** Codes that need no `status` and `message`. */
const knownErrors: Readonly<Record<string, readonly [status: number, message: string]>> = {
  InternalServerError: [500, 'internal server error'],
  ServerBusy: [503, 'the server is busy'],
  RequestTimeout: [500, 'the request timed out'],
  ReadQuotaExceed: [403, 'Project read quota exceed: qps'],
  WriteQuotaExceed: [403, 'Project write quota exceed: qps'],
  ShardReadQuotaExceed: [403, 'shard read qps/bytes exceed quota limits'],
  ShardWriteQuotaExceed: [403, 'shard write quota exceed, please split shard'],
  ExceedQuota: [403, 'quota exceed'],
  Unauthorized: [401, 'denied by sts or ram'],
  SignatureNotMatch: [401, 'signature not match'],
  RequestTimeExpired: [400, 'Request time has been expired.'],
  PostBodyInvalid: [400, 'the body is not valid'],
  ParameterInvalid: [400, 'a parameter is not valid'],
  InvalidCursor: [400, 'Invalid cursor'],
  ShardNotExist: [400, 'the shard does not exist'],
  ProjectNotExist: [404, 'The Project does not exist'],
  LogStoreNotExist: [404, 'the logstore does not exist'],
  ConsumerGroupNotExist: [404, 'consumer group not exist'],
  ConsumerNotExist: [404, 'consumer not exist in the consumer group'],
  ConsumerNotMatch: [400, 'the consumer does not hold the shard'],
  NotExistConsumerWithBody: [400, 'non-exist consumer with non-empty body of heartbeat message'],
};

const ruleKeys = ['api', 'project', 'logstore', 'shard', 'nth', 'every', 'probability', 'after', 'limit', 'fault'];
const faultKeys: Readonly<Record<Fault['kind'], readonly string[]>> = {
  delay: ['ms', 'when'],
  drop: ['when'],
  error: ['code', 'status', 'message', 'when'],
  truncate: ['keep'],
  corrupt: ['bytes'],
  duplicate: ['what'],
  'expire-cursor': [],
  'clock-skew': ['ms'],
};
const cursorApis = ['PullLogs', 'GetCursorTime'];

/**
 * Reads a fault plan (docs/fault-plan.schema.json): `{ "seed": 1, "rules": [{ "api": "PutLogs", "nth": 3, "fault":
 * "drop", "when": "after" }] }`.
 * @param apiNames  what `api` may name
 * @throws SluiceError CLI_USAGE that says which rule is wrong
 */
export function parseFaultPlan(text: string, apiNames: readonly string[]): FaultPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused('', `is not valid JSON: ${(error as Error).message}`);
  }
  return readFaultPlan(value, apiNames);
}

/** As `parseFaultPlan`, from the parsed JSON. */
export function readFaultPlan(value: unknown, apiNames: readonly string[]): FaultPlan {
  const plan = new Fields(value, '');
  plan.allow(['$schema', 'seed', 'rules']);
  const seed = plan.integer('seed', 0, 0xffff_ffff) ?? 1;
  const rules = plan.get('rules');
  if (!Array.isArray(rules)) throw refused('', 'has no list "rules"');
  return { seed, rules: rules.map((rule, i) => readRule(rule, `rules[${i}]`, apiNames)) };
}

function readRule(value: unknown, at: string, apiNames: readonly string[]): FaultRule {
  const fields = new Fields(value, at);
  const kind = fields.choice('fault', faultKinds);
  if (kind === undefined) throw refused(at, `has no "fault" (${faultKinds.join(', ')})`);
  fields.allow([...ruleKeys, ...faultKeys[kind]], `of the fault "${kind}"`);
  const fault = readFault(kind, fields, at);
  return {
    apis: readApis(fields, at, kind, apiNames),
    project: fields.text('project')?.toLowerCase(),
    logStore: fields.text('logstore'),
    shard: fields.integer('shard', 0),
    after: fields.integer('after', 0) ?? 0,
    limit: fields.integer('limit', 1) ?? Infinity,
    trigger: readTrigger(fields, at),
    fault,
  };
}

function readApis(
  fields: Fields,
  at: string,
  kind: Fault['kind'],
  apiNames: readonly string[],
): readonly string[] | undefined {
  const given = fields.get('api');
  const allowed = kind === 'expire-cursor' ? cursorApis : apiNames;
  if (given === undefined || given === '*') return kind === 'expire-cursor' ? cursorApis : undefined;
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (names.length === 0) throw refused(at, 'has an empty list "api"');
  return names.map((name) => {
    if (typeof name !== 'string') throw refused(at, '"api" is not a name, a list of names or "*"');
    if (!apiNames.includes(name))
      throw refused(at, `names the API "${name}", which there is not`, suggest(name, apiNames));
    if (!allowed.includes(name)) throw refused(at, `the fault "${kind}" concerns ${allowed.join(' and ')} only`);
    return name;
  });
}

function readTrigger(fields: Fields, at: string): FaultRule['trigger'] {
  const given = ['nth', 'every', 'probability'].filter((name) => fields.get(name) !== undefined);
  if (given.length > 1) throw refused(at, `has both "${given[0] ?? ''}" and "${given[1] ?? ''}"`);
  const step = fields.integer('every', 1);
  if (step !== undefined) return { kind: 'every', step };
  const share = fields.number('probability', 0, 1);
  if (share !== undefined) return { kind: 'probability', share };
  const nth = fields.get('nth');
  if (nth === undefined) return { kind: 'always' };
  const calls: readonly unknown[] = Array.isArray(nth) ? nth : [nth];
  if (calls.length === 0 || !calls.every((call): call is number => Number.isSafeInteger(call) && Number(call) >= 1)) {
    throw refused(at, '"nth" is not a whole number of at least 1 or a list of them');
  }
  return { kind: 'nth', calls };
}

function readFault(kind: Fault['kind'], fields: Fields, at: string): Fault {
  const when = (): FaultMoment => fields.choice('when', ['before', 'after'] as const) ?? 'before';
  switch (kind) {
    case 'delay': {
      const ms = fields.get('ms');
      const [leastMs, mostMs] = Array.isArray(ms) ? (ms as readonly unknown[]) : [ms, ms];
      if (!isDelay(leastMs) || !isDelay(mostMs) || leastMs > mostMs) {
        throw refused(at, '"ms" is not a number of milliseconds (0 to 600000) or [least, most]');
      }
      return { kind, leastMs, mostMs, when: when() };
    }
    case 'drop':
      return { kind, when: when() };
    case 'error': {
      const code = fields.text('code') ?? 'InternalServerError';
      const known = knownErrors[code];
      const status = fields.integer('status', 400, 599) ?? known?.[0];
      if (status === undefined) {
        throw refused(at, `the error "${code}" needs a "status"`, suggest(code, Object.keys(knownErrors)));
      }
      return { kind, status, code, message: fields.text('message') ?? known?.[1] ?? code, when: when() };
    }
    case 'truncate':
      return { kind, keep: fields.number('keep', 0, 0.999) ?? 0.5 };
    case 'corrupt':
      return { kind, bytes: fields.integer('bytes', 1, 1_000_000) ?? 1 };
    case 'duplicate':
      return { kind, what: fields.choice('what', ['answer', 'effect'] as const) ?? 'effect' };
    case 'expire-cursor':
      return { kind };
    case 'clock-skew': {
      const ms = fields.number('ms', -1e12, 1e12);
      if (ms === undefined) throw refused(at, 'the fault "clock-skew" needs "ms"');
      return { kind, ms };
    }
  }
}

function isDelay(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 600_000;
}

/** The members of one JSON object, each read with its check. */
class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #at: string;

  constructor(value: unknown, at: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused(at, 'is not a JSON object');
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#at = at;
  }

  get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  allow(names: readonly string[], of = ''): void {
    for (const name of Object.keys(this.#values)) {
      if (!names.includes(name))
        throw refused(this.#at, `has "${name}", which is no member ${of}`.trimEnd(), suggest(name, names));
    }
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw refused(this.#at, `"${name}" is not a text`);
  }

  number(name: string, least: number, most: number): number | undefined {
    const value = this.get(name);
    if (value === undefined || (typeof value === 'number' && value >= least && value <= most)) return value;
    throw refused(this.#at, `"${name}" is not a number from ${least} to ${most}`);
  }

  integer(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.get(name);
    if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most)) {
      return value as number | undefined;
    }
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw refused(this.#at, `"${name}" is not a whole number ${range}`);
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const close = typeof value === 'string' ? suggest(value, choices) : undefined;
    throw refused(this.#at, `"${name}" is not one of ${choices.join(', ')}`, close);
  }
}

function refused(at: string, what: string, close?: string): SluiceError {
  const where = at === '' ? 'the fault plan' : `the fault plan, ${at}:`;
  return new SluiceError(
    'CLI_USAGE',
    `${where} ${what}`,
    close === undefined ? {} : { hint: `Did you mean "${close}"?` },
  );
}
