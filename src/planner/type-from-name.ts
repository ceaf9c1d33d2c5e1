import { TypeMismatchError } from '../errors/sluice-error.ts';
import { suggest } from '../errors/suggest.ts';
import type { TypeName } from '../parser/ast/expression.ts';
import * as types from '../types/sql-type.ts';
import type { SqlType } from '../types/sql-type.ts';

/** Whether plain DECIMAL means (38, 18), as in tables, or (10, 0), as in CAST (Blink). */
export type TypePlace = 'table' | 'cast';

const simple: Readonly<Record<string, SqlType>> = {
  BOOLEAN: types.BOOLEAN,
  TINYINT: types.TINYINT,
  SMALLINT: types.SMALLINT,
  INT: types.INT,
  INTEGER: types.INT,
  BIGINT: types.BIGINT,
  FLOAT: types.FLOAT,
  REAL: types.FLOAT,
  DOUBLE: types.DOUBLE,
  'DOUBLE PRECISION': types.DOUBLE,
  STRING: types.VARCHAR,
  BYTES: types.VARBINARY,
  DATE: types.DATE,
};

const parametric = [
  'DECIMAL',
  'VARCHAR',
  'CHAR',
  'VARBINARY',
  'BINARY',
  'TIME',
  'TIMESTAMP',
  'ARRAY',
  'MAP',
  'ROW',
  'MULTISET',
];

/**
 * The type a name of the syntax tree stands for.
 * @throws TypeMismatchError TYPE_UNKNOWN at the name
 */
export function typeFromName(name: TypeName, place: TypePlace): SqlType {
  const plain = Object.hasOwn(simple, name.name) ? simple[name.name] : undefined;
  const first = name.parameters[0];
  if (plain !== undefined) {
    if (first !== undefined) throw wrong(`type ${name.name} takes no parameters`, name);
    return plain;
  }
  switch (name.name) {
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      return decimalType(name, place);
    case 'VARCHAR':
    case 'CHARACTER VARYING':
    case 'CHAR VARYING':
      return types.varchar(first);
    case 'CHAR':
    case 'CHARACTER':
      return types.char(first ?? 1);
    case 'VARBINARY':
    case 'BINARY VARYING':
      return { kind: 'varbinary', length: first };
    case 'BINARY':
      return { kind: 'binary', length: first ?? 1 };
    case 'TIME':
    case 'TIME WITHOUT TIME ZONE':
      return { kind: 'time', precision: precision(name, 0) };
    case 'TIMESTAMP':
    case 'TIMESTAMP WITHOUT TIME ZONE':
    case 'TIMESTAMP WITH LOCAL TIME ZONE':
    case 'TIMESTAMP_LTZ':
      return types.timestamp(precision(name, 3));
  }
  if (name.name.startsWith('INTERVAL ')) {
    const kind = /^INTERVAL (YEAR|MONTH|QUARTER)/.test(name.name) ? 'interval-month' : 'interval-day';
    return types.intervalType(kind, qualifierOf(name));
  }
  const nested = nestedType(name, place);
  if (nested !== undefined) return nested;
  const close = suggest(name.name, [...Object.keys(simple), ...parametric]);
  throw new TypeMismatchError('TYPE_UNKNOWN', `type "${name.name}" does not exist`, {
    span: name.span,
    hint:
      close === undefined
        ? `Types are ${[...Object.keys(simple), ...parametric].join(', ')}.`
        : `Did you mean "${close}"?`,
  });
}

/** Two numbers belong to both units, one to the last. */
function qualifierOf({ name, parameters }: TypeName): string {
  const units = name.slice('INTERVAL '.length);
  const to = units.indexOf(' TO ');
  if (parameters.length === 0) return units;
  if (to < 0 || parameters.length < 2) return `${units}(${parameters.join(', ')})`;
  return `${units.slice(0, to)}(${parameters[0]!})${units.slice(to)}(${parameters[1]!})`;
}

function nestedType(name: TypeName, place: TypePlace): SqlType | undefined {
  const [first, second, third] = name.arguments;
  switch (name.name) {
    case 'ARRAY':
    case 'MULTISET': {
      if (first === undefined || second !== undefined) {
        throw wrong(`type ${name.name} takes the type of its elements`, name, `Write ${name.name}<INT>.`);
      }
      return { kind: name.name === 'ARRAY' ? 'array' : 'multiset', element: typeFromName(first, place) };
    }
    case 'MAP':
      if (first === undefined || second === undefined || third !== undefined) {
        throw wrong('type MAP takes the types of its keys and values', name, 'Write MAP<VARCHAR, INT>.');
      }
      return types.mapOf(typeFromName(first, place), typeFromName(second, place));
    case 'ROW': {
      if (name.fields.length === 0) throw wrong('type ROW takes fields', name, 'Write ROW<a INT, b VARCHAR>.');
      const seen = new Set(name.fields.map((one) => one.name.name));
      if (seen.size < name.fields.length) throw wrong('type ROW names a field twice', name);
      return types.rowOf(name.fields.map((one) => ({ name: one.name.name, type: typeFromName(one.type, place) })));
    }
    default:
      return undefined;
  }
}

function decimalType(name: TypeName, place: TypePlace): SqlType {
  const [digits, scale] = name.parameters;
  if (digits === undefined) return place === 'table' ? types.DECIMAL_DEFAULT : types.decimal(10, 0);
  if (digits < 1 || digits > types.MAX_DECIMAL_PRECISION || (scale ?? 0) > digits) {
    throw wrong(
      `type DECIMAL(${name.parameters.join(', ')}) does not exist`,
      name,
      'The precision goes from 1 to 38 and the scale from 0 to the precision.',
    );
  }
  return types.decimal(digits, scale ?? 0);
}

function precision(name: TypeName, fallback: number): number {
  const given = name.parameters[0] ?? fallback;
  if (given > 9) throw wrong(`type ${name.name}(${given}) does not exist`, name, 'The precision goes from 0 to 9.');
  return given;
}

function wrong(message: string, name: TypeName, hint?: string): TypeMismatchError {
  return new TypeMismatchError('TYPE_UNKNOWN', message, { span: name.span, hint });
}
