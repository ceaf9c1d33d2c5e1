import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../errors/sluice-error.ts';
import { ApiError, logStoreNotExist, projectNotExist } from '../api-error.ts';
import { MetaFile, readMeta } from '../storage/meta-file.ts';
import { syncFolder } from '../storage/sync-folder.ts';
import { LogStore, type LogStoreSettings, type LogStoreState, type StorageOptions } from './log-store.ts';

export interface Project {
  readonly name: string;
  description: string;
  readonly createTimeSec: number;
  lastModifyTimeSec: number;
  readonly logStores: Map<string, LogStore>;
}

/** meta.json */
interface MetaContent {
  readonly version: 1;
  readonly nextStore: number;
  readonly projects: readonly {
    readonly name: string;
    readonly description: string;
    readonly createTimeSec: number;
    readonly lastModifyTimeSec: number;
    readonly logStores: readonly LogStoreState[];
  }[];
}

/** All projects, and the file that remembers them. Methods that change something resolve when it is durable. */
export class Catalog {
  readonly projects = new Map<string, Project>();
  readonly #storage: StorageOptions;
  readonly #now: () => number;
  readonly #meta: MetaFile;
  #nextStore = 1;

  private constructor(storage: StorageOptions, now: () => number) {
    this.#storage = storage;
    this.#now = now;
    this.#meta = new MetaFile(storage.dataDir, () => this.#content());
  }

  /** @param restartedAtMs by the clock of the heartbeats */
  static async open(storage: StorageOptions, now: () => number, restartedAtMs = now()): Promise<Catalog> {
    const catalog = new Catalog(storage, now);
    if (storage.dataDir !== undefined) await catalog.#load(storage.dataDir, restartedAtMs);
    return catalog;
  }

  save(): Promise<void> {
    return this.#meta.save();
  }

  /** Host names have no case, so neither have projects. */
  findProject(name: string): Project | undefined {
    return this.projects.get(name.toLowerCase());
  }

  project(name: string | undefined): Project {
    const project = name === undefined ? undefined : this.findProject(name);
    if (project === undefined) throw projectNotExist(name ?? '');
    return project;
  }

  logStore(project: string | undefined, name: string): LogStore {
    const store = this.project(project).logStores.get(name);
    if (store === undefined) throw logStoreNotExist(name);
    return store;
  }

  *logStores(): Iterable<LogStore> {
    for (const project of this.projects.values()) yield* project.logStores.values();
  }

  async createProject(name: string, description: string): Promise<Project> {
    if (this.findProject(name) !== undefined) {
      throw new ApiError(400, 'ProjectAlreadyExist', `Project ${name} already exist.`);
    }
    const nowSec = Math.floor(this.#now() / 1000);
    const project = {
      name,
      description,
      createTimeSec: nowSec,
      lastModifyTimeSec: nowSec,
      logStores: new Map<string, LogStore>(),
    };
    this.projects.set(name.toLowerCase(), project);
    await this.save();
    return project;
  }

  async deleteProject(name: string): Promise<void> {
    const project = this.project(name);
    this.projects.delete(name.toLowerCase());
    await this.#removeStores([...project.logStores.values()]);
  }

  async createLogStore(
    projectName: string,
    name: string,
    settings: LogStoreSettings,
    shardCount: number,
  ): Promise<LogStore> {
    const project = this.project(projectName);
    const exists = (): ApiError => new ApiError(400, 'LogStoreAlreadyExist', `logstore ${name} already exists`);
    if (project.logStores.has(name)) throw exists();
    const state = LogStore.initial(name, this.#nextStore++, settings, shardCount, this.#now());
    const store = await LogStore.open(state, this.#storage);
    if (project.logStores.has(name)) {
      await store.destroy();
      throw exists();
    }
    project.logStores.set(name, store);
    await store.whileSettling(() => this.save());
    return store;
  }

  async deleteLogStore(projectName: string | undefined, name: string): Promise<void> {
    const project = this.project(projectName);
    const store = this.logStore(projectName, name);
    project.logStores.delete(name);
    await this.#removeStores([store]);
  }

  async close(): Promise<void> {
    for (const store of this.logStores()) await store.close();
    await this.save();
  }

  async #removeStores(stores: readonly LogStore[]): Promise<void> {
    for (const store of stores) store.markDeleted();
    await this.save();
    for (const store of stores) await store.destroy();
  }

  #content(): MetaContent {
    return {
      version: 1,
      nextStore: this.#nextStore,
      projects: [...this.projects.values()].map((project) => ({
        ...project,
        logStores: [...project.logStores.values()].map((store) => store.state()),
      })),
    };
  }

  async #load(dataDir: string, restartedAtMs: number): Promise<void> {
    const storesFolder = join(dataDir, 'stores');
    await mkdir(storesFolder, { recursive: true });
    await syncFolder(dataDir);
    const meta = (await readMeta(dataDir)) as MetaContent | undefined;
    const folders = await readdir(storesFolder);
    if (meta === undefined) {
      if (folders.length === 0) return;
      throw new SluiceError('LOGSERVICE_FAILED', `data folder "${dataDir}" has log stores and no meta.json`, {
        domain: 'external',
        hint: 'Restore the data folder from a copy, or start with another one.',
      });
    }
    this.#nextStore = meta.nextStore;
    const known = new Set<string>();
    for (const { logStores, ...rest } of meta.projects) {
      const project: Project = { ...rest, logStores: new Map() };
      this.projects.set(rest.name.toLowerCase(), project);
      for (const state of logStores) {
        known.add(String(state.id));
        project.logStores.set(state.name, await LogStore.open(state, this.#storage, restartedAtMs));
      }
    }
    for (const folder of folders) {
      if (known.has(folder)) continue;
      // A crash came between a log store's deletion (or before its creation) and its files.
      this.#storage.log(`removed the files of a log store that does not exist: ${join(storesFolder, folder)}`);
      await rm(join(storesFolder, folder), { recursive: true, force: true });
    }
  }
}
