/** A scalar function, column-wise: one call a batch, over the arrays as they lie in memory. */
export default {
  doc: 'Bytes as kilobytes.',
  args: ['BIGINT'],
  returns: 'DOUBLE',
  nulls: 'propagate',
  column: ([bytes], rowCount) => {
    const kilobytes = new Float64Array(rowCount);
    for (let i = 0; i < rowCount; i++) kilobytes[i] = Number(bytes.values[i]) / 1024;
    return kilobytes;
  },
};
