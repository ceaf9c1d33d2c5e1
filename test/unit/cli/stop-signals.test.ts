import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cliRoot } from '../../support/run-cli.ts';

/** A job whose stop takes forever cannot be made of real parts in a unit test, so the handlers run in a process of their own. */
const script = `
  const { onStopSignal } = await import('./src/cli/stop-signals.ts');
  setInterval(() => undefined, 1000);
  onStopSignal(() => process.stdout.write('asked\\n'));
  process.stdout.write('ready\\n');
`;

describe('onStopSignal', () => {
  it('takes two signals in a row as one wish, a later one as force', async () => {
    const { build } = await import('esbuild');
    const bundle = await build({
      stdin: { contents: script, resolveDir: cliRoot, loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
    });
    const child = spawn(process.execPath, ['--input-type=module', '-e', bundle.outputFiles[0]?.text ?? ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await expect.poll(() => text, { timeout: 60_000 }).toContain('ready');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await expect.poll(() => text, { timeout: 60_000 }).toBe('ready\nasked\n');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(child.exitCode).toBe(null);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(text).toBe('ready\nasked\n');
  });
});
