import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultKinds, parseFaultPlan, readFaultPlan } from '../../../../src/logservice/faults/fault-plan.ts';
import { apiNames } from '../../../../src/logservice/router.ts';

const docs = new URL('../../../../docs/', import.meta.url);
const rule = (value: object): (() => unknown) => {
  return () => readFaultPlan({ rules: [{ fault: 'drop', ...value }] }, apiNames);
};

describe('a fault plan', () => {
  it('is read with its defaults', () => {
    const plan = readFaultPlan({ rules: [{ api: 'PutLogs', nth: 3, fault: 'drop', when: 'after' }] }, apiNames);
    expect(plan.seed).toBe(1);
    expect(plan.rules[0]).toMatchObject({
      apis: ['PutLogs'],
      after: 0,
      limit: Infinity,
      trigger: { kind: 'nth', calls: [3] },
      fault: { kind: 'drop', when: 'after' },
    });
    const known = readFaultPlan({ rules: [{ fault: 'error', code: 'ShardReadQuotaExceed' }] }, apiNames);
    expect(known.rules[0]?.fault).toMatchObject({ status: 403, when: 'before' });
  });

  it.each([
    [rule({ api: 'PutLog' }), 'the fault plan, rules[0]: names the API "PutLog", which there is not', 'PutLogs'],
    [rule({ fault: 'dorp' }), `the fault plan, rules[0]: "fault" is not one of ${faultKinds.join(', ')}`, 'drop'],
    [rule({ whem: 'after' }), 'the fault plan, rules[0]: has "whem", which is no member of the fault "drop"', 'when'],
    [rule({ nth: 1, every: 2 }), 'the fault plan, rules[0]: has both "nth" and "every"', undefined],
    [rule({ nth: 0 }), '"nth" is not a whole number of at least 1 or a list of them', undefined],
    [rule({ probability: 2 }), '"probability" is not a number from 0 to 1', undefined],
    [rule({ shard: 1.5 }), '"shard" is not a whole number of at least 0', undefined],
    [rule({ fault: 'delay', ms: [5, 1] }), '"ms" is not a number of milliseconds', undefined],
    [rule({ fault: 'error', code: 'ServerBsy' }), 'the error "ServerBsy" needs a "status"', 'ServerBusy'],
    [rule({ fault: 'expire-cursor', api: 'PutLogs' }), 'concerns PullLogs and GetCursorTime only', undefined],
    [rule({ fault: 'clock-skew' }), 'the fault "clock-skew" needs "ms"', undefined],
    [() => readFaultPlan({ rules: [5] }, apiNames), 'the fault plan, rules[0]: is not a JSON object', undefined],
    [() => readFaultPlan({ rules: [{}] }, apiNames), 'the fault plan, rules[0]: has no "fault"', undefined],
    [() => readFaultPlan({}, apiNames), 'the fault plan has no list "rules"', undefined],
    [() => parseFaultPlan('{', apiNames), 'the fault plan is not valid JSON', undefined],
  ])('is refused with what is wrong: %#', (read, message, close) => {
    const hint = close === undefined ? undefined : `Did you mean "${close}"?`;
    expect(read).toThrow(
      expect.objectContaining({ code: 'CLI_USAGE', message: expect.stringContaining(message) as string, hint }),
    );
  });

  it('is what the schema in the docs says', () => {
    const schema = JSON.parse(readFileSync(new URL('fault-plan.schema.json', docs), 'utf8')) as {
      properties: { rules: { items: { oneOf: { title: string; properties: Record<string, unknown> }[] } } };
      $defs: { api: { enum: string[] } };
    };
    expect(schema.$defs.api.enum).toEqual(apiNames);
    const faults = schema.properties.rules.items.oneOf;
    expect(faults.map(({ title }) => title)).toEqual(faultKinds);
    // Each member the schema has is known to the reader, and no other.
    for (const { title, properties } of faults) {
      const message = /which is no member/;
      expect(() => readFaultPlan({ rules: [{ fault: title, other: 1 }] }, apiNames)).toThrow(message);
      for (const name of Object.keys(properties)) {
        if (name === 'fault') continue;
        expect(() => readFaultPlan({ rules: [{ fault: title, [name]: null }] }, apiNames)).not.toThrow(message);
      }
    }
  });

  it('of the docs is a good one', () => {
    const text = readFileSync(new URL('logservice.md', docs), 'utf8');
    const example = /```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    expect(parseFaultPlan(example, apiNames)).toMatchObject({ seed: 7 });
  });
});
