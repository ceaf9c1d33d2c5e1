import type { AggregateFunction } from '../../contracts/function.ts';

type Declaration = Omit<AggregateFunction, 'kind' | 'category' | 'examples'>;

/** The record of an aggregate function. Its examples need a table, so they live in the conformance cases. */
export function aggregate(declaration: Declaration): AggregateFunction {
  return { ...declaration, kind: 'aggregate', category: 'aggregate', examples: [] };
}
