import { describe, expect, it } from 'vitest';
import { Session } from '../../../src/planner/session.ts';

describe('Session', () => {
  it('finds keys without case and keeps the declared spelling of words', () => {
    const session = new Session();
    expect(session.set('SQL.Compatibility', 'FLINK')).toBeUndefined();
    expect(session.get('sql.compatibility')).toBe('flink');
    expect(session.functionContext().compatibility).toBe('flink');
    session.reset('sql.compatibility');
    expect(session.functionContext().compatibility).toBe('blink');
  });

  it('names the key that was written in a warning', () => {
    const warning = new Session().set('table.exec.mini-batch.size', '5000');
    expect(warning).toContain('setting "table.exec.mini-batch.size" is known');
  });

  it('answers a setting that changes nothing yet with a warning', () => {
    expect(new Session().set('blink.topn.cache.size', '5')).toContain('changes nothing yet');
  });

  it('warns of a time zone that nobody knows', () => {
    const session = new Session();
    expect(session.set('blink.job.timeZone', 'Asia/Shanghai')).toBeUndefined();
    expect(session.set('blink.job.timeZone', 'Mars/Base')).toBe('time zone "Mars/Base" is not known and counts as GMT');
  });

  it.each([
    ['sql.compatibility', 'oracle', "takes one of 'blink', 'flink', not 'oracle'"],
    ['blink.checkpoint.interval.ms', '0', "takes a whole number from 1, not '0'"],
    ['regexp.backtracking', 'yes', "takes 'true' or 'false', not 'yes'"],
  ])('refuses %s = %s', (key, value, problem) => {
    expect(() => new Session().set(key, value)).toThrow(`setting "${key}" ${problem}`);
  });

  it('copies settings, not the place where they are kept', () => {
    const session = new Session({ timeZone: 'Asia/Shanghai' });
    const copy = session.copy();
    copy.set('blink.job.timeZone', 'UTC');
    expect([session, copy].map((one) => one.get('blink.job.timeZone'))).toEqual(['Asia/Shanghai', 'UTC']);
  });
});
