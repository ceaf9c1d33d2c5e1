/** A table function: a row for each part of a path. */
export default {
  doc: 'The parts of a path with their depth, from 1.',
  args: ['VARCHAR'],
  returns: { part: 'VARCHAR', depth: 'INT' },
  nulls: 'propagate',
  *rows(path) {
    const parts = path
      .split('?', 1)[0]
      .split('/')
      .filter((part) => part !== '');
    for (const [i, part] of parts.entries()) yield { part, depth: i + 1 };
  },
};
