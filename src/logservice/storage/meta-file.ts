import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../errors/sluice-error.ts';
import { syncFolder } from './sync-folder.ts';

const NAME = 'meta.json';

/**
 * The small state of the service in one file, replaced as a whole. Saves that come while one is being written share
 * the next one.
 */
export class MetaFile {
  readonly #folder: string | undefined;
  readonly #content: () => unknown;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param folder absent: nothing is written */
  constructor(folder: string | undefined, content: () => unknown) {
    this.#folder = folder;
    this.#content = content;
  }

  /** Resolved when a state not older than this call is durable. */
  save(): Promise<void> {
    if (this.#folder === undefined) return Promise.resolve();
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start(this.#folder);
    const folder = this.#folder;
    const next = this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#start(folder);
      });
    this.#next = next;
    return next;
  }

  #start(folder: string): Promise<void> {
    const running = replaceFile(folder, JSON.stringify(this.#content())).finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}

/** @returns undefined where there is none yet. @throws SluiceError LOGSERVICE_FAILED */
export async function readMeta(folder: string): Promise<unknown> {
  const path = join(folder, NAME);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SluiceError('LOGSERVICE_FAILED', `file "${path}" cannot be read: ${(error as Error).message}`, {
      domain: 'external',
      cause: error,
    });
  }
}

async function replaceFile(folder: string, text: string): Promise<void> {
  const temporary = join(folder, `${NAME}.new`);
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(folder, NAME));
  await syncFolder(folder);
}
