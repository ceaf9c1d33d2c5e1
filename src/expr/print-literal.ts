import { ByteSlice } from '../columnar/byte-slice.ts';
import type { LiteralExpr } from '../contracts/expression.ts';
import { isFineTime, isNested } from '../types/sql-type.ts';
import { civilFromDays, MS_PER_DAY } from '../values/civil-date.ts';
import { decimalToString } from '../values/decimal.ts';
import { formatValue } from '../values/format-value.ts';
import { decodeValue } from '../values/nested/decode.ts';
import { UTC } from '../values/zone.ts';

/** A literal as SQL text. TIMESTAMPs are shown in UTC: a plan does not depend on the session that prints it. */
export function printLiteral({ type, value }: LiteralExpr): string {
  if (value === null) return 'NULL';
  if (isNested(type)) {
    return decodeValue<string>(type, value, {
      leaf: (leafType, leaf) => printLiteral({ kind: 'literal', type: leafType, value: leaf }),
      list: (items) => `ARRAY[${items.join(', ')}]`,
      map: (entries) => `MAP[${entries.flat().join(', ')}]`,
      row: (items) => `ROW(${items.join(', ')})`,
    });
  }
  if (value instanceof ByteSlice) {
    if (type.kind === 'binary' || type.kind === 'varbinary')
      return `X'${Buffer.from(value.toBytes()).toString('hex')}'`;
    return `'${value.toString().replaceAll("'", "''")}'`;
  }
  switch (type.kind) {
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE';
    case 'decimal':
      return decimalToString(value as bigint, type.scale);
    case 'date':
      return `DATE '${printDays(value as number)}'`;
    case 'time':
      return `TIME '${printClock(value as number)}'`;
    case 'timestamp': {
      if (isFineTime(type)) return `TIMESTAMP '${formatValue(type, value, UTC, 'flink') ?? ''}'`;
      const days = Math.floor((value as number) / MS_PER_DAY);
      return `TIMESTAMP '${printDays(days)} ${printClock((value as number) - days * MS_PER_DAY)}'`;
    }
    case 'interval-month':
      return `INTERVAL '${String(value)}' MONTH`;
    case 'interval-day':
      return `INTERVAL '${String((value as number) / 1000)}' SECOND`;
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}

function printDays(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `HH:mm:ss`, with three fraction digits where there are any. */
function printClock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const fraction = ms - seconds * 1000;
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(3, '0')}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
