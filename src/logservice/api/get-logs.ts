import { compressLz4 } from '../../wire/sls/lz4.ts';
import { ApiError } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import { jsonBody, jsonReply, parameter, type ApiReply, type ApiRequest } from '../http/api-request.ts';
import type { PathNames } from '../router.ts';
import { FirstByTime } from '../search/first-by-time.ts';
import { scanLogs, type SearchRange } from '../search/scan-logs.ts';
import { parseSearchQuery, type FlatLog } from '../search/search-query.ts';

const MOST_LINES = 100;
/** More would have to be kept while searching. */
const MOST_OFFSET = 1_000_000;
const MOST_BUCKETS = 60;
/** Widths of a histogram's bars, in seconds. */
const BUCKET_WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

type Asked = (name: string) => unknown;

interface Search {
  readonly logs: readonly FlatLog[];
  readonly query: string;
  readonly rows: number;
  readonly elapsedMs: number;
}

/** The older form: `GET /logstores/L?type=log`, a list of flat logs; what was done is said in the headers. */
export async function getLogs(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const { logs, query, rows, elapsedMs } = await search(context, request, names, (name) => parameter(request, name));
  const reply = jsonReply(logs);
  return {
    ...reply,
    headers: {
      ...reply.headers,
      'x-log-progress': 'Complete',
      'x-log-count': String(logs.length),
      'x-log-processed-rows': String(rows),
      'x-log-elapsed-millisecond': String(elapsedMs),
      'x-log-has-sql': 'false',
      // A header cannot carry every query.
      'x-log-where-query': /^[\x20-\x7e]*$/.test(query) ? query : encodeURIComponent(query),
      'x-log-agg-query': '',
      'x-log-cpu-sec': '0',
      'x-log-cpu-cores': '0',
      'x-log-query-info': JSON.stringify({ keys: [], terms: [], limited: '0', mode: 0 }),
    },
  };
}

/** The current form: `POST /logstores/L/logs` with and answered by a JSON object. */
export async function getLogsV3(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const body = jsonBody(request);
  const { logs, query, rows, elapsedMs } = await search(context, request, names, (name) => body[name]);
  const meta = {
    progress: 'Complete',
    count: logs.length,
    processedRows: rows,
    processedBytes: 0,
    elapsedMillisecond: elapsedMs,
    hasSQL: false,
    whereQuery: query,
    aggQuery: '',
    cpuSec: 0,
    cpuCores: 0,
    telementryType: '',
    powerSql: false,
    insertedSQL: '',
    limited: 0,
    keys: [],
    terms: [],
    isAccurate: true,
    columnTypes: [],
    mode: 0,
  };
  const reply = jsonReply({ meta, data: logs });
  // Only where it is the one wish: clients send `gzip, deflate` without undoing it.
  if (request.headers['accept-encoding']?.trim() !== 'lz4' || reply.body === undefined) return reply;
  const headers = {
    ...reply.headers,
    'x-log-bodyrawsize': String(reply.body.length),
    'x-log-compresstype': 'lz4',
  };
  return { headers, body: compressLz4(reply.body) };
}

/** How many logs match, in bars of equal width over the range. */
export async function getHistograms(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  const asked: Asked = (name) => parameter(request, name);
  const range = rangeOf(asked);
  const test = parseSearchQuery(queryOf(asked));
  const { fromSec, toSec } = range;
  const width = BUCKET_WIDTHS.find((sec) => (toSec - fromSec) / sec <= MOST_BUCKETS) ?? 86_400;
  const first = Math.floor(fromSec / width);
  const bars = Array.from({ length: Math.max(1, Math.ceil(toSec / width) - first) }, (_, i) => ({
    from: Math.max(fromSec, (first + i) * width),
    to: Math.min(toSec, (first + i + 1) * width),
    count: 0,
    progress: 'Complete',
  }));
  let count = 0;
  await scanLogs(store, { ...range, fromNs: 0, toNs: 0 }, topicOf(asked), ({ timeSec, log }) => {
    const bar = bars[Math.floor(timeSec / width) - first];
    if (bar === undefined || !test(log)) return;
    bar.count++;
    count++;
  });
  const reply = jsonReply(bars);
  return { ...reply, headers: { ...reply.headers, 'x-log-progress': 'Complete', 'x-log-count': String(count) } };
}

async function search(context: ServiceContext, request: ApiRequest, names: PathNames, asked: Asked): Promise<Search> {
  const store = context.catalog.logStore(request.project, names.logStore);
  const startedMs = performance.now();
  const range = rangeOf(asked);
  const query = queryOf(asked);
  const test = parseSearchQuery(query);
  const line = lineOf(asked('line'));
  const offset = integerOf(asked('offset'), 0);
  if (offset === undefined || offset < 0 || offset > MOST_OFFSET) {
    throw new ApiError(400, 'InvalidOffset', `offset is invalid, it should be 0 to ${MOST_OFFSET}`);
  }
  const found = new FirstByTime(offset + line, flagOf(asked('reverse'), 'InvalidReverse'));
  const rows = await scanLogs(store, range, topicOf(asked), (one) => {
    if (test(one.log)) found.add(one);
  });
  const logs = found
    .take()
    .slice(offset)
    .map((one) => one.log);
  return { logs, query, rows, elapsedMs: Math.round(performance.now() - startedMs) };
}

function rangeOf(asked: Asked): SearchRange {
  const fromSec = integerOf(asked('from'), undefined);
  const toSec = integerOf(asked('to'), undefined);
  const fromNs = integerOf(asked('fromNs'), 0);
  const toNs = integerOf(asked('toNs'), 0);
  if (fromSec === undefined || toSec === undefined || fromNs === undefined || toNs === undefined) {
    throw new ApiError(400, 'ParameterInvalid', 'from and to are epoch seconds');
  }
  if (fromSec < 0 || toSec < fromSec) throw new ApiError(400, 'InvalidTimeRange', 'request time range is invalid');
  return { fromSec, toSec, fromNs, toNs };
}

/** @returns undefined for what is no whole number */
function integerOf(value: unknown, byDefault: number | undefined): number | undefined {
  if (value === undefined || value === null || value === '') return byDefault;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** Negative means as many as there may be. */
function lineOf(value: unknown): number {
  const line = integerOf(value, MOST_LINES);
  if (line === undefined || line > MOST_LINES) {
    throw new ApiError(400, 'InvalidLine', `line is invalid, it should be 0 to ${MOST_LINES}`);
  }
  return line < 0 ? MOST_LINES : line;
}

function flagOf(value: unknown, code: string): boolean {
  const text = typeof value === 'boolean' ? String(value) : (value ?? 'false');
  if (typeof text !== 'string' || !/^(true|false)$/i.test(text))
    throw new ApiError(400, code, 'it should be true or false');
  return text.toLowerCase() === 'true';
}

function queryOf(asked: Asked): string {
  const query = asked('query') ?? '*';
  if (typeof query !== 'string') throw new ApiError(400, 'InvalidQueryString', 'query is not a text');
  return query.trim() === '' ? '*' : query;
}

function topicOf(asked: Asked): string | undefined {
  const topic = asked('topic');
  return typeof topic === 'string' && topic !== '' ? topic : undefined;
}
