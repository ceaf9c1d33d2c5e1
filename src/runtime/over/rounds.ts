/** Rows of a run in rounds: each round has rows of a partition once, or all of one time. */
export interface Rounds {
  /** Places of the run's rows, round by round; within one in the order of the run. */
  readonly order: Int32Array;
  /** Where each round begins in `order`, and the end. */
  readonly starts: Int32Array;
}

/**
 * Cuts a run into rounds, so that a round can be given to aggregates column by column.
 * @param partitions by row, below `partitionCount`
 * @param times by row, ascending: rows of a partition with equal times share a round; undefined: none do
 */
export function cutIntoRounds(
  partitions: Int32Array,
  count: number,
  partitionCount: number,
  times: Float64Array | undefined,
): Rounds {
  const rounds = new Int32Array(count);
  const next = lastRounds(partitionCount);
  let most = 0;
  for (let k = 0; k < count; k++) {
    const partition = partitions[k]!;
    let round = next.rounds[partition]!;
    if (times === undefined || round === 0 || next.times[partition] !== times[k]) {
      next.rounds[partition] = ++round;
      if (times !== undefined) next.times[partition] = times[k]!;
    }
    rounds[k] = round;
    if (round > most) most = round;
  }
  for (let k = 0; k < count; k++) next.rounds[partitions[k]!] = 0;
  const starts = new Int32Array(most + 1);
  for (let k = 0; k < count; k++) if (rounds[k]! < most) starts[rounds[k]!]! += 1;
  for (let r = 1; r <= most; r++) starts[r]! += starts[r - 1]!;
  const at = starts.slice();
  const order = new Int32Array(count);
  for (let k = 0; k < count; k++) order[at[rounds[k]! - 1]!++] = k;
  starts[most] = count;
  return { order, starts };
}

let scratch = { rounds: new Int32Array(0), times: new Float64Array(0) };

/** By partition; all zero between calls. */
function lastRounds(count: number): { readonly rounds: Int32Array; readonly times: Float64Array } {
  if (scratch.rounds.length < count) {
    scratch = { rounds: new Int32Array(count * 2), times: new Float64Array(count * 2) };
  }
  return scratch;
}
