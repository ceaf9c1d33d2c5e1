import { deflateSync } from 'node:zlib';
import type { LogService } from '../../src/logservice/index.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';
import type { LogGroup } from '../../src/wire/sls/log-group.ts';
import { compressLz4 } from '../../src/wire/sls/lz4.ts';
import { RawClient } from '../unit/logservice/raw-client.ts';

/** Everything there is, and then the end. */
export const wholeStore = `startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00'`;

/** WITH options of a log store of project `p`. */
export function slsOptions(url: string, logStore: string, more = ''): string {
  const base = `type='sls', endPoint='${url}', project='p', logStore='${logStore}', accessId='sluice', accessKey='sluice'`;
  return more === '' ? base : `${base}, ${more}`;
}

export type Packing = 'lz4' | 'deflate' | 'none';

/** Puts groups as they are, each in its own request. */
export async function putGroups(
  service: LogService,
  logStore: string,
  groups: readonly (readonly [group: LogGroup, packing: Packing, routeKey?: string])[],
): Promise<void> {
  const client = new RawClient(service.url, 'p', logStore);
  try {
    for (const [group, packing, routeKey] of groups) {
      const raw = encodeLogGroup(group);
      const body = packing === 'lz4' ? compressLz4(raw) : packing === 'deflate' ? deflateSync(raw) : raw;
      const route = routeKey === undefined ? 'lb' : 'route';
      const answer = await client.call('POST', `/logstores/${logStore}/shards/${route}`, {
        body,
        query: routeKey === undefined ? {} : { key: routeKey },
        headers: {
          'x-log-bodyrawsize': String(raw.length),
          ...(packing === 'none' ? {} : { 'x-log-compresstype': packing }),
        },
      });
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.toString()}`);
    }
  } finally {
    client.close();
  }
}
