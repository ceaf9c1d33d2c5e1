import type { Random } from '../random-cells.ts';
import { PortableTerms, same, type OracleColumn, type OracleTable, type PortableQuery } from './portable-terms.ts';
import { PortableSubQueries } from './portable-sub-queries.ts';
import { PortableWindows } from './portable-windows.ts';

/**
 * Random queries whose text (nearly) means the same in Blink SQL and in DuckDB. Every query stands as a relation that
 * further operators may take as a derived table, so that joins of aggregates of set operations come about by themselves.
 */

/** A derived table under a name of its own. */
let aliases = 0;
function derived(query: PortableQuery): { readonly sluice: string; readonly duck: string; readonly name: string } {
  const name = `r${++aliases}`;
  return { sluice: `(${query.sluice}) AS ${name}`, duck: `(${query.duck}) AS ${name}`, name };
}

function build(
  parts: TemplateStringsArray,
  ...holes: readonly (string | { readonly sluice: string; readonly duck: string })[]
): { readonly sluice: string; readonly duck: string } {
  const text = (side: 'sluice' | 'duck'): string =>
    parts.map((part, i) => part + (i < holes.length ? sideOf(holes[i]!, side) : '')).join('');
  return { sluice: text('sluice'), duck: text('duck') };
}

function sideOf(hole: string | { readonly sluice: string; readonly duck: string }, side: 'sluice' | 'duck'): string {
  return typeof hole === 'string' ? hole : hole[side];
}

export class PortableQueries {
  readonly #random: Random;
  readonly #tables: readonly OracleTable[];
  readonly #terms: PortableTerms;
  readonly #windows: PortableWindows;
  readonly #subQueries: PortableSubQueries;

  constructor(random: Random, tables: readonly OracleTable[]) {
    this.#random = random;
    this.#tables = tables;
    this.#terms = new PortableTerms(random);
    this.#windows = new PortableWindows(random, tables, this.#terms);
    this.#subQueries = new PortableSubQueries(random, tables, this.#terms);
  }

  /** @param depth operators on top of one another */
  query(depth: number): PortableQuery {
    if (depth <= 0) return this.#scan();
    const forms = [
      () => this.#filter(depth),
      () => this.#project(depth),
      () => this.#aggregate(depth),
      () => this.#aggregate(depth),
      () => this.#groupingSets(depth),
      () => this.#distinct(depth),
      () => this.#join(depth),
      () => this.#join(depth),
      () => this.#membership(depth),
      () => this.#scalarSubQuery(depth),
      () => this.#setOperation(depth),
      () => this.#topN(depth),
      () => this.#windows.query(),
      () => this.#windows.query(),
      () => this.#windows.query(),
    ];
    return this.#random.pick(forms)();
  }

  /** Sub-queries that depend on the query around them. @param depth operators below */
  correlated(depth: number): PortableQuery {
    return this.#subQueries.query(this.query(depth));
  }

