/** Random values of every SQL type, as the rows of a result hold them. */

export type Kind =
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'float'
  | 'double'
  | 'varchar'
  | 'varbinary'
  | 'boolean'
  | 'decimal'
  | 'wide'
  | 'timestamp'
  | 'date'
  | 'time';
/** DECIMAL and temporal values as their text, VARBINARY as `0x…`. */
export type Cell = number | bigint | string | boolean | null;
export type Cells = readonly Cell[];

export interface RandomColumn {
  readonly name: string;
  readonly kind: Kind;
}

export class Random {
  #state: number;
  /** Whose rules the meaning of queries follows. */
  readonly compatibility: 'blink' | 'flink';

  constructor(seed: number, compatibility: 'blink' | 'flink' = 'blink') {
    this.#state = seed | 0;
    this.compatibility = compatibility;
  }

  /** In [0, 1), mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

export const sqlTypes: Readonly<Record<Kind, string>> = {
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INT',
  bigint: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  varchar: 'VARCHAR',
  varbinary: 'VARBINARY',
  boolean: 'BOOLEAN',
  decimal: 'DECIMAL(10, 2)',
  wide: 'DECIMAL(38, 18)',
  timestamp: 'TIMESTAMP(3)',
  date: 'DATE',
  time: 'TIME',
};

export const samples: Readonly<Record<Kind, readonly Exclude<Cell, null>[]>> = {
  tinyint: [0, 1, -1, 127, -128],
  smallint: [0, 1, 300, -32768, 32767],
  int: [0, 1, 2, 3, -1, 7, 2147483647, -2147483648],
  bigint: [0n, 1n, 2n, -5n, 9007199254740993n, 9223372036854775807n, -9223372036854775808n],
  float: [0, 1.5, -0.25, 16777216],
  double: [0, 1.5, -2.25, 1000000.5, 3, 0.25],
  varchar: ['', 'a', 'b', 'ab', 'Ab', ' x ', '中文', "it's", '100%', 'a_b', '12', '-3'],
  varbinary: ['0x', '0x61', '0x6162', '0x7a'],
  boolean: [true, false],
  decimal: ['0.00', '1.50', '-2.25', '99999999.99', '3.00', '0.01'],
  wide: [
    '0.000000000000000000',
    '-12345678901234567890.123456789012345678',
    '12345678901234567890.123456789012345678',
    '0.000000000000000001',
    '1.500000000000000000',
  ],
  timestamp: [
    '2024-01-01 00:00:00.000',
    '2024-01-01 00:00:59.999',
    '2023-12-31 23:59:59.001',
    '1969-12-31 23:59:59.999',
  ],
  date: ['2024-02-29', '1970-01-01', '1969-12-31'],
  time: ['00:00:00', '12:34:56', '23:59:59'],
};

export const kinds = Object.keys(samples) as Kind[];

export function randomCell(random: Random, kind: Kind): Cell {
  if (kind === 'varbinary' && random.chance(0.2)) return '0xff00fe';
  return random.chance(0.2) ? null : random.pick(samples[kind]);
}

export function literal(value: Exclude<Cell, null>, kind: Kind): string {
  switch (kind) {
    case 'varchar':
      return `'${String(value).replaceAll("'", "''")}'`;
    case 'double':
      return `CAST(${String(value)} AS DOUBLE)`;
    case 'timestamp':
      return `TIMESTAMP '${String(value)}'`;
    case 'tinyint':
    case 'smallint':
    case 'float':
      return `CAST(${String(value)} AS ${sqlTypes[kind]})`;
    case 'wide':
      return `CAST('${String(value)}' AS DECIMAL(38, 18))`;
    case 'varbinary':
      return `CAST('${Buffer.from(String(value).slice(2), 'hex').toString()}' AS VARBINARY)`;
    case 'time':
      return `TIME '${String(value)}'`;
    case 'date':
      return `DATE '${String(value)}'`;
    case 'bigint':
      return value === -9223372036854775808n ? '(-9223372036854775807 - 1)' : `CAST(${String(value)} AS BIGINT)`;
    case 'int':
      return value === -2147483648 ? '(-2147483647 - 1)' : String(value);
    default:
      return String(value);
  }
}

/** Order of two values of one kind, as SQL's. */
export function compareCells(kind: Kind, a: Exclude<Cell, null>, b: Exclude<Cell, null>): number {
  const [x, y] = kind === 'decimal' || kind === 'wide' ? [scaled(a), scaled(b)] : [a, b];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function scaled(value: Cell): bigint {
  return BigInt(String(value).replace('.', ''));
}

export function unscaled(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
