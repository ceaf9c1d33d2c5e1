import { getCursor } from '../../src/connectors/sls/api/get-cursor.ts';
import { listShards } from '../../src/connectors/sls/api/list-shards.ts';
import { pullLogs } from '../../src/connectors/sls/api/pull-logs.ts';
import { openClient } from '../../src/connectors/sls/open-client.ts';
import { VARCHAR } from '../../src/types/sql-type.ts';
import { decodeLogGroup, splitLogGroupList } from '../../src/wire/sls/scan-log-group.ts';
import { slsTable, sourceContext } from '../support/sls-table.ts';

export interface OwnRow {
  readonly shard: number;
  readonly time: number;
  readonly timeNs: number | undefined;
  readonly topic: string;
  readonly source: string;
  /** Without those the service adds. */
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
}

/** Every log of a log store, read by our own client shard by shard from the begin. */
export async function readOwn(url: string, project: string, logStore: string): Promise<OwnRow[]> {
  const table = slsTable([['a', VARCHAR]], { endPoint: url, project, logStore });
  const client = openClient(sourceContext(table));
  const signal = new AbortController().signal;
  const rows: OwnRow[] = [];
  try {
    for (const { id: shard } of await listShards(client)) {
      let cursor = await getCursor(client, shard, 'begin');
      for (;;) {
        const pulled = await pullLogs(client, { shard, cursor, count: 1000, accept: 'lz4', signal });
        if (pulled.groupCount === 0) break;
        for (const bytes of splitLogGroupList(pulled.body())) rows.push(...rowsOf(shard, bytes));
        cursor = pulled.nextCursor;
      }
    }
  } finally {
    await client.close();
  }
  return rows;
}

function rowsOf(shard: number, bytes: Uint8Array): OwnRow[] {
  const { topic, source, tags, logs } = decodeLogGroup(bytes);
  const own = (tags ?? []).map(([key, value]) => [String(key), String(value)] as const);
  return logs.map(({ time, timeNs, contents }) => ({
    shard,
    time,
    timeNs,
    topic: String(topic ?? ''),
    source: String(source ?? ''),
    tags: Object.fromEntries(own.filter(([key]) => key !== '__receive_time__' && key !== '__client_ip__')),
    fields: Object.fromEntries(contents.map(([key, value]) => [String(key), String(value)])),
  }));
}
