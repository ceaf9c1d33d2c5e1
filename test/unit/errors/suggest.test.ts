import { describe, expect, it } from 'vitest';
import { suggest } from '../../../src/errors/suggest.ts';

describe('suggestions', () => {
  const known = ['logStore', 'endPoint', 'accessId', 'status', 'lag'];
  it.each([
    ['logStroe', 'logStore'],
    ['LOGSTORE', 'logStore'],
    ['stauts', 'status'],
    ['lg', 'lag'],
    ['zzzzzz', undefined],
    ['x', undefined],
    ['g', undefined],
    ['stt', 'status'],
  ])('%s → %s', (word, expected) => {
    expect(suggest(word, known)).toBe(expected);
  });
});
