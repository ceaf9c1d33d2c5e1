import { describe, expect, it } from 'vitest';
import { closestWord } from '../../../src/parser/closest-word.ts';

describe('closestWord', () => {
  it.each([
    ['SELCT', 'SELECT'],
    ['FORM', 'FROM'],
    ['INSRET', 'INSERT'],
    ['INSERTT', 'INSERT'],
    ['FOO', undefined],
    ['SEL', undefined],
  ])('%s → %s', (word, right) => {
    expect(closestWord(word, ['SELECT', 'FROM', 'INSERT', 'WHERE'])).toBe(right);
  });
});
