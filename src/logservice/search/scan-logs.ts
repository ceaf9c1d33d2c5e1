import { decodeLogGroup, splitLogGroupList } from '../../wire/sls/scan-log-group.ts';
import { decompressLz4 } from '../../wire/sls/lz4.ts';
import type { LogGroup, LogRecord, Text } from '../../wire/sls/log-group.ts';
import type { LogStore } from '../model/log-store.ts';
import { spliceRecords, type LogSlice } from '../storage/lz4-splice.ts';
import type { FlatLog } from './search-query.ts';

const GROUPS_AT_ONCE = 1000;
const BYTES_AT_ONCE = 2 << 20;

export interface FoundLog {
  readonly timeSec: number;
  readonly timeNs: number;
  readonly log: FlatLog;
}

/** Epoch seconds and nanoseconds; `from` inclusive, `to` exclusive. */
export interface SearchRange {
  readonly fromSec: number;
  readonly fromNs: number;
  readonly toSec: number;
  readonly toNs: number;
}

/**
 * Every log of a log store whose own time is in the range, shard by shard in stored order. There is no index: all
 * groups are read. Gives way to other requests between slices.
 * @returns logs looked at
 */
export async function scanLogs(
  store: LogStore,
  range: SearchRange,
  topic: string | undefined,
  visit: (found: FoundLog) => void,
): Promise<number> {
  let rows = 0;
  for (const shard of store.shards) {
    const { log } = shard;
    const end = log.endOrdinal;
    let from = log.firstOrdinal;
    while (from < end) {
      const to = log.endOfRead(from, Math.min(end, from + GROUPS_AT_ONCE), BYTES_AT_ONCE);
      let slice: LogSlice;
      try {
        slice = await log.read(from, to);
      } catch (error) {
        // Retention took the file away meanwhile.
        if (from >= log.firstOrdinal) throw error;
        from = log.firstOrdinal;
        continue;
      }
      const list = decompressLz4(spliceRecords(slice), slice.rawBytes);
      for (const bytes of splitLogGroupList(list)) {
        const group = decodeLogGroup(bytes);
        rows += group.logs.length;
        if (topic === undefined || textOf(group.topic) === topic) visitGroup(group, range, visit);
      }
      from = Math.max(to, log.firstOrdinal);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return rows;
}

function visitGroup(group: LogGroup, range: SearchRange, visit: (found: FoundLog) => void): void {
  for (const record of group.logs) {
    const timeNs = record.timeNs ?? 0;
    if (record.time < range.fromSec || (record.time === range.fromSec && timeNs < range.fromNs)) continue;
    if (record.time > range.toSec || (record.time === range.toSec && timeNs >= range.toNs)) continue;
    visit({ timeSec: record.time, timeNs, log: flatten(group, record) });
  }
}

function flatten(group: LogGroup, record: LogRecord): FlatLog {
  // A field may be called anything, `__proto__` included.
  const log = Object.create(null) as Record<string, string>;
  log['__time__'] = String(record.time);
  if (record.timeNs !== undefined) log['__time_ns_part__'] = String(record.timeNs);
  log['__source__'] = textOf(group.source);
  log['__topic__'] = textOf(group.topic);
  for (const [key, value] of group.tags ?? []) log[`__tag__:${textOf(key)}`] = textOf(value);
  for (const [key, value] of record.contents) log[textOf(key)] = textOf(value);
  return log;
}

function textOf(text: Text | undefined): string {
  if (text === undefined) return '';
  return typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
}
