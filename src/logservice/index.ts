import { readFile } from 'node:fs/promises';
import { SluiceError } from '../errors/sluice-error.ts';
import { parseAccessKey, type AccessKey } from './access-key.ts';
import { ServiceCounters } from './counters.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import { parseFaultPlan, readFaultPlan, type FaultPlan } from './faults/fault-plan.ts';
import { ApiServer } from './http/api-server.ts';
import { parseInitFile, parseInitSpec, type InitSpec } from './init-spec.ts';
import { Catalog } from './model/catalog.ts';
import { lockFolder } from './storage/folder-lock.ts';
import { apiNames } from './router.ts';
import { QuotaGuard } from './quota/quota-guard.ts';
import { parseQuota, type QuotaLimits } from './quota/quota-limits.ts';
import { BlockBudget } from './storage/memory-blocks.ts';
import type { FsyncPolicy } from './storage/shard-log.ts';

export { parseAccessKey, type AccessKey } from './access-key.ts';
export type { QuotaLimits } from './quota/quota-limits.ts';
export { ServiceCounters } from './counters.ts';
export { parseInitFile, parseInitSpec, type InitSpec } from './init-spec.ts';

export interface LogServiceOptions {
  /** Default 8080; 0 takes any free one. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Absent: everything is in memory and gone with `close`. */
  readonly dataDir?: string | undefined;
  /** `ID:SECRET` or objects; default `sluice:sluice`. */
  readonly accessKeys?: readonly (AccessKey | string)[] | undefined;
  /** `off` takes requests unsigned; default `on`. */
  readonly auth?: 'on' | 'off' | undefined;
  /** Projects and log stores that are there from the start: `PROJECT/LOGSTORE:SHARDS`. */
  readonly init?: readonly (InitSpec | string)[] | undefined;
  /** A file of such specs (`parseInitFile`). */
  readonly initFile?: string | undefined;
  /** Refuse logs older than this (the real service: 7 days) or 15 minutes ahead; default: logs of any time are taken. */
  readonly logTimeWindowMs?: number | undefined;
  /** How far a signed request's date may be off; default 15 minutes. */
  readonly clockWindowMs?: number | undefined;
  /** Own host names in front of which a project stands; without them it is the first label of any name. */
  readonly hostNames?: readonly string[] | undefined;
  /** Default `always`: a put is answered when it is on the disk. */
  readonly fsync?: FsyncPolicy | undefined;
  /** Memory for recent groups, as compressed as they came; default 256 MiB. */
  readonly cacheBytes?: number | undefined;
  /** Size at which a segment file is full; default 64 MiB. */
  readonly segmentBytes?: number | undefined;
  /** Raw bytes of one pull answer; default 10 MB. */
  readonly pullMaxBytes?: number | undefined;
  /** Refuse what is above these limits; `sls` or `shard-write-mb=5,…` (`parseQuota`). Default: none. */
  readonly quota?: QuotaLimits | string | undefined;
  /** Misbehaviour on purpose: the file of a fault plan, or its JSON as an object (docs/fault-plan.schema.json). */
  readonly faults?: string | object | undefined;
  /** Epoch milliseconds; default the system's clock. */
  readonly now?: (() => number) | undefined;
  /** Diagnostics, one line each; default standard error. */
  readonly log?: ((line: string) => void) | undefined;
}

const SYNC_INTERVAL_MS = 1000;
const SWEEP_INTERVAL_MS = 60_000;
const CLOCK_WINDOW_MS = 15 * 60_000;

/** An embedded service that speaks the protocol of SLS. */
export class LogService {
  /** `http://HOST:PORT` */
  readonly url: string;
  readonly port: number;
  readonly counters: ServiceCounters;
  readonly #setFaults: (plan: FaultPlan | undefined) => void;
  readonly #close: () => Promise<void>;
  #closing: Promise<void> | undefined;

  private constructor(
    url: string,
    port: number,
    counters: ServiceCounters,
    setFaults: (plan: FaultPlan | undefined) => void,
    close: () => Promise<void>,
  ) {
    this.url = url;
    this.port = port;
    this.counters = counters;
    this.#setFaults = setFaults;
    this.#close = close;
  }

