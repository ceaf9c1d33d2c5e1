import { encodeLogGroup, encodeLogGroupList } from '../src/wire/sls/encode-log-group.ts';
import { compressLz4 } from '../src/wire/sls/lz4.ts';

export interface PullBody {
  /** One LZ4 block, as the service sends it. */
  readonly lz4: Uint8Array;
  readonly rawSize: number;
  readonly logCount: number;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1.15 Mobile/15E148',
];

/**
 * A pull answer of access logs: 14 fields, about 490 bytes a log as protobuf, `logsPerGroup` logs a group.
 * @param order `fixed`: every log has the same keys in the same order; `rotating`: each log begins with another key
 *              and lacks one
 */
export function accessLogBody(settings: {
  readonly groups: number;
  readonly logsPerGroup: number;
  readonly order: 'fixed' | 'rotating';
}): PullBody {
  const raw = encodeLogGroupList([...accessLogGroups(settings)]);
  return { lz4: compressLz4(raw), rawSize: raw.length, logCount: settings.groups * settings.logsPerGroup };
}

/** The same logs as encoded groups, one after the other; 100 logs a second of event time. */
export function* accessLogGroups(settings: {
  readonly groups: number;
  readonly logsPerGroup: number;
  readonly order: 'fixed' | 'rotating';
}): Generator<Uint8Array> {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  let logCount = 0;
  for (let g = 0; g < settings.groups; g++) {
    const logs = Array.from({ length: settings.logsPerGroup }, (_, i) => {
      const n = logCount++;
      let contents: [string, string][] = [
        ['remote_addr', `10.${random(256)}.${random(256)}.${random(256)}`],
        ['time_local', `21/Nov/2026:09:${String(n % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} +0000`],
        ['request_method', METHODS[random(4)] ?? 'GET'],
        ['request_uri', `/api/v1/orders/${random(1_000_000)}/items?page=${random(50)}`],
        ['status', random(20) === 0 ? '500' : '200'],
        ['body_bytes_sent', String(random(100_000))],
        ['request_time', `0.${String(random(1000)).padStart(3, '0')}`],
        ['upstream_time', `0.${String(random(1000)).padStart(3, '0')}`],
        ['http_referer', 'https://www.example.com/'],
        ['user_agent', AGENTS[random(2)] ?? ''],
        ['host', `shop-${random(8)}.example.com`],
        ['trace_id', random(4294967296).toString(16).padStart(8, '0').repeat(4)],
        ['user_id', `user-${random(20_000)}`],
        ['region', 'cn-hangzhou'],
      ];
      if (settings.order === 'rotating') {
        const shift = n % contents.length;
        contents = [...contents.slice(shift), ...contents.slice(0, shift)];
        contents.splice((n * 7) % contents.length, 1);
      }
      return { time: 1_790_000_000 + Math.floor(n / 100), contents };
    });
    yield encodeLogGroup({
      logs,
      topic: 'nginx',
      source: `172.16.0.${g % 250}`,
      tags: [
        ['__hostname__', `web-${g % 10}`],
        ['__receive_time__', String(1_790_000_001 + g)],
      ],
    });
  }
}
