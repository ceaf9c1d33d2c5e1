import type { ScalarFunction } from '../../contracts/function.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

/** `b IS [NOT] TRUE / FALSE / UNKNOWN`: tests of a three-valued condition that are never NULL themselves. */
function truthTest(name: string, of: boolean | null, negated: boolean): ScalarFunction {
  return scalar({
    name,
    category: 'operator',
    syntax: [`condition ${name}`],
    doc: `Whether the condition is ${negated ? 'not ' : ''}${of === null ? 'NULL' : of ? 'TRUE' : 'FALSE'}. Never NULL.`,
    examples: [{ sql: `(1 = 1) ${name}`, gives: String((of === true) !== negated) }],
    overloads: [
      {
        params: ['boolean'],
        returns: BOOLEAN,
        nulls: 'custom',
        kernel: (value: boolean | null): boolean => (value === of) !== negated,
      },
    ],
  });
}

export const truthTests: readonly ScalarFunction[] = [
  truthTest('IS TRUE', true, false),
  truthTest('IS NOT TRUE', true, true),
  truthTest('IS FALSE', false, false),
  truthTest('IS NOT FALSE', false, true),
  truthTest('IS UNKNOWN', null, false),
  truthTest('IS NOT UNKNOWN', null, true),
];
