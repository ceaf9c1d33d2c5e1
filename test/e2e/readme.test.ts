import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../src/logservice/index.ts';
import { cliIsBuilt, cliRoot, runCli } from '../support/run-cli.ts';

const readme = readFileSync(join(cliRoot, 'README.md'), 'utf8');

/** The code of the first block in the language that contains `text`. */
function block(language: string, text: string): string {
  const found = [...readme.matchAll(new RegExp('```' + language + '\\n([\\s\\S]*?)```', 'g'))]
    .map((one) => one[1]!)
    .find((code) => code.includes(text));
  if (found === undefined) throw new Error(`no block of ${language} with ${text}`);
  return found;
}

/** Runs lines of a shell that start with `npx sluice`; gives what each printed on stdout. */
async function typeIn(lines: string, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const script = lines
    .replaceAll('npx sluice', `"${process.execPath}" bin/sluice.js`)
    .replaceAll(/\n(?=.)/g, '\necho ---\n');
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', script], {
    cwd: cliRoot,
    env: { ...process.env, ...env },
  });
  return stdout.split('---\n');
}

describe.skipIf(!cliIsBuilt)('README (needs dist/cli/main.js: npm run build)', () => {
  let service: LogService;
  let folder: string;

  beforeAll(async () => {
    const init = [...block('sh', 'sluice logservice').matchAll(/--init (\S+)/g)].map((one) => one[1]!);
    service = await LogService.start({ port: 0, init, log: () => undefined });
    folder = mkdtempSync(join(tmpdir(), 'readme-'));
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await service.close();
  });

  it('first queries answer', async () => {
    const [one, hits] = await typeIn(block('sh', 'UPPER'));
    expect(one).toBe('{"two":2,"name":"SLUICE"}\n');
    expect(hits).toMatch(/^\{"status":200,"hits":\d+\}$/m);
  });

  it('the first job loads the logs, and the questions over them answer', async () => {
    const lines = block('sh', 'export SLS_ENDPOINT').split('\n');
    const names = lines.find((line) => line.startsWith('export '))!.slice('export '.length);
    const env = Object.fromEntries(names.split(' ').map((one) => one.split('=') as [string, string]));
    const bounded = lines.filter((line) => line.startsWith('npx') && !line.includes('endless')).join('\n');
    const [, pages] = await typeIn(bounded, { ...env, SLS_ENDPOINT: service.url });
    expect(pages!.trim().split('\n').length).toBe(5);

    const job = join(folder, 'job.sql');
    writeFileSync(job, block('sql', 'CREATE TABLE access').replace(/http:\/\/127\.0\.0\.1:8080/, service.url));
    const { code, stdout } = await runCli(['query', '--file', job, '--format', 'jsonl']);
    const hits = stdout
      .trim()
      .split('\n')
      .map((line) => Number((JSON.parse(line) as { hits: number }).hits));
    expect([code, hits.reduce((sum, one) => sum + one, 0)]).toEqual([0, 600]);
  });

  it('the endless job stops cleanly at Ctrl-C', async () => {
    const env = { SLS_ENDPOINT: service.url, SLS_PROJECT: 'web', SLS_ACCESS_ID: 'sluice', SLS_ACCESS_KEY: 'sluice' };
    const endless = block('sh', 'export SLS_ENDPOINT').match(/npx sluice (\S+ \S+) +# an endless one/)![1]!;
    const onStdout = (_: string, kill: (signal: NodeJS.Signals) => void): void => kill('SIGINT');
    const { code, stderr } = await runCli(endless.split(' '), { env, onStdout });
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error/i)]);
  });

  it('the program prints what its comment says', async () => {
    const code = block('ts', 'Engine.open');
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      cwd: cliRoot,
    });
    expect(stdout.trim()).toBe(/\/\/ (\[.*\])/.exec(code)![1]);
  });
});
