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

  it.each(['Asia/Shanghai', 'PST', 'CTT', 'GMT+8', 'UTC+08:00', '-03:30', 'Etc/GMT-8', 'PRC', 'utc'])(
    'takes the time zone %s as Java does',
    (zone) => {
      const session = new Session();
      expect(session.set('blink.job.timeZone', zone)).toBeUndefined();
      expect(session.get('blink.job.timeZone')).toBe(zone);
    },
  );

  it('refuses a time zone that nobody knows, and keeps the one in force', () => {
    const session = new Session({ timeZone: 'Asia/Tokyo' });
    expect(() => session.set('blink.job.timeZone', 'Mars/Base')).toThrow('time zone "Mars/Base" does not exist');
    expect(() => session.set('table.local-time-zone', 'GMT+25')).toThrow('time zone "GMT+25" does not exist');
    expect(session.get('blink.job.timeZone')).toBe('Asia/Tokyo');
    expect(() => new Session({ timeZone: 'Mars/Base' })).toThrow('time zone "Mars/Base" does not exist');
  });

  it('tells what Java makes of CST', () => {
    expect(new Session().set('blink.job.timeZone', 'CST')).toContain('is America/Chicago');
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

  it.each([
    ['pipeline.name', 'orders', 'blink.job.name', 'orders'],
    ['table.local-time-zone', 'Asia/Shanghai', 'blink.job.timeZone', 'Asia/Shanghai'],
    ['Table.Exec.State.TTL', '1 h', 'blink.state.ttl.ms', '3600000'],
    ['table.exec.state.ttl', '1d', 'blink.state.ttl.ms', '86400000'],
    ['table.exec.state.ttl', '5000', 'blink.state.ttl.ms', '5000'],
    ['state.backend.niagara.ttl.ms', '5000', 'blink.state.ttl.ms', '5000'],
    ['execution.checkpointing.interval', '3min', 'blink.checkpoint.interval.ms', '180000'],
    ['execution.checkpointing.mode', 'at_least_once', 'blink.checkpoint.mode', 'AT_LEAST_ONCE'],
    ['table.exec.source.idle-timeout', '10 s', 'sql.exec.source.idle.timeout.ms', '10000'],
    ['table.exec.source.idle-timeout', '0', 'sql.exec.source.idle.timeout.ms', '-1'],
    ['table.exec.mini-batch.allow-latency', '2 s', 'blink.miniBatch.allowLatencyMs', '2000'],
    ['table.exec.mini-batch.size', '-1', 'blink.miniBatch.size', ''],
    ['table.optimizer.agg-phase-strategy', 'ONE_PHASE', 'blink.localAgg.enabled', 'false'],
    ['table.optimizer.distinct-agg.split.enabled', 'TRUE', 'blink.partialAgg.enabled', 'true'],
    ['table.sql-dialect', 'default', 'sql.dialect', 'blink'],
  ])("takes Flink's %s = %s", (key, value, own, expected) => {
    const session = new Session();
    session.set(key, value);
    expect([session.get(own), session.get(key)]).toEqual([expected, expected]);
    session.reset(key);
    expect(session.list().filter((one) => one.changed)).toEqual([]);
  });

  it("takes Flink's words for none and for the default", () => {
    const session = new Session();
    session.set('blink.state.ttl.ms', '1000');
    session.set('table.exec.state.ttl', '0 ms');
    expect(session.int('blink.state.ttl.ms')).toBeUndefined();
    session.set('blink.job.timeZone', 'Asia/Shanghai');
    session.set('table.local-time-zone', 'default');
    expect(session.get('blink.job.timeZone')).toBe('UTC');
  });

  it.each([
    'table.exec.mini-batch.enabled',
    'taskmanager.numberOfTaskSlots',
    'execution.runtime-mode',
    'state.backend',
  ])('takes %s of Flink and says that it changes nothing', (key) => {
    const session = new Session();
    expect(session.set(key, '1')).toBe(`setting "${key}" of Flink is known and changes nothing here`);
    expect([session.get(key), session.copy().get(key)]).toEqual(['1', '1']);
    session.reset(key);
    expect(session.get(key)).toBe('');
  });

  it.each([
    ['table.exec.state.ttl', 'soon', "takes a duration such as '10 s', not 'soon'"],
    ['table.exec.state.ttl', '1 fortnight', "takes a duration such as '10 s', not '1 fortnight'"],
    ['table.optimizer.agg-phase-strategy', 'x', "takes one of 'AUTO', 'TWO_PHASE', 'ONE_PHASE', not 'x'"],
    ['pipeline.object-reuse', '1', "takes 'true' or 'false', not '1'"],
  ])("refuses Flink's %s = %s", (key, value, problem) => {
    expect(() => new Session().set(key, value)).toThrow(`setting "${key}" ${problem}`);
  });

  it('does not take a misspelt key of Flink for one that changes nothing', () => {
    expect(() => new Session().set('table.exec.mini-batch.enable', 'true')).toThrow('does not exist');
    expect(() => new Session().set('table.exec.state.tll', '1 h')).toThrow('does not exist');
  });
});
