import type { DecodeContext } from '../contracts/format.ts';

/** For formats by position: the wanted slot of each physical column, −1 where it is not wanted; cut after the last wanted. */
export function slotsByPosition(context: Pick<DecodeContext, 'wanted' | 'physical'>): Int32Array {
  const slots = context.physical.map((column) => context.wanted.indexOf(column));
  while (slots.length > 0 && slots[slots.length - 1] === -1) slots.pop();
  return Int32Array.from(slots);
}
