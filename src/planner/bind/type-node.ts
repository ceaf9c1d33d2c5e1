import type { Span } from '../../errors/span.ts';
import type { TypeName } from '../../parser/ast/expression.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** The syntax tree of a type, as a declaration writes it. */
export function typeNode(type: SqlType, span: Span): TypeName {
  const node = (name: string, parts: Partial<TypeName> = {}): TypeName => ({
    kind: 'type-name',
    name,
    parameters: [],
    arguments: [],
    fields: [],
    notNull: false,
    ...parts,
    span,
  });
  switch (type.kind) {
    case 'decimal':
      return node('DECIMAL', { parameters: [type.precision, type.scale] });
    case 'char':
    case 'varchar':
      // CHAR is for literals only; a table has texts of any length.
      return node('VARCHAR', { parameters: type.kind === 'varchar' && type.length !== undefined ? [type.length] : [] });
    case 'binary':
    case 'varbinary':
      return node('VARBINARY', {
        parameters: type.kind === 'varbinary' && type.length !== undefined ? [type.length] : [],
      });
    case 'timestamp':
      return node('TIMESTAMP', { parameters: [type.precision] });
    case 'time':
      return node('TIME', { parameters: type.precision === 0 ? [] : [type.precision] });
    case 'array':
    case 'multiset':
      return node(type.kind.toUpperCase(), { arguments: [typeNode(type.element, span)] });
    case 'map':
      return node('MAP', { arguments: [typeNode(type.key, span), typeNode(type.value, span)] });
    case 'row':
      return node('ROW', {
        fields: type.fields.map((one) => ({
          name: { kind: 'identifier', name: one.name, quoted: false, span },
          type: typeNode(one.type, span),
          span,
        })),
      });
    case 'interval-day':
      return node('INTERVAL DAY TO SECOND');
    case 'interval-month':
      return node('INTERVAL YEAR TO MONTH');
    default:
      return node(type.kind.toUpperCase());
  }
}
