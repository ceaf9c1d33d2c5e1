import { encodeLogGroup } from '../../wire/sls/encode-log-group.ts';
import type { LogRecord } from '../../wire/sls/log-group.ts';
import { postBodyInvalid } from '../api-error.ts';

/**
 * The JSON form of PutLogs (`__logs__`, `__tags__`, `__topic__`, `__source__`) as a LogGroup.
 * @param nowMs  the time of logs that have none; of all logs of web tracking
 */
export function readJsonLogs(text: string, nowMs: number, { webTracking = false } = {}): Uint8Array {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw postBodyInvalid('The body is not valid json string.');
  }
  const body = asObject(value);
  const logs = body['__logs__'];
  if (!Array.isArray(logs)) throw postBodyInvalid('the body has no list "__logs__"');
  const tags = body['__tags__'] === undefined ? [] : Object.entries(asObject(body['__tags__']));
  return encodeLogGroup({
    topic: textOf(body['__topic__'] ?? ''),
    source: textOf(body['__source__'] ?? ''),
    tags: tags.map(([key, tag]) => [key, textOf(tag)] as const),
    logs: logs.map((log) => readLog(webTracking ? { ...asObject(log), __time__: undefined } : asObject(log), nowMs)),
  });
}

function readLog(fields: Record<string, unknown>, nowMs: number): LogRecord {
  const { __time__: time = Math.floor(nowMs / 1000), __time_ns_part__: timeNs, ...contents } = fields;
  return {
    time: numberOf(time, 0xffff_ffff),
    timeNs: timeNs === undefined ? undefined : numberOf(timeNs, 999_999_999),
    contents: Object.entries(contents).map(([key, value]) => [key, textOf(value)] as const),
  };
}

function numberOf(value: unknown, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > most) throw postBodyInvalid('a log time is not valid');
  return number;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw postBodyInvalid('The body is not valid json string.');
  }
  return value as Record<string, unknown>;
}