  /**
   * Opens the data folder, creates what `init` names and listens.
   * @throws SluiceError LOGSERVICE_FAILED (port or folder in use, damaged data), CLI_USAGE (bad specs)
   */
  static async start(options: LogServiceOptions = {}): Promise<LogService> {
    const now = options.now ?? Date.now;
    const steadyNow = options.now ?? ((): number => performance.timeOrigin + performance.now());
    const log = options.log ?? ((line: string) => void process.stderr.write(`logservice: ${line}\n`));
    const specs = await readSpecs(options);
    const faultPlan = await readFaults(options.faults);
    const limits = typeof options.quota === 'string' ? parseQuota(options.quota) : options.quota;
    const quota = limits === undefined ? undefined : new QuotaGuard(limits, steadyNow);
    const keys = (options.accessKeys ?? ['sluice:sluice']).map((key) =>
      typeof key === 'string' ? parseAccessKey(key) : key,
    );
    const undo: (() => Promise<void>)[] = [];
    try {
      const { dataDir } = options;
      if (dataDir !== undefined) undo.push(await lockFolder(dataDir));
      const catalog = await Catalog.open(
        {
          dataDir,
          budget: new BlockBudget(options.cacheBytes ?? 256 << 20),
          fsync: options.fsync ?? 'always',
          segmentBytes: options.segmentBytes ?? 64 << 20,
          log,
        },
        now,
        steadyNow(),
      );
      undo.push(() => catalog.close());
      for (const spec of specs) await createIfAbsent(catalog, spec);
      const counters = new ServiceCounters();
      const save = (): Promise<void> => catalog.save();
      const sweep = async (): Promise<void> => {
        for (const store of catalog.logStores()) counters.expiredGroups += await store.sweep(now(), save);
      };
      await sweep();
      undo.push(every(SWEEP_INTERVAL_MS, sweep, log));
      if (options.fsync === 'interval') {
        const sync = async (): Promise<void> => {
          for (const store of catalog.logStores()) await store.sync();
        };
        undo.push(every(SYNC_INTERVAL_MS, sync, log));
      }
      const { logTimeWindowMs, pullMaxBytes = 10_000_000 } = options;
      const context = { catalog, counters, now, steadyNow, logTimeWindowMs, pullMaxBytes, quota };
      const { host = '127.0.0.1', hostNames = [] } = options;
      const signatures = {
        accessKeys: new Map(keys.map((key) => [key.id, key])),
        clockWindowMs: options.clockWindowMs ?? CLOCK_WINDOW_MS,
      };
      const server = new ApiServer(context, {
        host,
        port: options.port ?? 8080,
        signatures: options.auth === 'off' ? undefined : signatures,
        hostNames,
        log,
      });
      const setFaults = (plan: FaultPlan | undefined): void => {
        const onStrike = (kind: string, api: string): void => counters.countFault(kind, api);
        server.setFaults(plan === undefined ? undefined : new FaultInjector(plan, onStrike));
      };
      setFaults(faultPlan);
      const port = await server.listen();
      undo.push(() => server.close());
      const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
      return new LogService(url, port, counters, setFaults, () => unwind(undo));
    } catch (error) {
      await unwind(undo);
      throw error;
    }
  }

  /** Replaces the fault plan, its counts starting anew; without one the service behaves. @throws SluiceError CLI_USAGE */
  setFaults(plan?: object): void {
    this.#setFaults(plan === undefined ? undefined : readFaultPlan(plan, apiNames));
  }

  /** Answers what is under way, makes everything durable and lets go of port, files and folder. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function readSpecs(options: LogServiceOptions): Promise<InitSpec[]> {
  const specs = (options.init ?? []).map((spec) => (typeof spec === 'string' ? parseInitSpec(spec) : spec));
  const { initFile } = options;
  if (initFile === undefined) return specs;
  let text: string;
  try {
    text = await readFile(initFile, 'utf8');
  } catch (error) {
    throw new SluiceError('FILE_NOT_FOUND', `init file "${initFile}" cannot be read`, { cause: error });
  }
  return [...specs, ...parseInitFile(text)];
}

async function readFaults(faults: LogServiceOptions['faults']): Promise<FaultPlan | undefined> {
  if (faults === undefined) return undefined;
  if (typeof faults === 'object') return readFaultPlan(faults, apiNames);
  let text: string;
  try {
    text = await readFile(faults, 'utf8');
  } catch (error) {
    throw new SluiceError('FILE_NOT_FOUND', `fault plan "${faults}" cannot be read`, { cause: error });
  }
  return parseFaultPlan(text, apiNames);
}

async function createIfAbsent(catalog: Catalog, spec: InitSpec): Promise<void> {
  const project = catalog.findProject(spec.project) ?? (await catalog.createProject(spec.project, ''));
  if (project.logStores.has(spec.logStore)) return;
  const settings = { ttl: spec.ttl ?? 30, appendMeta: false, other: {} };
  await catalog.createLogStore(project.name, spec.logStore, settings, spec.shards);
}

/** Runs a task again and again without overlap. @returns stops it and waits for a run under way */
function every(intervalMs: number, task: () => Promise<void>, log: (line: string) => void): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= task()
      .catch((error: unknown) => log(`housekeeping failed: ${String(error)}`))
      .finally(() => {
        running = undefined;
      });
  }, intervalMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Latest first. */
async function unwind(undo: (() => Promise<void>)[]): Promise<void> {
  for (let last = undo.pop(); last !== undefined; last = undo.pop()) await last();
}
