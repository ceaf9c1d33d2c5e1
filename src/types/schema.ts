import { sameType, typeName, type SqlType } from './sql-type.ts';

export interface Field {
  readonly name: string;
  readonly type: SqlType;
  /** False only where the declaration or the operator promises it. */
  readonly nullable: boolean;
}

/** Column names (unique per schema where it is a table's; results are made unique at the end) and types, in order. */
export interface Schema {
  readonly fields: readonly Field[];
}

export function schema(fields: readonly Field[]): Schema {
  return { fields };
}

export function field(name: string, type: SqlType, nullable = true): Field {
  return { name, type, nullable };
}

/** Same types in the same order; names do not matter. */
export function sameTypes(a: Schema, b: Schema): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every((one, i) => {
      const other = b.fields[i];
      return other !== undefined && sameType(one.type, other.type);
    })
  );
}

/** `(status INT, bytes BIGINT)`, for plans and messages. */
export function printSchema(of: Schema): string {
  return `(${of.fields.map((f) => `${f.name} ${typeName(f.type)}`).join(', ')})`;
}
