import { createFunctionRegistry } from '../../../src/functions/registry.ts';
import type { AggregateCall } from '../../../src/planner/physical/plan.ts';
import type { Schema } from '../../../src/types/schema.ts';

/** Every aggregate function that takes one of these columns, plain and DISTINCT, as the catalog has it. */
export function everyAggregate({ fields }: Schema, columns: readonly number[], retracts: boolean): AggregateCall[] {
  const registry = createFunctionRegistry();
  const calls: AggregateCall[] = [];
  for (const name of registry.names()) {
    for (const column of columns) {
      const types = [fields[column]!.type];
      const context = { compatibility: 'blink', timeZone: 'UTC', now: () => 0, regexpBacktracking: false } as const;
      const binding = registry.aggregate(name)?.resolve({ types, literals: [undefined], context });
      if (binding === undefined || (retracts && !binding.retractable)) continue;
      // The planner would insert a cast.
      if (binding.args[0]?.kind !== types[0]?.kind) continue;
      // DISTINCT leaves the order in which values are merged open, so only functions without order take it here.
      for (const distinct of /VALUE|AGG|LAST|FIRST/.test(name) ? [false] : [false, true]) {
        calls.push({ name, binding, args: [column], distinct, filter: undefined, type: binding.returns });
      }
    }
  }
  return calls;
}
