import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConnectorError } from '../../errors/sluice-error.ts';
import { globToRegExp } from './glob.ts';

/**
 * The files of `path` in order of their names: the file itself, the visible files of a folder, or what a glob in the
 * last part matches.
 * @throws ConnectorError FILE_NOT_FOUND when there is none
 */
export async function listFiles(path: string, table: string): Promise<string[]> {
  const isGlob = /[*?[]/.test(basename(path)) || /[*?[]/.test(dirname(path));
  if (!isGlob) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return [path];
    if (found?.isDirectory() === true) {
      const files = await visibleFiles(path);
      if (files.length > 0) return files;
      throw notFound(`folder "${path}" of table "${table}" holds no file`);
    }
    throw notFound(`file "${path}" of table "${table}" does not exist`);
  }
  const files = await expand(path);
  if (files.length === 0) throw notFound(`no file matches "${path}" of table "${table}"`);
  return files;
}

function notFound(message: string): ConnectorError {
  return new ConnectorError('FILE_NOT_FOUND', message, {
    domain: 'external',
    hint: `Paths are relative to the working directory, ${process.cwd()}.`,
  });
}

async function visibleFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((one) => one.isFile() && !one.name.startsWith('.'))
    .map((one) => join(folder, one.name))
    .sort();
}

/** Folder by folder, so that only matching folders are read. */
async function expand(pattern: string): Promise<string[]> {
  const parts = pattern.split('/');
  let folders = [pattern.startsWith('/') ? '/' : '.'];
  if (pattern.startsWith('/')) parts.shift();
  const last = parts.pop() ?? '*';
  for (const part of parts) {
    if (!/[*?[]/.test(part)) {
      folders = folders.map((folder) => join(folder, part));
      continue;
    }
    const matches = globToRegExp(part);
    const next: string[] = [];
    for (const folder of folders) {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const one of entries) if (one.isDirectory() && matches.test(one.name)) next.push(join(folder, one.name));
    }
    folders = next;
  }
  const matches = globToRegExp(last);
  const files: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const one of entries) if (one.isFile() && matches.test(one.name)) files.push(join(folder, one.name));
  }
  return files.sort();
}
