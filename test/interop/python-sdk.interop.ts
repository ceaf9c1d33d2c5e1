import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../src/logservice/index.ts';
import { readOwn } from './own-client.ts';
import { pythonPackages, runPython } from './run-python.ts';

type Row = Record<string, string>;

describe.skipIf(pythonPackages === undefined)('the official Python client', () => {
  let service: LogService;
  beforeAll(async () => {
    service = await LogService.start({ port: 0, accessKeys: ['ak:sk', 'sluice:sluice'], hostNames: ['sls.test'] });
  });
  afterAll(() => service.close());

  it.each(['v1', 'v4'])('does all it can with signatures %s; our client reads the same rows', async (auth) => {
    const project = `python-${auth}`;
    const nowSec = Math.floor(Date.now() / 1000);
    const lines: string[] = [];
    const args = [`http://sls.test:${service.port}`, project, auth, String(nowSec)];
    const run = runPython('api.py', args, service.port, (line) => lines.push(line));
    expect(await run.ended).toEqual({ code: 0, stderr: '' });
    const {
      pulled,
      'pulled plain': plain,
      projects,
      index,
      times,
      shards,
      ...got
    } = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> & {
      pulled: Row[];
      'pulled plain': Row[];
      projects: Row[];
      times: number[];
    };

    expect(projects.find((one) => one['projectName'] === project)).toMatchObject({ description: 'changed' });
    expect(index).toMatchObject({ line: { token: [',', ' '], caseSensitive: false } });
    expect(shards).toEqual([
      [0, 'readwrite', '00', '80'],
      [1, 'readwrite', '80', 'ff'],
    ]);
    for (const time of times) expect(Math.abs(time - nowSec)).toBeLessThan(60);
    const numbers = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, i) => String(from + i));
    expect(got).toEqual({
      twice: 'ProjectAlreadyExist',
      project: 'made by the client',
      'store twice': 'LogStoreAlreadyExist',
      ttl: 5,
      stores: ['logs'],
      'no store': 'LogStoreNotExist',
      'end by time': true,
      'begin by time': true,
      limited: [0, true],
      'bad cursor': 'InvalidCursor',
      'bad shard': 'ShardNotExist',
      split: [
        [0, 'readonly'],
        [2, 'readwrite'],
        [3, 'readwrite'],
      ],
      merged: [
        [4, 'readwrite'],
        [2, 'readonly'],
        [3, 'readonly'],
      ],
      child: numbers(60, 70),
      found: numbers(0, 70),
      'found words': ['58', '57', '56', '55'],
      'found all': 70,
      bars: [true, 70],
      'group twice': 'ConsumerGroupAlreadyExist',
      groups: [['g', 60, true]],
      // Of the closed shards 2 and 3 nothing is left to read.
      beat: [0, 1, 4],
      checkpoint: [[1, true, 'c1']],
      'no checkpoint': [[0, '']],
      stranger: 'ConsumerNotExist',
      'unknown with shards': 'NotExistConsumerWithBody',
      'no group': 'ConsumerGroupNotExist',
      left: ['logs'],
      'stranger key': 'SignatureNotMatch',
    });

    const own = (await readOwn(service.url, project, 'logs'))
      .filter((row) => row.shard < 2)
      .map(({ time, topic, source, tags, fields }) => ({ time, topic, source, tags, fields }));
    const theirs = pulled.map((row) => ({
      time: Number(row['__time__']),
      topic: row['__topic__'],
      source: row['__source__'],
      tags: { host: row['__tag__:host'] },
      fields: { n: row['n'], text: row['text'] },
    }));
    expect(theirs).toHaveLength(60);
    expect(own).toEqual(theirs);
    expect(plain).toEqual(pulled);
  });
});
