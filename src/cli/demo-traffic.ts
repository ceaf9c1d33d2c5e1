import { setTimeout as sleep } from 'node:timers/promises';

/** One request of the made-up shop, in the order of `trafficColumns`. */
export type TrafficRow = readonly [
  atSeconds: number,
  remoteAddr: string,
  method: string,
  uri: string,
  status: number,
  bodyBytes: number,
  requestMs: number,
];

export const trafficColumns = [
  { name: 'at_seconds', type: 'INT' },
  { name: 'remote_addr', type: 'VARCHAR' },
  { name: 'request_method', type: 'VARCHAR' },
  { name: 'request_uri', type: 'VARCHAR' },
  { name: 'status', type: 'INT' },
  { name: 'body_bytes', type: 'BIGINT' },
  { name: 'request_ms', type: 'INT' },
] as const;

const pages: readonly { readonly uri: string; readonly weight: number; readonly bytes: number }[] = [
  { uri: '/', weight: 24, bytes: 18_000 },
  { uri: '/products', weight: 18, bytes: 32_000 },
  { uri: '/products/42', weight: 14, bytes: 24_000 },
  { uri: '/search?q=lamp', weight: 10, bytes: 15_000 },
  { uri: '/images/hero.jpg', weight: 12, bytes: 240_000 },
  { uri: '/css/site.css', weight: 9, bytes: 6_000 },
  { uri: '/cart', weight: 6, bytes: 9_000 },
  { uri: '/api/checkout', weight: 4, bytes: 800 },
  { uri: '/api/stock', weight: 3, bytes: 300 },
];
const totalWeight = pages.reduce((sum, page) => sum + page.weight, 0);

/** The same rows for the same seed (mulberry32). */
export function trafficSource(seed: number): (atSeconds: number) => TrafficRow {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return (atSeconds) => {
    let pick = random() * totalWeight;
    const page = pages.find((one) => (pick -= one.weight) < 0) ?? pages[0]!;
    const api = page.uri.startsWith('/api');
    const luck = random();
    const status = luck < 0.012 ? 500 : luck < 0.02 && api ? 503 : luck < 0.05 ? 404 : luck < 0.11 ? 304 : 200;
    const bodyBytes = status === 304 ? 0 : Math.round((status === 200 ? page.bytes : 600) * (0.8 + random() * 0.4));
    return [
      atSeconds,
      `10.${Math.floor(random() * 4)}.${Math.floor(random() * 20)}.${Math.floor(random() * 250) + 1}`,
      api && random() < 0.7 ? 'POST' : 'GET',
      page.uri,
      status,
      bodyBytes,
      Math.round((api ? 80 : 20) / (0.05 + random())),
    ];
  };
}

export interface TrafficPlan {
  readonly seed: number;
  /** Event time of the first row, epoch seconds. */
  readonly fromSeconds: number;
  /** Seconds of event time in a second of ours. */
  readonly speed: number;
  readonly rowsPerSecond: number;
  /** Event seconds in all; absent: goes on until `signal`. */
  readonly lengthSeconds?: number;
  readonly signal: AbortSignal;
}

const tickMs = 50;

/** Rows at their pace: as many a tick as are due by now. */
export async function* traffic(plan: TrafficPlan): AsyncGenerator<TrafficRow> {
  const next = trafficSource(plan.seed);
  const startMs = performance.now();
  const total = plan.lengthSeconds === undefined ? Infinity : (plan.lengthSeconds / plan.speed) * plan.rowsPerSecond;
  for (let sent = 0; sent < total && !plan.signal.aborted;) {
    const due = Math.min(total, ((performance.now() - startMs) / 1000) * plan.rowsPerSecond);
    for (; sent < due; sent++) yield next(plan.fromSeconds + Math.floor((sent / plan.rowsPerSecond) * plan.speed));
    await sleep(tickMs, undefined, { signal: plan.signal }).catch(() => undefined);
  }
}
