import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../errors/sluice-error.ts';

/** Folders this process holds: its own pid in a lock file proves nothing where pids are used again (containers). */
const heldHere = new Set<string>();

/**
 * Takes a data folder for this process, also from one that died with it; makes it where it is absent.
 * @returns the release
 * @throws SluiceError LOGSERVICE_FAILED where a living process has it, or no folder can be made or written there
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  try {
    await mkdir(folder, { recursive: true });
    return await takeLock(folder);
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new SluiceError('LOGSERVICE_FAILED', `data folder "${folder}" cannot be used: ${reason}`, {
      hint: 'Choose a folder that this user may write.',
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

async function takeLock(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const mine = `${process.pid} ${startTimeOf(process.pid) ?? '-'} ${randomBytes(6).toString('hex')}\n`;
  for (let attempt = 0; attempt < 10; attempt++) {
    if (heldHere.has(path)) throw inUse(folder, process.pid);
    heldHere.add(path);
    try {
      await writeFile(path, mine, { flag: 'wx' });
      return async () => {
        await rm(path, { force: true });
        heldHere.delete(path);
      };
    } catch (error) {
      heldHere.delete(path);
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const theirs = await readFile(path, 'utf8').catch(() => undefined);
    if (theirs === undefined) continue;
    const [pid = '', startTime = ''] = theirs.trim().split(' ');
    if (isAlive(Number(pid), startTime)) throw inUse(folder, Number(pid));
    await takeAway(path, theirs);
  }
  throw inUse(folder, 0);
}

/** Removes a dead process' lock; one that another starter has put there meanwhile is put back. */
async function takeAway(path: string, expected: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const found = await readFile(aside, 'utf8');
  if (found !== expected) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(pid: number, startTime: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startTimeOf(pid);
  return startTime === '-' || now === undefined || now === startTime;
}

/** Linux: clock ticks since boot at which a process started (proc(5), field 22); tells a pid's owners apart. */
function startTimeOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function inUse(folder: string, pid: number): SluiceError {
  return new SluiceError(
    'LOGSERVICE_FAILED',
    `data folder "${folder}" is used by another log service (process ${pid})`,
    {
      hint: 'Stop that service, or choose another folder.',
    },
  );
}
