/** How a cell of a type is laid out and what its JSON form is. */
export type ColumnKind = 'number' | 'approximate' | 'boolean' | 'timestamp' | 'text' | 'nested';

/** From the SQL spelling of a result's schema (`DECIMAL(10, 2)`). */
export function columnKind(sqlType: string): ColumnKind {
  const word = /^[A-Z_]+/.exec(sqlType.toUpperCase())?.[0] ?? '';
  switch (word) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'INTEGER':
    case 'BIGINT':
    case 'DECIMAL':
    case 'NUMERIC':
      return 'number';
    case 'FLOAT':
    case 'REAL':
    case 'DOUBLE':
      return 'approximate';
    case 'BOOLEAN':
      return 'boolean';
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return 'timestamp';
    case 'ARRAY':
    case 'MAP':
    case 'MULTISET':
    case 'ROW':
      return 'nested';
    default:
      return 'text';
  }
}
