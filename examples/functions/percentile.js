/** An aggregate: the value that p of all values are at or below. Counts by value, so it can take rows back. */
export default {
  doc: 'The smallest value that a share p of the values is at or below.',
  args: ['INT', 'DOUBLE'],
  returns: 'INT',
  createAccumulator: () => ({ counts: new Map(), total: 0, share: 0.5 }),
  accumulate(state, value, share) {
    if (value === null) return;
    state.share = share ?? state.share;
    state.counts.set(value, (state.counts.get(value) ?? 0) + 1);
    state.total++;
  },
  // Needed over rows that are updated later, and in OVER windows.
  retract(state, value) {
    if (value === null) return;
    const left = (state.counts.get(value) ?? 0) - 1;
    if (left === 0) state.counts.delete(value);
    else state.counts.set(value, left);
    state.total--;
  },
  // Needed in HOP, CUMULATE and SESSION windows.
  merge(state, others) {
    for (const other of others) {
      state.share = other.share;
      for (const [value, count] of other.counts) state.counts.set(value, (state.counts.get(value) ?? 0) + count);
      state.total += other.total;
    }
  },
  getValue(state) {
    let left = Math.ceil(state.total * state.share);
    for (const value of [...state.counts.keys()].sort((a, b) => a - b)) {
      left -= state.counts.get(value);
      if (left <= 0) return value;
    }
    return null;
  },
};
