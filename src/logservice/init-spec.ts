import { SluiceError } from '../errors/sluice-error.ts';

/** A log store that is there when the service starts; one that exists already is left as it is. */
export interface InitSpec {
  readonly project: string;
  readonly logStore: string;
  readonly shards: number;
  /** Days; default 30. */
  readonly ttl?: number | undefined;
}

const MAX_INITIAL_SHARDS = 100;

/**
 * `PROJECT/LOGSTORE:SHARDS`; without `:SHARDS` two.
 * @throws SluiceError CLI_USAGE
 */
export function parseInitSpec(text: string): InitSpec {
  const match = /^([^/:\s]+)\/([^/:\s]+)(?::(\d+))?$/.exec(text.trim());
  const [, project, logStore, shards = '2'] = match ?? [];
  if (project === undefined || logStore === undefined) {
    throw usage(`"${text.trim()}" is not of the form PROJECT/LOGSTORE:SHARDS`);
  }
  return checked({ project, logStore, shards: Number(shards) });
}

/**
 * The content of an init file: a JSON list of specs and of objects `{ project, logStore, shards?, ttl? }`, or one spec
 * a line, with `#` comments.
 * @throws SluiceError CLI_USAGE
 */
export function parseInitFile(text: string): InitSpec[] {
  if (!text.trimStart().startsWith('[')) {
    return text
      .split('\n')
      .map((line) => line.replace(/#.*$/, '').trim())
      .filter((line) => line !== '')
      .map(parseInitSpec);
  }
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw usage(`the init file is not valid JSON: ${(error as Error).message}`);
  }
  return (list as unknown[]).map((entry) => {
    if (typeof entry === 'string') return parseInitSpec(entry);
    const { project, logStore, shards = 2, ttl } = (entry ?? {}) as Partial<Record<keyof InitSpec, unknown>>;
    if (
      typeof project !== 'string' ||
      typeof logStore !== 'string' ||
      typeof shards !== 'number' ||
      !(ttl === undefined || typeof ttl === 'number')
    ) {
      throw usage('an entry of the init file is not a spec or { project, logStore, shards, ttl }');
    }
    return checked({ project, logStore, shards, ttl });
  });
}

function checked(spec: InitSpec): InitSpec {
  if (!Number.isInteger(spec.shards) || spec.shards < 1 || spec.shards > MAX_INITIAL_SHARDS) {
    throw usage(`log store "${spec.logStore}" cannot start with ${spec.shards} shards (1 to ${MAX_INITIAL_SHARDS})`);
  }
  return spec;
}

function usage(message: string): SluiceError {
  return new SluiceError('CLI_USAGE', message);
}
