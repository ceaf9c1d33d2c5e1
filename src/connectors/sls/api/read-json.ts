import { SlsError } from '../sls-error.ts';
import type { Answer } from '../client.ts';

/** The JSON body of an answer. @throws SlsError SLS_SERVER when it is none */
export function readJson(answer: Answer, doing: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.body)) as unknown;
  } catch (cause) {
    throw badAnswer(doing, answer.status, cause);
  }
}

/** The JSON object of an answer. @throws SlsError SLS_SERVER when it is none */
export function readRecord(answer: Answer, doing: string): Readonly<Record<string, unknown>> {
  const value = readJson(answer, doing);
  if (!isRecord(value)) throw badAnswer(doing, answer.status);
  return value;
}

/** The JSON objects of an answer that lists some. @throws SlsError SLS_SERVER when it does not */
export function readRecords(answer: Answer, doing: string): readonly Readonly<Record<string, unknown>>[] {
  const list = readJson(answer, doing);
  if (!Array.isArray(list) || !list.every(isRecord)) throw badAnswer(doing, answer.status);
  return list;
}

/** Whether a value of an answer is the number of a shard. */
export function isShardId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer that does not have the documented form. */
export function badAnswer(doing: string, status: number, cause?: unknown): SlsError {
  return new SlsError('SLS_SERVER', `the answer to ${doing} is not one of a log service`, {
    hint: 'Check that endPoint is the address of the log service itself, and what stands between: a proxy may answer for it.',
    serviceCode: 'BadResponse',
    status,
    retry: 'backoff',
    cause,
  });
}
