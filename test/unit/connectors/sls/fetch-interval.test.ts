import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ShardPuller } from '../../../../src/connectors/sls/source/puller.ts';
import type { Answer, SlsClient } from '../../../../src/connectors/sls/client.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { VARCHAR } from '../../../../src/types/sql-type.ts';
import { encodeCursor } from '../../../../src/wire/sls/cursor.ts';
import { LogGroupDecoder } from '../../../../src/wire/sls/decode-log-groups.ts';
import { encodeLogGroup, encodeLogGroupList } from '../../../../src/wire/sls/encode-log-group.ts';

const body = encodeLogGroupList([
  encodeLogGroup({ logs: Array.from({ length: 10 }, () => ({ time: 1, contents: [['a', 'x']] as const })) }),
]);

// The puller's clock and timers are turned by hand.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Reads until `count` pulls were sent. @returns when they were sent, ms after the first */
async function pullTimes(
  settings: { readonly fetchIntervalMs: number; readonly maxRate?: number; readonly atEnd?: boolean },
  answerMs: readonly number[],
): Promise<number[]> {
  const times: number[] = [];
  const call = async (): Promise<Answer> => {
    const takes = answerMs[times.length] ?? 0;
    times.push(performance.now());
    if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes));
    const headers: Record<string, string> = {
      'x-log-cursor': encodeCursor(BigInt(times.length)),
      'x-log-count': '1',
      'x-log-bodyrawsize': String(body.length),
      'x-log-end-of-cursor': settings.atEnd === true ? '1' : '0',
    };
    return {
      status: 200,
      header: (name) => headers[name],
      body,
      headroom: false,
      recycle: () => undefined,
      serverTimeMs: undefined,
    };
  };
  const puller = new ShardPuller({
    client: { settings: { logStore: 'l' }, call } as unknown as SlsClient,
    shard: 0,
    readOnly: () => false,
    start: encodeCursor(0n),
    stop: undefined,
    decoder: new LogGroupDecoder({
      schema: schema([field('a', VARCHAR)]),
      origins: [{ kind: 'content', key: 'a' }],
      timeZone: 'UTC',
    }),
    count: 10,
    accept: '',
    query: undefined,
    fetchIntervalMs: settings.fetchIntervalMs,
    maxRate: settings.maxRate,
    signal: new AbortController().signal,
    recover: (error) => Promise.reject(error),
  });
  for (let i = 0; i < answerMs.length; i++) {
    const reading = puller.read();
    await vi.runAllTimersAsync();
    await reading;
  }
  return times.map((at) => Math.round(at - times[0]!));
}

describe('fetchIntervalMs', () => {
  it('keeps the pulls of a shard apart, counted from one request to the next', async () => {
    expect(await pullTimes({ fetchIntervalMs: 1000 }, [0, 0, 0, 0])).toEqual([0, 1000, 2000, 3000]);
    // The time an answer takes is part of the interval, not added to it.
    expect(await pullTimes({ fetchIntervalMs: 1000 }, [300, 0, 999, 0])).toEqual([0, 1000, 2000, 3000]);
  });

  it('delays nothing behind an answer that took longer', async () => {
    expect(await pullTimes({ fetchIntervalMs: 1000 }, [2500, 0, 0])).toEqual([0, 2500, 3500]);
  });

  it('is off by default', async () => {
    expect(await pullTimes({ fetchIntervalMs: 0 }, [0, 5, 0])).toEqual([0, 0, 5]);
  });

  it('shortens neither the pause at the end of a shard nor what maxRatePerShard demands', async () => {
    expect(await pullTimes({ fetchIntervalMs: 50, atEnd: true }, [0, 0, 0])).toEqual([0, 200, 400]);
    expect(await pullTimes({ fetchIntervalMs: 700, atEnd: true }, [0, 0, 0])).toEqual([0, 700, 1400]);
    // 10 logs an answer, 20 a second.
    expect(await pullTimes({ fetchIntervalMs: 100, maxRate: 20 }, [0, 0, 0])).toEqual([0, 500, 1000]);
  });
});
