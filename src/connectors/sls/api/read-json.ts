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
