import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where `aliyun-log-python-sdk` is installed; undefined: skip. */
export const pythonPackages = process.env['SLUICE_INTEROP_PYTHON'];

export interface PythonRun {
  readonly child: ChildProcess;
  /** @returns exit status (null after a signal) and what it said on standard error */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts a script of `python/`, every HTTP request of which goes to `port` as to a proxy. */
export function runPython(
  script: string,
  args: readonly string[],
  port: number,
  onLine: (line: string) => void,
): PythonRun {
  const path = fileURLToPath(new URL(`python/${script}`, import.meta.url));
  const { no_proxy: _no, NO_PROXY: _NO, ...outer } = process.env;
  const proxy = `http://127.0.0.1:${port}`;
  const child = spawn('python3', ['-u', path, ...args], {
    env: {
      ...outer,
      PYTHONPATH: pythonPackages,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONIOENCODING: 'utf-8',
      HTTP_PROXY: proxy,
      http_proxy: proxy,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', onLine);
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stderr }));
  });
  return { child, ended };
}
