/** A function that exists with OVER only. */
export type OverFunction =
  | { readonly kind: 'rank'; readonly name: 'ROW_NUMBER' | 'RANK' | 'DENSE_RANK' }
  | { readonly kind: 'shift'; readonly name: 'LAG' | 'LEAD' };

/** Need the whole partition, which never ends. */
const wholePartition = new Set(['NTILE', 'PERCENT_RANK', 'CUME_DIST', 'NTH_VALUE']);

export function overFunction(name: string): OverFunction | undefined {
  const upper = name.toUpperCase();
  switch (upper) {
    case 'ROW_NUMBER':
    case 'RANK':
    case 'DENSE_RANK':
      return { kind: 'rank', name: upper };
    case 'LAG':
    case 'LEAD':
      return { kind: 'shift', name: upper };
    default:
      return undefined;
  }
}

/** Whether a name means something with OVER only. */
export function isOverFunction(name: string): boolean {
  return overFunction(name) !== undefined || needsWholePartition(name);
}

export function needsWholePartition(name: string): boolean {
  return wholePartition.has(name.toUpperCase());
}
