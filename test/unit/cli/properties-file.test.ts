import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { engineOptions, givenSettings } from '../../../src/cli/engine-session.ts';
import { readProperties } from '../../../src/cli/properties-file.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'sluice-properties-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, 'job.properties');
  writeFileSync(path, text);
  return path;
}

describe('a file of job parameters', () => {
  it('is lines of key=value, blanks around them and comments left out', async () => {
    const path = file('# job\n\n blink.job.name = a=b \r\n!old\nsql.compatibility:flink\nempty=\n');
    expect(await readProperties(path)).toEqual({ 'blink.job.name': 'a=b', 'sql.compatibility': 'flink', empty: '' });
  });

  it('names the line that is none, and never its text', async () => {
    const found = readProperties(file('a=1\nhunter2\n'));
    await expect(found).rejects.toMatchObject({
      code: 'CLI_USAGE',
      message: expect.stringMatching(/^line 2 of ".*" is/),
    });
    await expect(found).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') });
  });

  it('gives way to --set', async () => {
    const spec = { name: 'run', summary: '', usage: '', options: engineOptions };
    const path = file('a=1\nb=2');
    expect(await givenSettings(parseArguments(spec, ['--set', 'b=3', '--set-file', path]))).toEqual({ a: '1', b: '3' });
  });
});
