import type { SlsClient } from '../client.ts';
import { badAnswer, readRecord } from './read-json.ts';

const PAGE = 500;

/** `GET /logstores`: the names of all log stores of the project. */
export async function listLogStores(client: SlsClient): Promise<readonly string[]> {
  const doing = 'listing the log stores';
  const names: string[] = [];
  for (;;) {
    const answer = await client.call({
      doing,
      method: 'GET',
      path: '/logstores',
      query: [
        ['offset', String(names.length)],
        ['size', String(PAGE)],
      ],
    });
    const { logstores, total } = readRecord(answer, doing) as { logstores?: unknown; total?: unknown };
    if (!Array.isArray(logstores) || !logstores.every((name) => typeof name === 'string')) {
      throw badAnswer(doing, answer.status);
    }
    names.push(...logstores);
    if (logstores.length === 0 || names.length >= Number(total ?? 0)) return names;
  }
}
