import { TIMESTAMP, isFineTime, type SqlType } from '../types/sql-type.ts';

/** TIMESTAMP(4) … TIMESTAMP(9) are epoch nanoseconds; what is finer than their precision is 0 (docs/adr/0008). */
export const NS_PER_MS = 1_000_000n;

/** The nanoseconds of an instant in epoch milliseconds; what is no instant (NaN, infinities) counts as 0. */
export function fineOf(epochMs: number, belowMs = 0): bigint {
  return Number.isFinite(epochMs) ? BigInt(Math.floor(epochMs)) * NS_PER_MS + BigInt(belowMs) : 0n;
}

/** Epoch milliseconds, the digits below cut toward the past. */
export function msOfFine(ns: bigint): number {
  return Number((ns - modulo(ns, NS_PER_MS)) / NS_PER_MS);
}

/** Nanoseconds behind the last whole millisecond, 0 … 999,999. */
export function belowMsOfFine(ns: bigint): number {
  return Number(modulo(ns, NS_PER_MS));
}

/** Cuts the digits that are finer than `precision` (3 … 9) toward the past. */
export function cutFine(ns: bigint, precision: number): bigint {
  return precision >= 9 ? ns : ns - modulo(ns, 10n ** BigInt(9 - precision));
}

/** The type of the same instants in milliseconds: what functions without nanoseconds take. */
export function coarseTime(type: SqlType): SqlType {
  return isFineTime(type) ? TIMESTAMP : type;
}

function modulo(ns: bigint, by: bigint): bigint {
  const rest = ns % by;
  return rest < 0n ? rest + by : rest;
}
