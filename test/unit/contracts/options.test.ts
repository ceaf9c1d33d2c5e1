import { describe, expect, it } from 'vitest';
import { bool, int, oneOf, parseOptions, secret, text } from '../../../src/contracts/options.ts';
import { SluiceError } from '../../../src/errors/sluice-error.ts';

const set = {
  endPoint: text({ help: 'address', required: true }),
  logStore: text({ help: 'store', required: true }),
  accessKey: secret({ help: 'secret' }),
  batchGetSize: int({ help: 'groups', min: 1, max: 1000, default: 100 }),
  follow: bool({ help: 'tail', default: false }),
  mode: oneOf(['TIMESTAMP', 'Earliest'], { help: 'start' }),
};
const place = { connector: 'sls', tableSpan: { start: 1, end: 2 } };
const required = [
  { key: 'ENDPOINT', value: 'x' },
  { key: 'logstore', value: 'y' },
];

function failure(given: readonly { key: string; value: string }[]): SluiceError {
  try {
    parseOptions(set, given, place);
  } catch (error) {
    if (error instanceof SluiceError) return error;
  }
  throw new Error('did not fail');
}

describe('WITH options', () => {
  it('match without case, keep the declared spelling of words and fill defaults', () => {
    const values = parseOptions(set, [...required, { key: 'MODE', value: 'earliest' }], place);
    expect(values.text('endPoint')).toBe('x');
    expect(values.text('mode')).toBe('Earliest');
    expect(values.int('batchGetSize')).toBe(100);
    expect(values.bool('follow')).toBe(false);
    expect(values.given('batchGetSize')).toBe(false);
    expect(values.given('endPoint')).toBe(true);
    expect(values.optionalText('accessKey')).toBeUndefined();
  });

  it('refuse an unknown key with the closest known one', () => {
    const error = failure([...required, { key: 'logStroe', value: 'n' }]);
    expect(error.code).toBe('CONNECTOR_UNKNOWN_OPTION');
    expect(error.message).toBe('connector "sls" has no option "logStroe"');
    expect(error.hint).toBe('Did you mean "logStore"?');
  });

  it('name every missing option at the table', () => {
    const error = failure([]);
    expect(error.message).toBe('connector "sls" needs option "endPoint"');
    expect(error.hint).toBe("Add to WITH: endPoint = '…', logStore = '…'.");
    expect(error.span).toEqual(place.tableSpan);
  });

  it.each([
    ['batchGetSize', '0', 'option "batchGetSize" of connector "sls" takes a whole number from 1 to 1000, not \'0\''],
    ['batchGetSize', '', 'option "batchGetSize" of connector "sls" takes a whole number from 1 to 1000, not \'\''],
    ['follow', 'yes', "option \"follow\" of connector \"sls\" takes 'true' or 'false', not 'yes'"],
    ['mode', 'x', "option \"mode\" of connector \"sls\" takes one of 'TIMESTAMP', 'Earliest', not 'x'"],
  ])('refuse %s = %j', (key, value, message) => {
    expect(failure([...required, { key, value }]).message).toBe(message);
  });

  it('refuse the same option twice, whatever its case', () => {
    expect(failure([...required, { key: 'EndPoint', value: 'z' }]).message).toBe('option "endPoint" is given twice');
  });
});
