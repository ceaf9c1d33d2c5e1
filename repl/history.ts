import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { redactSql } from '../src/errors/redact.ts';
import { onOneLine } from '../src/tooling.ts';

export const historySize = 1000;

export function defaultHistoryFile(): string {
  return join(homedir(), '.sluice_history');
}

/** Newest first, as node:readline wants it. A file that cannot be read is an empty history. */
export async function loadHistory(path: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return [];
  }
  const lines = text.split('\n').filter((line) => line !== '');
  const kept = lines.slice(-historySize);
  // Only the owner may read it: table declarations name systems and users.
  if (lines.length > 2 * historySize)
    await writeFile(path, `${kept.join('\n')}\n`, { mode: 0o600 }).catch(() => undefined);
  return kept.reverse();
}

/** One entry a statement, on one line, without the secrets in it. A history that cannot be written is no reason to stop. */
export async function appendHistory(path: string, entry: string): Promise<void> {
  await appendFile(path, `${historyEntry(entry)}\n`, { mode: 0o600 }).catch(() => undefined);
}

export function historyEntry(text: string): string {
  const line = text.trimStart().startsWith('\\') ? text.trim() : onOneLine(text);
  // A line feed inside a string would cut the entry in two.
  return redactSql(line).text.replace(/\s*\n\s*/g, ' ');
}
