/** One delivered log: the `n`-th of key `key`, counted from 0 by the writer. */
export interface Delivered {
  readonly key: string;
  readonly n: number;
}

export interface DeliveryReport {
  readonly written: number;
  readonly delivered: number;
  /** `key/n` of logs that were acknowledged and never came. */
  readonly lost: readonly string[];
  /** Deliveries of a log that had come before. */
  readonly repeated: number;
  /** `key/n`: a log that came for the first time after a later one of its key. */
  readonly outOfOrder: readonly string[];
  /** Deliveries nobody wrote. */
  readonly unknown: readonly string[];
}

/**
 * Compares what was acknowledged to the writer with what arrived, key by key. A key always lies in one place of the
 * output, so `delivered` must list each key's logs in the order of that place.
 * @param written acknowledged logs per key: 0 … count − 1
 */
export function checkDelivery(written: ReadonlyMap<string, number>, delivered: Iterable<Delivered>): DeliveryReport {
  const seen = new Map<string, Set<number>>();
  const highest = new Map<string, number>();
  const outOfOrder: string[] = [];
  const unknown: string[] = [];
  let count = 0;
  let repeated = 0;
  for (const { key, n } of delivered) {
    count++;
    if (!(n >= 0 && n < (written.get(key) ?? 0))) {
      unknown.push(`${key}/${n}`);
      continue;
    }
    const of = seen.get(key) ?? new Set<number>();
    seen.set(key, of);
    if (of.has(n)) {
      repeated++;
      continue;
    }
    of.add(n);
    const before = highest.get(key) ?? -1;
    if (n < before) outOfOrder.push(`${key}/${n}`);
    highest.set(key, Math.max(before, n));
  }
  const lost: string[] = [];
  let total = 0;
  for (const [key, size] of written) {
    total += size;
    for (let n = 0; n < size; n++) if (seen.get(key)?.has(n) !== true) lost.push(`${key}/${n}`);
  }
  return { written: total, delivered: count, lost, repeated, outOfOrder, unknown };
}
