import { readScript } from './script-file.ts';
import { usageError } from './usage-error.ts';

/** Lines `key=value`; empty ones and those that begin with # or ! are left out. @throws SluiceError CLI_USAGE, FILE_ codes */
export async function readProperties(path: string): Promise<Record<string, string>> {
  const { text } = await readScript(path);
  const properties: Record<string, string> = {};
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#!]/.test(trimmed)) continue;
    const at = trimmed.search(/[=:]/);
    // The value is not repeated: it may be a secret.
    if (at < 1)
      throw usageError(`line ${i + 1} of "${path}" is not key=value`, 'Write for example blink.job.name=orders');
    properties[trimmed.slice(0, at).trim()] = trimmed.slice(at + 1).trim();
  }
  return properties;
}
