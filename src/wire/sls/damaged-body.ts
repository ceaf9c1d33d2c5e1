import { WireError } from '../../errors/sluice-error.ts';
import { damagedHint } from './damaged-hint.ts';

/** A LogGroupList whose bytes end too early. */
export function truncated(): WireError {
  return new WireError('SLS_BODY_TRUNCATED', 'the body of the log service ends in the middle of a field', {
    domain: 'external',
    retry: 'backoff',
    hint: damagedHint,
  });
}

/** A LogGroupList whose bytes are none. @param what a fact without a stop */
export function corrupt(what: string): WireError {
  return new WireError('SLS_BODY_CORRUPT', `the body of the log service is damaged: ${what}`, {
    domain: 'external',
    retry: 'backoff',
    hint: damagedHint,
  });
}
