import { readFile } from 'node:fs/promises';
import { SluiceError } from '../errors/sluice-error.ts';
import type { SourceText } from '../errors/span.ts';

/** The text of a job file; `-` is standard input. */
export async function readScript(path: string): Promise<SourceText> {
  if (path === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return { name: '<stdin>', text: Buffer.concat(chunks).toString('utf8') };
  }
  try {
    const text = await readFile(path, 'utf8');
    return { name: path, text: text.startsWith('\ufeff') ? text.slice(1) : text };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new SluiceError('FILE_NOT_FOUND', `file "${path}" does not exist`);
    if (code === 'EISDIR') {
      throw new SluiceError('FILE_NOT_FOUND', `"${path}" is a folder`, { hint: 'Name the SQL file in it.' });
    }
    throw new SluiceError('FILE_FAILED', `file "${path}" cannot be read: ${(error as Error).message}`, {
      domain: 'external',
      cause: error,
    });
  }
}
