import { joinParts } from './join.ts';
import type { JoinNode } from './plan.ts';
import { windowColumns, windowKey, type WindowColumns } from './window.ts';

/** The window by which both sides of a join are joined: its start and its end on each side. */
export function windowJoinColumns(
  node: JoinNode,
): { readonly left: WindowColumns; readonly right: WindowColumns } | undefined {
  const { equalities } = joinParts(node);
  const [lefts, rights] = [node.left.schema.fields, node.right.schema.fields];
  const equal = equalities.flatMap(({ left, right }) => {
    if (left.kind !== 'column' || right.kind !== 'column') return [];
    const [a, b] = [lefts[left.index]?.window, rights[right.index]?.window];
    const same = a !== undefined && b !== undefined && a.property === b.property && windowKey(a) === windowKey(b);
    return same ? [{ left: left.index, right: right.index }] : [];
  });
  const left = windowColumns(
    equal.map((one) => one.left),
    lefts,
  );
  const right = windowColumns(
    equal.map((one) => one.right),
    rights,
  );
  return left === undefined || right === undefined ? undefined : { left, right };
}