  #scan(): PortableQuery {
    const table = this.#random.pick(this.#tables);
    return { ...same(`SELECT * FROM ${table.name}`), columns: table.columns, forms: ['scan'] };
  }

  #filter(depth: number): PortableQuery {
    const input = this.query(depth - 1);
    const from = derived(input);
    return {
      ...build`SELECT * FROM ${from} WHERE ${this.#terms.condition(input.columns)}`,
      columns: input.columns,
      forms: ['filter', ...input.forms],
    };
  }

  #project(depth: number): PortableQuery {
    const input = this.query(depth - 1);
    const items = input.columns.map((column, i) => {
      const keep = column.unique === true || this.#random.chance(0.5);
      const name = `p${i}`;
      return {
        sql: `${keep ? column.name : this.#terms.term(column.type, input.columns)} AS ${name}`,
        name,
        column,
        keep,
      };
    });
    return {
      ...build`SELECT ${items.map((one) => one.sql).join(', ')} FROM ${derived(input)}`,
      columns: items.map(({ name, column, keep }) => ({
        name,
        type: column.type,
        unique: keep && column.unique === true,
      })),
      forms: ['project', ...input.forms],
    };
  }

  #distinct(depth: number): PortableQuery {
    const input = this.query(depth - 1);
    const kept = input.columns.filter(() => this.#random.chance(0.6));
    const columns = kept.length > 0 ? kept : input.columns.slice(0, 1);
    return {
      ...build`SELECT DISTINCT ${columns.map((one) => one.name).join(', ')} FROM ${derived(input)}`,
      columns: columns.map(({ name, type }) => ({ name, type })),
      forms: ['distinct', ...input.forms],
    };
  }

  #aggregate(depth: number): PortableQuery {
    const input = this.query(depth - 1);
    const keys = this.#terms.keys(input.columns);
    const calls = this.#terms.calls(input.columns, 'a');
    const names = keys.map((key, i) => `${key.name} AS g${i}`);
    const having = this.#random.chance(0.3) ? ' HAVING COUNT(*) > 1' : '';
    const text = build`SELECT ${[...names, ...calls.map((one) => one.sql)].join(', ')} FROM ${derived(input)} GROUP BY ${keys.map((key) => key.name).join(', ')}${having}`;
    const only = keys.length === 1;
    return {
      ...text,
      columns: [
        ...keys.map((key, i) => ({ name: `g${i}`, type: key.type, unique: only && false })),
        ...calls.map((one) => one.column),
      ],
      forms: [having === '' ? 'aggregate' : 'having', ...input.forms],
    };
  }

  #groupingSets(depth: number): PortableQuery {
    const input = this.query(depth - 1);
    const [a, b = a] = this.#terms.keys(input.columns);
    const form = this.#random.pick([
      `ROLLUP (${a!.name}, ${b!.name})`,
      `CUBE (${a!.name}, ${b!.name})`,
      `GROUPING SETS ((${a!.name}), (${b!.name}))`,
    ]);
    // The empty set gives a row over nothing in DuckDB and none in a stream: the count keeps it away on both sides.
    const text = build`SELECT ${a!.name} AS g0, ${b!.name} AS g1, GROUPING(${a!.name}) AS g2, COUNT(*) AS a0 FROM ${derived(input)} GROUP BY ${form} HAVING COUNT(*) > 0`;
    const columns: OracleColumn[] = [
      { name: 'g0', type: a!.type },
      { name: 'g1', type: b!.type },
      { name: 'g2', type: 'bigint' },
      { name: 'a0', type: 'bigint' },
    ];
    return { ...text, columns, forms: ['grouping-sets', ...input.forms] };
  }

  #join(depth: number): PortableQuery {
    const left = this.query(depth - 1);
    const right = this.query(this.#random.below(depth));
    const pairs = left.columns.flatMap((l) =>
      right.columns.filter((r) => r.type === l.type).map((r) => [l, r] as const),
    );
    if (pairs.length === 0) return left;
    const from = derived(left);
    const to = derived(right);
    const [l, r] = this.#random.pick(pairs);
    const type = this.#random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
    // DuckDB takes only plain equalities in a FULL JOIN.
    const more =
      type !== 'FULL JOIN' && this.#random.chance(0.3) ? pairs.find(([x, y]) => x !== l && y !== r) : undefined;
    const residual =
      more === undefined
        ? ''
        : ` AND ${from.name}.${more[0].name} ${this.#random.pick(['<', '>=', '<>'])} ${to.name}.${more[1].name}`;
    const columns = [
      ...left.columns.map((one, i) => ({ name: `l${i}`, type: one.type, sql: `${from.name}.${one.name} AS l${i}` })),
      ...right.columns.map((one, i) => ({ name: `q${i}`, type: one.type, sql: `${to.name}.${one.name} AS q${i}` })),
    ];
    return {
      ...build`SELECT ${columns.map((one) => one.sql).join(', ')} FROM ${from} ${type} ${to} ON ${from.name}.${l.name} = ${to.name}.${r.name}${residual}`,
      columns: columns.map(({ name, type: of }) => ({ name, type: of })),
      forms: [type.toLowerCase(), ...left.forms, ...right.forms],
    };
  }

  /** IN, NOT IN, EXISTS, NOT EXISTS. */
  #membership(depth: number): PortableQuery {
    const input = this.query(depth - 1);
    const inner = this.query(this.#random.below(depth));
    const from = derived(input);
    const sub = derived(inner);
    const pairs = input.columns.flatMap((l) =>
      inner.columns.filter((r) => r.type === l.type).map((r) => [l, r] as const),
    );
    if (pairs.length === 0) return input;
    const [l, r] = this.#random.pick(pairs);
    const not = this.#random.chance(0.4) ? 'NOT ' : '';
    const isIn = this.#random.chance(0.5);
    const condition = isIn
      ? build`${from.name}.${l.name} ${not}IN (SELECT ${r.name} FROM ${sub})`
      : build`${not}EXISTS (SELECT 1 FROM ${sub} WHERE ${sub.name}.${r.name} = ${from.name}.${l.name})`;
    return {
      ...build`SELECT * FROM ${from} WHERE ${condition}`,
      columns: input.columns,
      forms: [`${not.toLowerCase()}${isIn ? 'in' : 'exists'}`, ...input.forms, ...inner.forms],
    };
  }

  #scalarSubQuery(depth: number): PortableQuery {
    const input = this.query(depth - 1);
    const numbers = input.columns.filter((one) => one.type === 'int' || one.type === 'bigint');
    if (numbers.length === 0) return input;
    const table = this.#random.pick(this.#tables);
    const of = this.#random.pick(['MAX(v)', 'MIN(v)', 'COUNT(*)', 'SUM(v)']);
    return {
      ...build`SELECT * FROM ${derived(input)} WHERE ${this.#random.pick(numbers).name} < (SELECT ${of} FROM ${table.name})`,
      columns: input.columns,
      forms: ['scalar-sub-query', ...input.forms],
    };
  }

  #setOperation(depth: number): PortableQuery {
    const left = this.query(depth - 1);
    const right = this.query(this.#random.below(depth));
    const l = this.#random.pick(left.columns);
    const r = right.columns.find((one) => one.type === l.type);
    if (r === undefined) return left;
    const operator = this.#random.pick(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL']);
    return {
      ...build`SELECT ${l.name} AS u FROM ${derived(left)} ${operator} SELECT ${r.name} AS u FROM ${derived(right)}`,
      columns: [{ name: 'u', type: l.type }],
      forms: [operator.toLowerCase(), ...left.forms, ...right.forms],
    };
  }

  /** The first rows of each partition; all columns are sort keys, so that ties are equal rows. */
  #topN(depth: number): PortableQuery {
    const input = this.query(depth - 1);
    const partition = this.#random.pick(input.columns);
    const order = input.columns
      .map((one) => `${one.name} ${this.#random.pick(['ASC NULLS FIRST', 'DESC NULLS LAST'])}`)
      .join(', ');
    const names = input.columns.map((one) => one.name).join(', ');
    const n = 1 + this.#random.below(3);
    const rank = this.#random.chance(0.4) ? ', rn' : '';
    const limit = this.#random.pick([`rn <= ${n}`, `rn < ${n + 1}`, `rn <= ${n + 1} AND rn > 1`]);
    return {
      ...build`SELECT ${names}${rank} FROM (SELECT ${names}, ROW_NUMBER() OVER (PARTITION BY ${partition.name} ORDER BY ${order}) AS rn FROM ${derived(input)}) WHERE ${limit}`,
      columns: [
        ...input.columns.map(({ name, type }) => ({ name, type })),
        ...(rank === '' ? [] : [{ name: 'rn', type: 'bigint' as const }]),
      ],
      forms: ['topn', ...input.forms],
    };
  }
}
