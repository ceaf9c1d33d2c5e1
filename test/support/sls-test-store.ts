import type { SlsClient } from '../../src/connectors/sls/client.ts';
import { listShards } from '../../src/connectors/sls/api/list-shards.ts';
import { putLogs } from '../../src/connectors/sls/api/put-logs.ts';
import { openClient } from '../../src/connectors/sls/open-client.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';
import { BIGINT } from '../../src/types/sql-type.ts';
import { slsTable, sourceContext } from './sls-table.ts';

/** One log store of a running service, driven as its users and operators do. */
export class TestStore {
  readonly name: string;
  readonly client: SlsClient;
  readonly endPoint: string;
  /** The key (first hex digits of the hash) and number of every log put, in order. */
  readonly sent: { readonly k: string; readonly seq: number }[] = [];

  constructor(endPoint: string, name: string) {
    this.endPoint = endPoint;
    this.name = name;
    this.client = openClient(sourceContext(slsTable([['n', BIGINT]], { endPoint, project: 'p', logStore: name })));
  }

  async create(shardCount: number): Promise<this> {
    const body = new TextEncoder().encode(JSON.stringify({ logstoreName: this.name, ttl: 1, shardCount }));
    await this.client.call({ doing: 'creating', method: 'POST', path: '/logstores', body });
    return this;
  }

  async delete(): Promise<void> {
    await this.client.call({ doing: 'deleting', method: 'DELETE', path: `/logstores/${this.name}` });
  }

  async split(shard: number): Promise<void> {
    await this.#act(shard, 'split');
  }

  /** With its right neighbour. */
  async merge(shard: number): Promise<void> {
    await this.#act(shard, 'merge');
  }

  /** Shards that take logs. */
  async open(): Promise<readonly number[]> {
    return (await listShards(this.client)).filter((shard) => !shard.readOnly).map((shard) => shard.id);
  }

  /** Puts one log; `key` is the beginning of its hash, so that '1' lies in the lower half and '9' in the upper. */
  async put(key: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const seq = this.sent.length;
    this.sent.push({ k: key, seq });
    const contents = Object.entries({ ...fields, k: key, seq: String(seq) });
    const body = encodeLogGroup({ logs: [{ time: Math.floor(Date.now() / 1000), contents }] });
    await putLogs(this.client, { body, compression: undefined, hashKey: key.padEnd(32, '0') });
  }

  async putMany(keys: readonly string[], count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.put(keys[i % keys.length]!);
  }

  /** WITH options of a table of this store. */
  options(more: Readonly<Record<string, string>> = {}): string {
    const all = {
      type: 'sls',
      endPoint: this.endPoint,
      project: 'p',
      accessId: 'sluice',
      accessKey: 'sluice',
      logStore: this.name,
      ...more,
    };
    return Object.entries(all)
      .map(([name, value]) => `${name} = '${value}'`)
      .join(', ');
  }

  async #act(shard: number, action: string): Promise<void> {
    await this.client.call({
      doing: action,
      method: 'POST',
      path: `/logstores/${this.name}/shards/${shard}`,
      query: [['action', action]],
    });
  }
}

/** @throws when `check` does not become true in time */
export async function until(what: string, check: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * Compares what arrived with what was sent.
 * @returns lost numbers, numbers that came again, and keys whose first arrivals are out of order
 */
export function compare(
  sent: readonly { readonly k: string; readonly seq: number }[],
  got: readonly { readonly k: string; readonly seq: number }[],
): { lost: number[]; repeated: number; disordered: string[] } {
  const seen = new Set<number>();
  const last = new Map<string, number>();
  const disordered = new Set<string>();
  let repeated = 0;
  for (const { k, seq } of got) {
    if (seen.has(seq)) {
      repeated++;
      continue;
    }
    seen.add(seq);
    if (seq < (last.get(k) ?? -1)) disordered.add(k);
    last.set(k, Math.max(seq, last.get(k) ?? -1));
  }
  return { lost: sent.flatMap(({ seq }) => (seen.has(seq) ? [] : [seq])), repeated, disordered: [...disordered] };
}
