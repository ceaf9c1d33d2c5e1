/** A scalar function, column-wise: one call a batch over typed arrays, where a call a row would cost too much. */
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
