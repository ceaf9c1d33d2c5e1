import { printExpr } from '../../expr/print.ts';
import type { Field } from '../../types/schema.ts';
import type { MatchElement, MatchSpan, MatchSpec, PatternTree } from '../physical/match-plan.ts';
import { duration, keyNames, list, projection, sortKeys } from './attributes.ts';

export function matchAttributes(
  { spec, schema }: { readonly spec: MatchSpec; readonly schema: { readonly fields: readonly Field[] } },
  input: readonly Field[],
): Readonly<Record<string, string | undefined>> {
  const time = spec.time === 'rowtime' ? (input[spec.timeColumn]?.name ?? '') : 'processing time';
  const define = spec.variables.flatMap(({ name, local, rest }) => {
    const parts = [
      ...(local === undefined ? [] : [input[local]?.name ?? '']),
      ...(rest === undefined ? [] : rest.exprs.map(printExpr)),
    ];
    return parts.length === 0 ? [] : [`${name} AS ${parts.join(' AND ')}`];
  });
  return {
    partition: spec.partition.length === 0 ? undefined : keyNames(spec.partition, input),
    order: list([time, ...(spec.order.length === 0 ? [] : [sortKeys(spec.order, input)])]),
    pattern:
      spec.tree === undefined
        ? list([spec.pattern.map((one) => elementText(one, spec)).join(' ')])
        : `(${treeText(spec.tree, spec)})`,
    subset: subsetText(spec),
    within: spec.within && withinText(spec.within, input),
    define: define.length === 0 ? undefined : list(define),
    skip: skipText(spec),
    rows: `${spec.allRows ? 'all' : 'one'}${spec.timeoutRows ? ' with timeouts' : ''}`,
    output: projection(spec.output.exprs, schema.fields),
  };
}

function subsetText({ variables }: MatchSpec): string | undefined {
  const texts = variables.flatMap(({ name, members }) =>
    members === undefined ? [] : [`${name} = ${list(members.map((one) => variables[one]!.name))}`],
  );
  return texts.length === 0 ? undefined : list(texts);
}

function withinText(within: MatchSpan, input: readonly Field[]): string {
  return within.kind === 'fixed' ? duration(within.ms) : `${input[within.column]?.name ?? ''} ms`;
}

function treeText(tree: PatternTree, spec: MatchSpec): string {
  switch (tree.kind) {
    case 'variable': {
      const name = spec.variables[tree.variable]?.name ?? '';
      return tree.hidden ? `{- ${name} -}` : name;
    }
    case 'sequence':
    case 'choice': {
      const texts = tree.parts.map((one) => treeText(one, spec));
      return tree.kind === 'sequence' ? texts.join(' ') : `(${texts.join(' | ')})`;
    }
    case 'repeat': {
      const text = treeText(tree.part, spec);
      const body = tree.part.kind === 'variable' ? text : `(${text})`;
      return `${body}${boundsText(tree)}${tree.reluctant ? '?' : ''}`;
    }
  }
}

function boundsText({ least, most }: { readonly least: number; readonly most: number | undefined }): string {
  if (least === 1 && most === 1) return '';
  return least === most ? `{${least}}` : `{${least},${most === undefined ? '' : most}}`;
}

function elementText(element: MatchElement, spec: MatchSpec): string {
  const { reluctant, relaxed } = element;
  const bounds = boundsText(element);
  const name = spec.variables[element.variable]?.name ?? '';
  return `${relaxed ? '-> ' : ''}${name}${bounds}${reluctant ? '?' : ''}`;
}

function skipText({ skip, variables }: MatchSpec): string {
  const name = variables[skip.variable]?.name ?? '';
  return {
    'next-row': 'to next row',
    'past-last-row': 'past last row',
    'to-first': `to first ${name}`,
    'to-last': `to last ${name}`,
  }[skip.kind];
}
