import type { EngineApi, Job, QueryResult, StatementResult, TextBatch } from '../../src/index.ts';
import { SluiceError } from '../../src/errors/sluice-error.ts';
import { renderError } from '../../src/errors/render-caret.ts';

/** Answers what a test hands it; the faces are tested here, the engine elsewhere. */
export class FakeEngine implements EngineApi {
  readonly executed: string[] = [];
  /** Of the last `execute`. */
  signal: AbortSignal | undefined;
  readonly answers = new Map<string, () => StatementResult | Promise<StatementResult>>();

  on(statement: string, answer: () => StatementResult | Promise<StatementResult>): void {
    this.answers.set(statement, answer);
  }

  async execute(script: string, options: { readonly signal?: AbortSignal } = {}): Promise<StatementResult[]> {
    this.signal = options.signal;
    const statement = script.trim().replace(/;$/, '').trim();
    this.executed.push(statement);
    const answer = this.answers.get(statement);
    if (answer === undefined) {
      throw new SluiceError('PARSE_SYNTAX', `"${statement}" is not known to the fake`, {
        span: { start: script.indexOf(statement), end: script.indexOf(statement) + 1 },
        source: { name: '<input>', text: script },
      });
    }
    return [await answer()];
  }

  tables(): ReturnType<EngineApi['tables']> {
    return [
      { name: 'access', kind: 'table', connector: 'sls' },
      { name: 'per_minute', kind: 'view', connector: undefined },
    ];
  }

  describe(): ReturnType<EngineApi['describe']> {
    return [{ name: 'status', type: 'INT', attributes: '' }];
  }

  renderError(error: unknown): string {
    return error instanceof SluiceError ? renderError(error) : String(error);
  }

  explain(sql: string, options: { readonly stage?: string } = {}): Promise<string> {
    return Promise.resolve(`${options.stage ?? ''} plan of ${sql}`);
  }

  query(): never {
    throw new Error('not in the fake');
  }
  prepare(): never {
    throw new Error('not in the fake');
  }
  submit(): never {
    throw new Error('not in the fake');
  }
  check(): never {
    throw new Error('not in the fake');
  }
  registerTable(): void {}
  registerFunction(): void {}
  async close(): Promise<void> {}
}

/** A result that gives these batches; an unbounded one then waits for `stop`. */
export function fakeQuery(
  batches: readonly TextBatch[],
  shape: { readonly bounded?: boolean; readonly updating?: boolean; readonly failure?: Error } = {},
): QueryResult {
  const { bounded = true, updating = false, failure } = shape;
  let stopped: () => void = () => undefined;
  const untilStopped = new Promise<void>((resolve) => (stopped = resolve));
  return {
    schema: [{ name: 'n', type: 'BIGINT' }],
    bounded,
    updating,
    upsertKey: undefined,
    toArray: () => Promise.resolve([]),
    batches: () => {
      throw new Error('not in the fake');
    },
    changes: () => {
      throw new Error('not in the fake');
    },
    async *textBatches() {
      yield* batches;
      if (failure !== undefined) throw failure;
      if (!bounded) await untilStopped;
    },
    stop: () => Promise.resolve(stopped()),
    metrics: () => [],
  };
}

export function fakeJob(failure?: Error): Job {
  let status: Job['status'] = 'running';
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const done = failure === undefined ? ended : Promise.reject(failure);
  if (failure !== undefined) status = 'failed';
  done.catch(() => undefined);
  return {
    name: 'fake',
    get status() {
      return status;
    },
    done,
    metrics: () => [],
    progress: () => ({ rows: 12, bytes: 0, elapsedMs: 1, watermarkMs: undefined, lagMs: undefined, lateRows: 0 }),
    async stop() {
      status = 'stopped';
      end();
    },
  };
}
