import { visit } from '../logical/tree.ts';
import { unboundedTable } from '../physical/bounded.ts';
import type { MatchSpec, PatternTree } from '../physical/match-plan.ts';
import type { Rule } from './rule.ts';

/** Says where a match that has begun may wait for ever: any row keeps it open and no time ends it. */
export const warnEndlessMatches: Rule = {
  name: 'warn-endless-matches',
  apply: (plan, { warn }) => {
    visit(plan, (node) => {
      if (node.kind !== 'match' || node.spec.within !== undefined || unboundedTable(node) === undefined) return;
      const open = staysOpen(node.spec);
      if (open === undefined) return;
      warn(
        `MATCH_RECOGNIZE has no WITHIN and any row keeps a match open at "${open}": what has begun is kept until it is complete and the state grows without end; write PATTERN ( … ) WITHIN INTERVAL '1' HOUR, or give the variable a condition`,
      );
    });
    return plan;
  },
};

/** The variable at which rows without end may pass. */
function staysOpen(spec: MatchSpec): string | undefined {
  const takesAny = (variable: number): boolean => {
    const { local, rest } = spec.variables[variable]!;
    return local === undefined && rest === undefined;
  };
  const found =
    spec.tree === undefined
      ? spec.pattern.find((one) => one.relaxed || (one.most === undefined && takesAny(one.variable)))?.variable
      : openIn(spec.tree, false, takesAny);
  return found === undefined ? undefined : spec.variables[found]!.name;
}

function openIn(tree: PatternTree, endless: boolean, takesAny: (variable: number) => boolean): number | undefined {
  switch (tree.kind) {
    case 'variable':
      return endless && takesAny(tree.variable) ? tree.variable : undefined;
    case 'repeat':
      return openIn(tree.part, endless || tree.most === undefined, takesAny);
    case 'choice':
    case 'sequence': {
      // A repeated sequence goes on for ever only where all of it takes any row.
      const parts = tree.parts.map((one) => openIn(one, endless, takesAny));
      if (tree.kind === 'sequence' && endless && parts.includes(undefined)) {
        return tree.parts.map((one) => openIn(one, false, takesAny)).find((one) => one !== undefined);
      }
      return parts.find((one) => one !== undefined);
    }
  }
}
