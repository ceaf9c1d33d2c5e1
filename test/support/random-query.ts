import {
  compareCells,
  kinds,
  literal,
  randomCell,
  samples,
  scaled,
  unscaled,
  type Cell,
  type Cells,
  type Kind,
  type Random,
  type RandomColumn,
} from './random-cells.ts';

/** Random queries built together with their meaning: each relation is its SQL text beside the rows it must have. */

export interface Relation {
  /** What stands behind FROM. */
  readonly from: string;
  readonly columns: readonly RandomColumn[];
  readonly rows: readonly Cells[];
}

interface Term {
  readonly sql: string;
  readonly kind: Kind;
  readonly value: (row: Cells) => Cell;
}

function quoted(name: string): string {
  return `\`${name}\``;
}

/** A value of a kind over the columns of a relation. */
function term(random: Random, kind: Kind, columns: readonly RandomColumn[], depth: number): Term {
  const fitting = columns.flatMap((column, index) => (column.kind === kind ? [{ ...column, index }] : []));
  if (depth === 0 || random.chance(0.35)) {
    if (fitting.length > 0 && random.chance(0.75)) {
      const { name, index } = random.pick(fitting);
      return { sql: quoted(name), kind, value: (row) => row[index] as Cell };
    }
    const value = random.pick(samples[kind]);
    return text({ sql: literal(value, kind), kind, value: () => value });
  }
  const sub = (of: Kind): Term => term(random, of, columns, depth - 1);
  const flink = random.compatibility === 'flink';
  const unary = (a: Term, sql: string, f: (x: never) => Cell): Term => ({
    sql,
    kind,
    value: (row) => {
      const x = a.value(row);
      return x === null ? null : f(x as never);
    },
  });
  const binary = (a: Term, b: Term, sql: string, f: (x: never, y: never) => Cell): Term => ({
    sql,
    kind,
    value: (row) => {
      const [x, y] = [a.value(row), b.value(row)];
      return x === null || y === null ? null : f(x as never, y as never);
    },
  });
  const common: (() => Term)[] = [
    () => {
      const [a, b] = [sub(kind), sub(kind)];
      return { sql: `COALESCE(${a.sql}, ${b.sql})`, kind, value: (row) => a.value(row) ?? b.value(row) };
    },
    () => {
      const [a, b] = [sub(kind), sub(kind)];
      return {
        sql: `NULLIF(${a.sql}, ${b.sql})`,
        kind,
        value: (row) => {
          const [x, y] = [a.value(row), b.value(row)];
          return x !== null && y !== null && compareCells(kind, x, y) === 0 ? null : x;
        },
      };
    },
    () => {
      const [p, a, b] = [condition(random, columns, depth - 1), text(sub(kind)), text(sub(kind))];
      return {
        sql: `CASE WHEN ${p.sql} THEN ${a.sql} ELSE ${b.sql} END`,
        kind,
        value: (row) => (p.value(row) === true ? a.value(row) : b.value(row)),
      };
    },
    () => {
      const [p, a] = [condition(random, columns, depth - 1), text(sub(kind))];
      return {
        sql: `CASE WHEN ${p.sql} THEN ${a.sql} END`,
        kind,
        value: (row) => (p.value(row) === true ? a.value(row) : null),
      };
    },
  ];
  const own: Readonly<Record<Kind, readonly (() => Term)[]>> = {
    int: [
      () => pair(random.pick(['+', '-', '*'] as const)),
      () => ((a) => unary(a, `(- ${a.sql})`, (x: number) => -x | 0))(sub('int')),
      () => ((a) => unary(a, `CHAR_LENGTH(${a.sql})`, (x: string) => x.length))(sub('varchar')),
      () =>
        ((a) =>
          unary(a, flink ? `(${a.sql} / 3)` : `CAST(DIV(${a.sql}, 3) AS INT)`, (x: number) => Math.trunc(x / 3) + 0))(
          sub('int'),
        ),
      () => ((a) => unary(a, `MOD(${a.sql}, 3)`, (x: number) => (x % 3) + 0))(sub('int')),
      () => ((a) => unary(a, `CAST(${a.sql} AS INT)`, (x: boolean) => (x ? 1 : 0)))(sub('boolean')),
      () => ((a) => unary(a, `CAST(${a.sql} AS INT)`, (x: bigint) => Number(BigInt.asIntN(32, x))))(sub('bigint')),
    ],
    bigint: [
      () => {
        const [a, b] = [sub('bigint'), sub('bigint')];
        const sign = random.pick(['+', '-', '*'] as const);
        return binary(a, b, `(${a.sql} ${sign} ${b.sql})`, (x: bigint, y: bigint) =>
          BigInt.asIntN(64, sign === '+' ? x + y : sign === '-' ? x - y : x * y),
        );
      },
      () => ((a) => unary(a, `CAST(${a.sql} AS BIGINT)`, (x: number) => BigInt(x)))(sub('int')),
      () => {
        const [a, b] = [sub('bigint'), sub('int')];
        return binary(a, b, `(${a.sql} + ${b.sql})`, (x: bigint, y: number) => BigInt.asIntN(64, x + BigInt(y)));
      },
    ],
    double: [
      () => ((a) => unary(a, `(${a.sql} / ${flink ? '4e0' : '4'})`, (x: number) => x / 4))(sub('int')),
      () => ((a) => unary(a, `CAST(${a.sql} AS DOUBLE)`, (x: number) => x))(sub('int')),
      () => {
        const [a, b] = [sub('double'), sub('int')];
        return binary(a, b, `(${a.sql} + ${b.sql})`, (x: number, y: number) => x + y);
      },
    ],
    varchar: [
      () => ((a) => unary(a, `UPPER(${a.sql})`, (x: string) => x.toUpperCase()))(sub('varchar')),
      () => ((a) => unary(a, `TRIM(${a.sql})`, (x: string) => x.replace(/^ +| +$/g, '')))(sub('varchar')),
      () => ((a) => unary(a, `SUBSTRING(${a.sql}, 2)`, (x: string) => x.slice(1)))(sub('varchar')),
      () => ((a) => unary(a, `SUBSTRING(${a.sql}, 1, 1)`, (x: string) => x.slice(0, 1)))(sub('varchar')),
      () => ((a) => unary(a, `CAST(${a.sql} AS VARCHAR)`, (x: bigint) => String(x)))(sub('bigint')),
      () => ((a) => unary(a, `CAST(${a.sql} AS VARCHAR)`, (x: string) => x))(sub('timestamp')),
      () => {
        const [a, b] = [sub('varchar'), sub('varchar')];
        return binary(a, b, `(${a.sql} || ${b.sql})`, (x: string, y: string) => x + y);
      },
      () => {
        const [a, b] = [sub('varchar'), sub('varchar')];
        const sql = `CONCAT(${a.sql}, ${b.sql})`;
        if (flink) return binary(a, b, sql, (x: string, y: string) => x + y);
        return { sql, kind, value: (row) => String(a.value(row) ?? '') + String(b.value(row) ?? '') };
      },
    ],
    boolean: [() => condition(random, columns, depth)],
    tinyint: [],
    smallint: [],
    float: [],
    varbinary: [],
    decimal: [],
    wide: [],
    timestamp: [],
    time: [],
    date: [() => ((a) => unary(a, `CAST(${a.sql} AS DATE)`, (x: string) => x.slice(0, 10)))(sub('timestamp'))],
  };
  function pair(sign: '+' | '-' | '*'): Term {
    const [a, b] = [sub('int'), sub('int')];
    return binary(a, b, `(${a.sql} ${sign} ${b.sql})`, (x: number, y: number) =>
      sign === '+' ? (x + y) | 0 : sign === '-' ? (x - y) | 0 : Math.imul(x, y),
    );
  }
  return random.pick([...common, ...own[kind], ...own[kind]])();
}

