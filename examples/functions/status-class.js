/** A scalar function, row by row: 404 → '4xx'. */
export default {
  doc: 'The class of an HTTP status, such as 4xx.',
  args: ['INT'],
  returns: 'VARCHAR',
  nulls: 'propagate', // NULL gives NULL; the function is not called
  row: (status) => `${Math.floor(status / 100)}xx`,
};
