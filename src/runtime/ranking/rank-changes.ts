import { KIND_DELETE, KIND_INSERT, KIND_UPDATE_AFTER, KIND_UPDATE_BEFORE } from '../../columnar/batch.ts';

export interface RankChange {
  readonly kind: number;
  readonly slot: number;
  /** From 1. */
  readonly rank: number;
}

interface Settings {
  /** A rank is a row of the result: another row there is an update. Else rows come and go. */
  readonly byPlace: boolean;
  readonly fromRank: number;
  readonly emitBefore: boolean;
  /** Equal for the old and the new row of an update; undefined: rows are not known by a key. */
  readonly idOf: ((slot: number) => number) | undefined;
}

/** What changed between two lists of first rows. Removed rows come before added ones. */
export function rankChanges(
  before: readonly number[],
  after: readonly number[],
  settings: Settings,
  into: RankChange[],
): void {
  if (settings.byPlace) byPlace(before, after, settings, into);
  else byRow(before, after, settings, into);
}

function byPlace(
  before: readonly number[],
  after: readonly number[],
  { fromRank, emitBefore }: Settings,
  into: RankChange[],
): void {
  const end = Math.max(before.length, after.length);
  for (let i = fromRank - 1; i < end; i++) {
    const old = before[i];
    const now = after[i];
    if (old === now) continue;
    const rank = i + 1;
    if (old !== undefined && now !== undefined) {
      if (emitBefore) into.push({ kind: KIND_UPDATE_BEFORE, slot: old, rank });
      into.push({ kind: KIND_UPDATE_AFTER, slot: now, rank });
    } else if (now !== undefined) into.push({ kind: KIND_INSERT, slot: now, rank });
    else if (old !== undefined) into.push({ kind: KIND_DELETE, slot: old, rank });
  }
}

function byRow(
  before: readonly number[],
  after: readonly number[],
  { fromRank, emitBefore, idOf }: Settings,
  into: RankChange[],
): void {
  const was = new Set(before.slice(fromRank - 1));
  const is = new Set(after.slice(fromRank - 1));
  const updated = new Map<number, number>();
  if (idOf !== undefined) for (const slot of is) if (!was.has(slot)) updated.set(idOf(slot), slot);
  before.forEach((slot, i) => {
    if (i < fromRank - 1 || is.has(slot)) return;
    const now = idOf === undefined ? undefined : updated.get(idOf(slot));
    if (now === undefined) {
      into.push({ kind: KIND_DELETE, slot, rank: i + 1 });
      return;
    }
    if (emitBefore) into.push({ kind: KIND_UPDATE_BEFORE, slot, rank: i + 1 });
    into.push({ kind: KIND_UPDATE_AFTER, slot: now, rank: i + 1 });
    is.delete(now);
  });
  after.forEach((slot, i) => {
    if (i >= fromRank - 1 && is.has(slot) && !was.has(slot)) into.push({ kind: KIND_INSERT, slot, rank: i + 1 });
  });
}