/** CASE pads literals of different lengths with blanks in Blink; text without a fixed length is left alone. */
function text(of: Term): Term {
  return of.kind === 'varchar' ? { ...of, sql: `CAST(${of.sql} AS VARCHAR)` } : of;
}

function like(pattern: string): RegExp {
  const source = [...pattern].map((c) => (c === '%' ? '.*' : c === '_' ? '.' : c.replace(/[^\w\s]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`, 's');
}

/** A condition with three values. */
export function condition(random: Random, columns: readonly RandomColumn[], depth: number): Term {
  const kind = 'boolean';
  if (depth > 0 && random.chance(0.5)) {
    const a = condition(random, columns, depth - 1);
    const b = condition(random, columns, depth - 1);
    switch (random.below(5)) {
      case 0:
        return { sql: `(NOT ${a.sql})`, kind, value: (row) => ((x) => (x === null ? null : !x))(a.value(row)) };
      case 1:
      case 2:
        return {
          sql: `(${a.sql} AND ${b.sql})`,
          kind,
          value: (row) => {
            const [x, y] = [a.value(row), b.value(row)];
            return x === false || y === false ? false : x === null || y === null ? null : true;
          },
        };
      case 3:
        return {
          sql: `(${a.sql} OR ${b.sql})`,
          kind,
          value: (row) => {
            const [x, y] = [a.value(row), b.value(row)];
            return x === true || y === true ? true : x === null || y === null ? null : false;
          },
        };
      default: {
        const [test, f] = random.pick([
          ['IS TRUE', (x: Cell) => x === true],
          ['IS NOT TRUE', (x: Cell) => x !== true],
          ['IS FALSE', (x: Cell) => x === false],
          ['IS UNKNOWN', (x: Cell) => x === null],
          ['IS NOT NULL', (x: Cell) => x !== null],
        ] as const);
        return { sql: `(${a.sql} ${test})`, kind, value: (row) => f(a.value(row)) };
      }
    }
  }
  const of = random.pick(columns.length === 0 ? kinds : columns.map((column) => column.kind));
  const sub = (): Term => term(random, of, columns, Math.max(0, depth - 1));
  const known = (terms: readonly Term[], f: (values: Exclude<Cell, null>[]) => boolean) => (row: Cells) => {
    const values = terms.map((one) => one.value(row));
    return values.includes(null) ? null : f(values as Exclude<Cell, null>[]);
  };
  const a = sub();
  switch (random.below(of === 'varchar' ? 7 : 6)) {
    case 0: {
      const no = random.chance(0.5);
      return { sql: `(${a.sql} IS ${no ? 'NOT ' : ''}NULL)`, kind, value: (row) => (a.value(row) === null) !== no };
    }
    case 1: {
      const [b, c, no] = [sub(), sub(), random.chance(0.3)];
      const value = (row: Cells): Cell => {
        const low = known([a, b], ([x, y]) => compareCells(of, x!, y!) >= 0)(row);
        const high = known([a, c], ([x, y]) => compareCells(of, x!, y!) <= 0)(row);
        const both = low === false || high === false ? false : low === null || high === null ? null : true;
        return both === null ? null : both !== no;
      };
      return { sql: `(${a.sql} ${no ? 'NOT ' : ''}BETWEEN ${b.sql} AND ${c.sql})`, kind, value };
    }
    case 2: {
      const list = Array.from({ length: 1 + random.below(4) }, () => random.pick(samples[of]));
      const withNull = random.chance(0.2);
      const no = random.chance(0.4);
      const value = (row: Cells): Cell => {
        const x = a.value(row);
        if (x === null) return null;
        if (list.some((one) => compareCells(of, x, one) === 0)) return !no;
        return withNull ? null : no;
      };
      const items = [...list.map((one) => literal(one, of)), ...(withNull ? ['NULL'] : [])];
      return { sql: `(${a.sql} ${no ? 'NOT ' : ''}IN (${items.join(', ')}))`, kind, value };
    }
    case 3: {
      const [b, no] = [sub(), random.chance(0.5)];
      const value = (row: Cells): Cell => {
        const [x, y] = [a.value(row), b.value(row)];
        const same = x === null || y === null ? x === y : compareCells(of, x, y) === 0;
        return same === no;
      };
      return { sql: `(${a.sql} IS ${no ? 'NOT ' : ''}DISTINCT FROM ${b.sql})`, kind, value };
    }
    case 6: {
      const [pattern, no] = [random.pick(['a%', '%b', '_', '%', '', '%中%', 'a_b', 'A%']), random.chance(0.3)];
      const value = known([a], ([x]) => like(pattern).test(String(x)) !== no);
      return { sql: `(${a.sql} ${no ? 'NOT ' : ''}LIKE '${pattern}')`, kind, value };
    }
    default: {
      const b = sub();
      const [sign, f] = random.pick([
        ['=', (c: number) => c === 0],
        ['<>', (c: number) => c !== 0],
        ['<', (c: number) => c < 0],
        ['<=', (c: number) => c <= 0],
        ['>', (c: number) => c > 0],
        ['>=', (c: number) => c >= 0],
      ] as const);
      return {
        sql: `(${a.sql} ${sign} ${b.sql})`,
        kind,
        value: known([a, b], ([x, y]) => f(compareCells(of, x!, y!))),
      };
    }
  }
}

let names = 0;

function named(kind: Kind): RandomColumn {
  return { name: `c${names++}`, kind };
}

function derived(sql: string, columns: readonly RandomColumn[], rows: readonly Cells[]): Relation {
  return { from: `(${sql}) AS r${names++}`, columns, rows };
}

const key = (row: Cells): string => JSON.stringify(row.map((cell) => (typeof cell === 'bigint' ? `${cell}n` : cell)));

function project(random: Random, input: Relation): Relation {
  const wanted = Array.from({ length: 1 + random.below(4) }, () => random.pick(kinds));
  const terms = wanted.map((kind) => text(term(random, kind, input.columns, 2)));
  const columns = wanted.map(named);
  const where = random.chance(0.7) ? condition(random, input.columns, 2) : undefined;
  const distinct = random.chance(0.2);
  const passing = input.rows.filter((row) => where === undefined || where.value(row) === true);
  const rows = passing.map((row) => terms.map((one) => one.value(row)));
  const list = terms.map((one, i) => `${one.sql} AS ${quoted((columns[i] as RandomColumn).name)}`).join(', ');
  const sql = `SELECT ${distinct ? 'DISTINCT ' : ''}${list} FROM ${input.from}${where === undefined ? '' : ` WHERE ${where.sql}`}`;
  return derived(sql, columns, distinct ? [...new Map(rows.map((row) => [key(row), row])).values()] : rows);
}

interface Aggregate {
  readonly sql: string;
  readonly kind: Kind;
  readonly over: (rows: readonly Cells[]) => Cell;
}

function aggregate(random: Random, columns: readonly RandomColumn[]): Aggregate {
  const flink = random.compatibility === 'flink';
  const filter = random.chance(0.25) ? condition(random, columns, 1) : undefined;
  const tail = filter === undefined ? '' : ` FILTER (WHERE ${filter.sql})`;
  const seen = (rows: readonly Cells[]): readonly Cells[] =>
    filter === undefined ? rows : rows.filter((row) => filter.value(row) === true);
  if (random.chance(0.2)) return { sql: `COUNT(*)${tail}`, kind: 'bigint', over: (rows) => BigInt(seen(rows).length) };
  const of = random.pick(columns.map((column) => column.kind));
  const arg = term(random, of, columns, 1);
  const distinct = random.chance(0.25);
  const values = (rows: readonly Cells[]): Exclude<Cell, null>[] => {
    const all = seen(rows)
      .map(arg.value)
      .filter((value) => value !== null);
    return distinct ? [...new Set(all)] : all;
  };
  const call = (name: string): string => `${name}(${distinct ? 'DISTINCT ' : ''}${arg.sql})${tail}`;
  const choices: Aggregate[] = [{ sql: call('COUNT'), kind: 'bigint', over: (rows) => BigInt(values(rows).length) }];
  const extreme = (name: string, sign: number): Aggregate => ({
    sql: call(name),
    kind: of,
    over: (rows) =>
      values(rows).reduce<Cell>(
        (best, one) => (best === null || sign * compareCells(of, one, best) > 0 ? one : best),
        null,
      ),
  });
  if (of !== 'boolean') choices.push(extreme('MAX', 1), extreme('MIN', -1));
  const sum = (zero: Cell, add: (a: never, b: never) => Cell): Aggregate => ({
    sql: call('SUM'),
    kind: of,
    over: (rows) => {
      const all = values(rows);
      return all.length === 0 ? null : all.reduce<Cell>((a, b) => add(a as never, b as never), zero);
    },
  });
  if (of === 'int') {
    choices.push(
      sum(0, (a: number, b: number) => (a + b) | 0),
      {
        sql: call('AVG'),
        kind: flink ? 'int' : 'double',
        over: (rows) => {
          const all = values(rows) as number[];
          const mean = all.reduce((a, b) => a + b, 0) / all.length;
          return all.length === 0 ? null : flink ? Math.trunc(mean) + 0 : mean;
        },
      },
    );
  }
  if (of === 'bigint') choices.push(sum(0n, (a: bigint, b: bigint) => BigInt.asIntN(64, a + b)));
  if (of === 'double') choices.push(sum(0, (a: number, b: number) => a + b));
  if (of === 'decimal') choices.push(sum('0.00', (a: string, b: string) => unscaled(scaled(a) + scaled(b))));
  return random.pick(choices);
}

function group(random: Random, input: Relation): Relation {
  const keyTerms = Array.from({ length: random.below(3) }, () => {
    const index = random.below(input.columns.length);
    const { name, kind } = input.columns[index] as RandomColumn;
    return { sql: quoted(name), kind, value: (row: Cells) => row[index] as Cell };
  });
  const aggregates = Array.from({ length: 1 + random.below(3) }, () => aggregate(random, input.columns));
  const where = random.chance(0.4) ? condition(random, input.columns, 1) : undefined;
  const passing = input.rows.filter((row) => where === undefined || where.value(row) === true);
  const groups = new Map<string, Cells[]>();
  for (const row of passing) {
    const name = key(keyTerms.map((one) => one.value(row)));
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [row]);
    else list.push(row);
  }
  const columns = [...keyTerms, ...aggregates].map(({ kind }) => named(kind));
  let rows: Cells[] = [...groups.values()].map((members) => [
    ...keyTerms.map((one) => one.value(members[0] as Cells)),
    ...aggregates.map((one) => one.over(members)),
  ]);
  let having = '';
  const first = aggregates[0] as Aggregate;
  if (random.chance(0.4)) {
    const bound = random.pick(samples[first.kind]);
    having = ` HAVING ${first.sql} <> ${literal(bound, first.kind)}`;
    rows = rows.filter((row) => {
      const value = row[keyTerms.length] as Cell;
      return value !== null && compareCells(first.kind, value, bound) !== 0;
    });
  }
  const list = [...keyTerms, ...aggregates].map(
    (one, i) => `${one.sql} AS ${quoted((columns[i] as RandomColumn).name)}`,
  );
  const by = keyTerms.length === 0 ? '' : ` GROUP BY ${keyTerms.map((one) => one.sql).join(', ')}`;
  const sql = `SELECT ${list.join(', ')} FROM ${input.from}${where === undefined ? '' : ` WHERE ${where.sql}`}${by}${having}`;
  return derived(sql, columns, rows);
}

function unionAll(random: Random, base: Relation, input: Relation): Relation {
  const wanted = Array.from({ length: 1 + random.below(3) }, () => random.pick(kinds));
  const columns = wanted.map(named);
  const branches = Array.from({ length: 2 + random.below(2) }, (_, b) => {
    const from = b === 0 ? input : base;
    const terms = wanted.map((kind) => text(term(random, kind, from.columns, 1)));
    const where = random.chance(0.5) ? condition(random, from.columns, 1) : undefined;
    const list = terms.map((one, i) => `${one.sql} AS ${quoted((columns[i] as RandomColumn).name)}`).join(', ');
    return {
      sql: `SELECT ${list} FROM ${from.from}${where === undefined ? '' : ` WHERE ${where.sql}`}`,
      rows: from.rows
        .filter((row) => where === undefined || where.value(row) === true)
        .map((row) => terms.map((one) => one.value(row))),
    };
  });
  return derived(
    branches.map((branch) => branch.sql).join(' UNION ALL '),
    columns,
    branches.flatMap((branch) => branch.rows),
  );
}

/** A relation some steps above a base table. */
export function randomRelation(random: Random, base: Relation, steps: number): Relation {
  let relation = base;
  for (let i = 0; i < steps; i++) {
    const step = random.below(10);
    relation =
      step < 4 ? project(random, relation) : step < 8 ? group(random, relation) : unionAll(random, base, relation);
  }
  return relation;
}

/** ORDER BY over all columns, so that the order has no ties, with LIMIT and OFFSET. */
export function ordered(random: Random, input: Relation): { sql: string; rows: readonly Cells[] } {
  const keys = input.columns.map(({ name, kind }, index) => ({
    name,
    kind,
    index,
    descending: random.chance(0.5),
    nulls: random.pick([undefined, 'FIRST', 'LAST'] as const),
  }));
  for (let i = keys.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [keys[i], keys[j]] = [keys[j] as (typeof keys)[0], keys[i] as (typeof keys)[0]];
  }
  const rows = [...input.rows].sort((a, b) => {
    for (const { kind, index, descending, nulls } of keys) {
      const [x, y] = [a[index] as Cell, b[index] as Cell];
      const nullsFirst = nulls === undefined ? !descending : nulls === 'FIRST';
      if (x === null && y === null) continue;
      if (x === null) return nullsFirst ? -1 : 1;
      if (y === null) return nullsFirst ? 1 : -1;
      const order = compareCells(kind, x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
  const limit = random.below(8);
  const offset = random.chance(0.4) ? random.below(5) : undefined;
  const by = keys.map(
    ({ name, descending, nulls }) =>
      `${quoted(name)}${descending ? ' DESC' : ''}${nulls === undefined ? '' : ` NULLS ${nulls}`}`,
  );
  return {
    sql: `SELECT * FROM ${input.from} ORDER BY ${by.join(', ')} LIMIT ${limit}${offset === undefined ? '' : ` OFFSET ${offset}`}`,
    rows: rows.slice(offset ?? 0, (offset ?? 0) + limit),
  };
}

/** `id` and one column of each kind. */
export function randomTable(random: Random, name: string, count: number): Relation {
  const columns: RandomColumn[] = [
    { name: 'id', kind: 'int' },
    ...kinds.map((kind): RandomColumn => ({ name: `${kind}_`, kind })),
  ];
  const rows = Array.from({ length: count }, (_, id) => [id, ...kinds.map((kind) => randomCell(random, kind))]);
  return { from: name, columns, rows };
}

export { key as rowKey };
