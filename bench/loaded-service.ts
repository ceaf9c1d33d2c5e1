import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../bin/sluice.js', import.meta.url));
const runTs = fileURLToPath(new URL('../scripts/run-ts.mjs', import.meta.url));

export interface LoadedService {
  readonly url: string;
  readonly logs: number;
  /** Raw bytes of the log groups. */
  readonly bytes: number;
}

/** A log service in a process of its own with `groups` groups of 1000 access logs in bench/access (4 shards). */
export async function withLoadedService<T>(groups: number, use: (service: LoadedService) => Promise<T>): Promise<T> {
  const service = spawn(
    process.execPath,
    [cli, 'logservice', '--port', '0', '--init', 'bench/access:4', '--init', 'bench/copy:4'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const url = await listening(service);
    const loaded = await runPart('load-logs.ts', [url, 'bench', 'access', String(groups)]);
    return await use({ url, ...(JSON.parse(loaded) as { logs: number; bytes: number }) });
  } finally {
    service.kill('SIGTERM');
  }
}

/** Runs a file of bench/parts in a process of its own; what it prints on stdout. */
export function runPart(name: string, args: readonly string[]): Promise<string> {
  return output(process.execPath, [runTs, fileURLToPath(new URL(`./parts/${name}`, import.meta.url)), ...args]);
}

async function listening(service: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: service.stdout! })) {
    const match = /^listening on (\S+)/.exec(line);
    if (match?.[1] !== undefined) return match[1];
  }
  throw new Error('the log service did not start');
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(text.trim()) : reject(new Error(`${args[1] ?? ''} ended with ${code}`)),
    );
  });
}
