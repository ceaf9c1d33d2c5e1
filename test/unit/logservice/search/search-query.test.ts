import { describe, expect, it } from 'vitest';
import { parseSearchQuery } from '../../../../src/logservice/search/search-query.ts';

const log = {
  __time__: '1700000000',
  __topic__: 'web',
  '__tag__:__hostname__': 'node-7',
  level: 'ERROR',
  message: 'GET /index.html?page=3 failed: connection refused',
  status: '502',
  latency: '12.5',
  empty: '',
};

describe('a search query', () => {
  it.each([
    ['', true],
    ['*', true],
    ['error', true],
    ['err', false],
    ['refused GET', true],
    ['refused AND absent', false],
    ['refused absent or error', true],
    ['not absent', true],
    ['not error', false],
    ['not not error', true],
    ['(absent or error) and web', true],
    ['"connection refused"', true],
    ['/index.html', true],
    ['level:error', true],
    ['level: error', true],
    ['message:error', false],
    ['level:*', true],
    ['nothing:*', false],
    ['not nothing:*', true],
    ['level:err*', true],
    ['l?st', false],
    ['re*s?d', true],
    ['*a*a*', false],
    ['status:502', true],
    ['status > 500', true],
    ['status >= 503', false],
    ['status: > 500', true],
    ['latency<13 and latency>=12.5', true],
    ['status=502', true],
    ['empty > -1', false],
    ['__topic__:web', true],
    ['__tag__:__hostname__:node-7', true],
    ['__tag__:__hostname__:node-8', false],
    // The time is chosen by from and to, and would match every number.
    ['1700000000', false],
  ])('%s → %s', (query, expected) => {
    expect(parseSearchQuery(query)(log)).toBe(expected);
  });

  it.each([
    ['"open', 'InvalidQueryString', 'the query has an unclosed quote at 1'],
    ['(a', 'InvalidQueryString', 'the query has "(" without ")"'],
    ['a)', 'InvalidQueryString', 'the query goes on with ")"'],
    ['a and', 'InvalidQueryString', 'the query ends where a word belongs'],
    ['status > x', 'InvalidQueryString', '"x" is not a number'],
    ['> 5', 'InvalidQueryString', 'the query has ">" where a word belongs'],
    ['('.repeat(5000), 'InvalidQueryString', 'the query is nested too deep'],
    ['* | select count(*)', 'ParameterInvalid', 'this service searches and does not run the SQL behind "|"'],
  ])('%s is refused', (query, errorCode, message) => {
    expect(() => parseSearchQuery(query)).toThrow(expect.objectContaining({ errorCode, message }));
  });

  it('takes no long time for any pattern', () => {
    const test = parseSearchQuery(`${'*a'.repeat(30)}*b`);
    const startedMs = performance.now();
    expect(test({ text: 'a'.repeat(20_000) })).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });
});
