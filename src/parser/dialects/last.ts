/** The last item of a list that has one. */
export function last<Item>(items: readonly Item[]): Item {
  return items[items.length - 1]!;
}
