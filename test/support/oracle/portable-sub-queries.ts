import type { Random } from '../random-cells.ts';
import type { PortableTerms } from './portable-terms.ts';
import { same, type OracleColumn, type OracleTable, type PortableQuery } from './portable-terms.ts';

type Text = Pick<PortableQuery, 'sluice' | 'duck'>;

/** Columns under the name of their table. */
interface Source {
  readonly alias: string;
  readonly columns: readonly OracleColumn[];
}

/** A sub-query in place of a value. */
interface Value extends Text {
  readonly type: OracleColumn['type'] | 'boolean';
  readonly form: string;
}

let aliases = 0;

/**
 * Random sub-queries that depend on the query around them: below aggregates, LIMIT, OVER and set operations, over two
 * levels, with joins of their own, in all places where an expression may stand.
 */
export class PortableSubQueries {
  readonly #random: Random;
  readonly #tables: readonly OracleTable[];
  readonly #terms: PortableTerms;

  constructor(random: Random, tables: readonly OracleTable[], terms: PortableTerms) {
    this.#random = random;
    this.#tables = tables;
    this.#terms = terms;
  }

  /** A query over `input` with sub-queries that read its columns. */
  query(input: PortableQuery): PortableQuery {
    const from: Source = { alias: `o${++aliases}`, columns: input.columns };
    const text = both(input, (one) => `(${one}) AS ${from.alias}`);
    const value = this.#value(from, 2);
    const shapes = [
      () => this.#inSelect(text, from, value),
      () => this.#inSelect(text, from, value),
      () => this.#inWhere(text, from),
      () => this.#inWhere(text, from),
      () => this.#inAggregate(text, from, value),
      () => this.#inGroupBy(text, from, value),
      () => this.#inHaving(text, from),
      () => this.#inOn(text, from),
      () => this.#lateral(text, from),
      () => this.#inTableFunction(text, from, value),
    ];
    const made = this.#random.pick(shapes)();
    return { ...made, forms: [...made.forms, ...input.forms] };
  }

  #inSelect(text: Text, from: Source, value: Value): PortableQuery {
    const kept = from.columns.slice(0, 3);
    const names = kept.map((one, i) => `${from.alias}.${one.name} AS c${i}`).join(', ');
    const shown = this.#random.chance(0.3)
      ? {
          ...both(value, (one) => `CASE WHEN ${from.alias}.${kept[0]!.name} IS NULL THEN NULL ELSE ${one} END`),
          type: value.type,
        }
      : value;
    const cell = shownAs(shown);
    return {
      ...zip(text, cell, (t, c) => `SELECT ${names}, ${c} AS x FROM ${t}`),
      columns: [...kept.map((one, i) => ({ name: `c${i}`, type: one.type })), column('x', value)],
      forms: ['sub-query in select', value.form],
    };
  }

  #inWhere(text: Text, from: Source): PortableQuery {
    const test = this.#test(from, 2);
    const not = this.#random.chance(0.3) ? 'NOT ' : '';
    const or = this.#random.chance(0.25) ? ` OR ${this.#condition(from)}` : '';
    const { columns, alias } = from;
    return {
      ...zip(text, test, (t, c) => `SELECT ${alias}.* FROM ${t} WHERE ${not}(${c})${or}`),
      columns,
      forms: ['sub-query in where', test.form],
    };
  }

  /** DuckDB takes the value as a column of the input. */
  #inAggregate(text: Text, from: Source, value: Value): PortableQuery {
    const key = this.#random.pick(from.columns);
    const name = value.type === 'boolean' ? 'COUNT' : this.#random.pick(['COUNT', 'MAX', 'MIN', 'COUNT DISTINCT']);
    const call = (of: string): string => (name === 'COUNT DISTINCT' ? `COUNT(DISTINCT ${of})` : `${name}(${of})`);
    const filter = this.#random.chance(0.2) ? ` FILTER (WHERE ${this.#condition(from)})` : '';
    const type = name.startsWith('COUNT') ? 'bigint' : value.type;
    const sluice = `SELECT ${from.alias}.${key.name} AS g, ${call(value.sluice)}${filter} AS x FROM ${text.sluice} GROUP BY ${from.alias}.${key.name}`;
    const duck = `SELECT ${from.alias}.${key.name} AS g, ${call('q')}${filter} AS x FROM ${withColumn(text.duck, from, value.duck)} GROUP BY ${from.alias}.${key.name}`;
    return {
      sluice,
      duck,
      columns: [{ name: 'g', type: key.type }, column('x', { type })],
      forms: ['sub-query in aggregate', value.form],
    };
  }

  #inGroupBy(text: Text, from: Source, value: Value): PortableQuery {
    const cell = shownAs({ ...value, sluice: value.sluice, duck: 'q' });
    return {
      sluice: `SELECT ${cell.sluice} AS g, COUNT(*) AS x FROM ${text.sluice} GROUP BY ${value.sluice}`,
      duck: `SELECT ${cell.duck} AS g, COUNT(*) AS x FROM ${withColumn(text.duck, from, value.duck)} GROUP BY q`,
      columns: [column('g', value), { name: 'x', type: 'bigint' }],
      forms: ['sub-query in group by', value.form],
    };
  }

  #inHaving(text: Text, from: Source): PortableQuery {
    const key = this.#random.pick(from.columns);
    const group: Source = { alias: from.alias, columns: [key] };
    const test = this.#test(group, 1);
    return {
      ...zip(
        text,
        test,
        (t, c) =>
          `SELECT ${from.alias}.${key.name} AS g, COUNT(*) AS x FROM ${t} GROUP BY ${from.alias}.${key.name} HAVING ${c}`,
      ),
      columns: [
        { name: 'g', type: key.type },
        { name: 'x', type: 'bigint' },
      ],
      forms: ['sub-query in having', test.form],
    };
  }

  /** DuckDB takes the test as a column of its side. */
  #inOn(text: Text, from: Source): PortableQuery {
    const inner = this.#source();
    const pair = this.#pair(from, inner.source);
    if (pair === undefined) return this.#inWhere(text, from);
    const type = this.#random.pick(['LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'JOIN']);
    const isLeft = this.#random.chance(0.5);
    const side = isLeft ? from : inner.source;
    const test = this.#test(side, 1);
    const equal = `${from.alias}.${pair[0].name} = ${inner.source.alias}.${pair[1].name}`;
    const columns = [
      ...from.columns.slice(0, 3).map((one) => ({ one, alias: from.alias })),
      ...inner.source.columns.slice(0, 3).map((one) => ({ one, alias: inner.source.alias })),
    ].map(({ one, alias }, i) => ({ name: `c${i}`, type: one.type, sql: `${alias}.${one.name} AS c${i}` }));
    const list = columns.map((one) => one.sql).join(', ');
    const left = isLeft ? withColumn(text.duck, from, test.duck) : text.duck;
    const right = isLeft ? inner.text : withColumn(inner.text, inner.source, test.duck);
    return {
      sluice: `SELECT ${list} FROM ${text.sluice} ${type} ${inner.text} ON ${equal} AND ${test.sluice}`,
      // A condition on one side of a FULL JOIN: DuckDB takes only equalities there.
      duck: `SELECT ${list} FROM ${left} ${type} ${right} ON ${isLeft ? `CASE WHEN ${from.alias}.q THEN ${from.alias}.${pair[0].name} END = ${inner.source.alias}.${pair[1].name}` : `${from.alias}.${pair[0].name} = CASE WHEN ${inner.source.alias}.q THEN ${inner.source.alias}.${pair[1].name} END`}`,
      columns: columns.map(({ name, type: of }) => ({ name, type: of })),
      forms: [`sub-query in on of ${type.toLowerCase()}`, test.form],
    };
  }

  #lateral(text: Text, from: Source): PortableQuery {
    const inner = this.#source();
    const where = this.#correlation(from, inner.source);
    const one = inner.source.columns.find((c) => c.type === 'bigint') ?? inner.source.columns[0]!;
    const item = `${inner.source.alias}.${one.name}`;
    const counted = `SELECT COUNT(*) AS x, MAX(${item}) AS y FROM ${inner.text} WHERE ${where}`;
    const order = inner.source.columns.map(
      (c) => `${inner.source.alias}.${c.name} ${this.#random.pick(['ASC NULLS FIRST', 'DESC NULLS LAST'])}`,
    );
    const first = `SELECT ${item} AS y, ${from.alias}.${from.columns[0]!.name} AS z FROM ${inner.text} WHERE ${where} ORDER BY ${order.join(', ')} LIMIT 2`;
    const plain = `SELECT ${item} AS y FROM ${inner.text} WHERE ${where}`;
    const { query, columns, form } = this.#random.pick([
      {
        query: counted,
        form: 'count',
        columns: [
          { name: 'x', type: 'bigint' as const },
          { name: 'y', type: one.type },
        ],
      },
      {
        query: first,
        form: 'limit',
        columns: [
          { name: 'y', type: one.type },
          { name: 'z', type: from.columns[0]!.type },
        ],
      },
      { query: plain, form: 'rows', columns: [{ name: 'y', type: one.type }] },
    ]);
    const join = this.#random.pick(['CROSS JOIN', 'LEFT JOIN']);
    const on = join === 'LEFT JOIN' ? ' ON TRUE' : '';
    const name = `l${++aliases}`;
    const kept = from.columns.slice(0, 2);
    const list = [
      ...kept.map((c, i) => `${from.alias}.${c.name} AS c${i}`),
      ...columns.map((c) => `${name}.${c.name} AS ${c.name}`),
    ].join(', ');
    return {
      ...both(text, (t) => `SELECT ${list} FROM ${t} ${join} LATERAL (${query}) AS ${name}${on}`),
      columns: [...kept.map((c, i) => ({ name: `c${i}`, type: c.type })), ...columns],
      forms: [`${join.toLowerCase()} lateral ${form}`],
    };
  }

  /** DuckDB takes the value as a column of the input. */
  #inTableFunction(text: Text, from: Source, value: Value): PortableQuery {
    if (value.type !== 'bigint') return this.#inSelect(text, from, value);
    const kept = from.columns[0]!;
    const name = `f${++aliases}`;
    const list = `${from.alias}.${kept.name} AS c0, ${name}.e AS e`;
    return {
      sluice: `SELECT ${list} FROM ${text.sluice} CROSS JOIN UNNEST(ARRAY[${value.sluice}, CAST(7 AS BIGINT)]) AS ${name} (e)`,
      duck: `SELECT ${list} FROM ${withColumn(text.duck, from, value.duck)} CROSS JOIN LATERAL (SELECT UNNEST([${from.alias}.q, 7]) AS e) AS ${name}`,
      columns: [
        { name: 'c0', type: kept.type },
        { name: 'e', type: 'bigint' },
      ],
      forms: ['sub-query in table function', value.form],
    };
  }

  /** A sub-query in place of a value; it reads columns of `outer`. */
  #value(outer: Source, depth: number): Value {
    const forms = [
      () => this.#aggregate(outer, depth),
      () => this.#aggregate(outer, depth),
      () => this.#first(outer),
      () => this.#overSets(outer),
      () => this.#overGroups(outer, depth),
      () => this.#ranked(outer),
      () => this.#elements(outer),
      () => this.#common(outer),
      () => this.#test(outer, depth),
    ];
    return this.#random.pick(forms)();
  }

  #aggregate(outer: Source, depth: number): Value {
    const inner = this.#from(outer);
    const number = this.#number(inner.source);
    const own = this.#number(outer);
    const calls: { sql: string; form: string }[] = [
      { sql: 'COUNT(*)', form: 'count' },
      { sql: `COUNT(DISTINCT ${inner.source.alias}.${inner.source.columns[0]!.name})`, form: 'count distinct' },
      ...(number === undefined ? [] : [{ sql: `SUM(CAST(${number} AS BIGINT))`, form: 'sum' }]),
      ...(number === undefined ? [] : [{ sql: `MAX(CAST(${number} AS BIGINT))`, form: 'max' }]),
      ...(number === undefined || own === undefined
        ? []
        : [{ sql: `SUM(CAST(${number} AS BIGINT) + CAST(${own} AS BIGINT))`, form: 'sum with outer' }]),
    ];
    const call = this.#random.pick(calls);
    const where = this.#where(outer, inner.source, depth);
    const having = this.#random.chance(0.2) ? ` HAVING COUNT(*) ${this.#random.pick(['= 0', '> 1', '< 3'])}` : '';
    return {
      ...both(where, (w) => `(SELECT ${call.sql} FROM ${inner.text} WHERE ${w}${having})`),
      type: 'bigint',
      form: `${having === '' ? '' : 'having '}${call.form}${inner.form}${where.form}`,
    };
  }

  /** The first row of an order without ties. */
  #first(outer: Source): Value {
    const inner = this.#source();
    const { columns, alias } = inner.source;
    const item = this.#random.pick(columns);
    const order = columns.map(
      (one) => `${alias}.${one.name} ${this.#random.pick(['ASC NULLS FIRST', 'DESC NULLS LAST'])}`,
    );
    const offset = this.#random.chance(0.3) ? ' OFFSET 1' : '';
    const where = this.#correlation(outer, inner.source);
    return {
      ...same(
        `(SELECT ${alias}.${item.name} FROM ${inner.text} WHERE ${where} ORDER BY ${order.join(', ')} LIMIT 1${offset})`,
      ),
      type: item.type,
      form: 'limit 1',
    };
  }

  #overSets(outer: Source): Value {
    const operator = this.#random.pick(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL']);
    const [a, b] = [this.#source(), this.#source()];
    const pair = this.#pair(a.source, b.source)!;
    const branch = (of: typeof a, item: OracleColumn): string =>
      `SELECT ${of.source.alias}.${item.name} AS u FROM ${of.text}${this.#random.chance(0.85) ? ` WHERE ${this.#correlation(outer, of.source)}` : ''}`;
    const name = `s${++aliases}`;
    return {
      ...same(`(SELECT COUNT(${name}.u) FROM (${branch(a, pair[0])} ${operator} ${branch(b, pair[1])}) AS ${name})`),
      type: 'bigint',
      form: operator.toLowerCase(),
    };
  }

  #overGroups(outer: Source, depth: number): Value {
    const inner = this.#from(outer);
    const key = this.#random.pick(inner.source.columns);
    const where = this.#where(outer, inner.source, depth);
    const name = `g${++aliases}`;
    const call = this.#random.pick([`MAX(${name}.n)`, 'COUNT(*)', `SUM(${name}.n)`]);
    const keyName = `${inner.source.alias}.${key.name}`;
    // Of nothing the empty set gives a row in DuckDB and none in a stream: the count keeps it away on both sides.
    const grouped = this.#random.pick([
      '',
      ` GROUP BY ${keyName}`,
      ` GROUP BY ${keyName}`,
      ` GROUP BY ROLLUP (${keyName}, ${inner.source.alias}.${this.#random.pick(inner.source.columns).name}) HAVING COUNT(*) > 0`,
    ]);
    return {
      ...both(
        where,
        (w) => `(SELECT ${call} FROM (SELECT COUNT(*) AS n FROM ${inner.text} WHERE ${w}${grouped}) AS ${name})`,
      ),
      type: 'bigint',
      form: `aggregate of ${grouped === '' ? 'count' : grouped.includes('ROLLUP') ? 'rollup' : 'groups'}${where.form}`,
    };
  }

  #ranked(outer: Source): Value {
    const inner = this.#source();
    const { columns, alias } = inner.source;
    const order = columns.map(
      (one) => `${alias}.${one.name} ${this.#random.pick(['ASC NULLS FIRST', 'DESC NULLS LAST'])}`,
    );
    const partition = this.#random.chance(0.5) ? `PARTITION BY ${alias}.${this.#random.pick(columns).name} ` : '';
    const where = this.#correlation(outer, inner.source);
    const name = `r${++aliases}`;
    return {
      ...same(
        `(SELECT COUNT(*) FROM (SELECT ROW_NUMBER() OVER (${partition}ORDER BY ${order.join(', ')}) AS rn FROM ${inner.text} WHERE ${where}) AS ${name} WHERE ${name}.rn <= 2)`,
      ),
      type: 'bigint',
      form: 'over',
    };
  }

  /** A collection made of columns of the query around. */
  #elements(outer: Source): Value {
    const own = this.#number(outer) ?? '5';
    const name = `e${++aliases}`;
    const call = this.#random.pick(['COUNT(*)', `MAX(${name}.v)`, `SUM(${name}.v)`]);
    const where = this.#random.pick([`${name}.v > 2`, `${name}.v <> CAST(${own} AS BIGINT)`, `${name}.v IS NOT NULL`]);
    const items = `CAST(${own} AS BIGINT), CAST(3 AS BIGINT), CAST(${own} AS BIGINT) + 1`;
    if (this.#random.chance(0.4)) {
      const not = this.#random.chance(0.4) ? 'NOT ' : '';
      const test = this.#random.pick([
        (from: string): string => `CAST(${own} AS BIGINT) + 1 ${not}IN (SELECT ${name}.v FROM ${from})`,
        (from: string): string => `${not}EXISTS (SELECT 1 FROM ${from} WHERE ${where})`,
        (from: string): string => `CAST(${own} AS BIGINT) > ALL (SELECT ${name}.v - 2 FROM ${from})`,
      ]);
      return {
        sluice: test(`UNNEST(ARRAY[${items}]) AS ${name} (v)`),
        duck: test(`(SELECT UNNEST([${items}]) AS v) AS ${name}`),
        type: 'boolean',
        form: 'test of unnest',
      };
    }
    return {
      sluice: `(SELECT ${call} FROM UNNEST(ARRAY[${items}]) AS ${name} (v) WHERE ${where})`,
      duck: `(SELECT ${call} FROM (SELECT UNNEST([${items}]) AS v) AS ${name} WHERE ${where})`,
      type: 'bigint',
      form: 'unnest',
    };
  }

  /**
   * WITH inside of the sub-query, read once or twice. DuckDB 1.5.6 goes wrong over a correlated one, and over EXISTS
   * instead of MAX here: `(SELECT … FROM (… <> o.v) AS a WHERE EXISTS (SELECT 1 FROM (… <> o.v) AS b WHERE b.i > a.i))`.
   */
  #common(outer: Source): Value {
    const inner = this.#source();
    const where = this.#correlation(outer, inner.source);
    const name = `w${++aliases}`;
    const query = `SELECT ${inner.source.alias}.${inner.source.columns[0]!.name} AS j FROM ${inner.text} WHERE ${where}`;
    const isTwice = this.#random.chance(0.5);
    const body = (of: (alias: string) => string, test: (from: string) => string): string =>
      `SELECT COUNT(*) FROM ${of('a')}${isTwice ? ` WHERE ${test(of('b'))}` : ''}`;
    return {
      sluice: `(WITH ${name} (i) AS (${query}) ${body(
        (alias) => `${name} AS ${alias}`,
        (from) => `EXISTS (SELECT 1 FROM ${from} WHERE b.i > a.i)`,
      )})`,
      duck: `(${body(
        (alias) => `(${query}) AS ${alias} (i)`,
        (from) => `a.i < (SELECT MAX(b.i) FROM ${from})`,
      )})`,
      type: 'bigint',
      form: isTwice ? 'with, twice' : 'with',
    };
  }

  /** EXISTS, IN, comparisons with values and with ANY and ALL. */
  #test(outer: Source, depth: number): Value {
    const inner = this.#from(outer);
    const where = this.#where(outer, inner.source, depth);
    const not = this.#random.chance(0.35) ? 'NOT ' : '';
    // DuckDB 1.5.6 goes wrong over EXISTS under OR: `EXISTS (SELECT 1 FROM i WHERE i.id = o.id AND i.s <> o.n) OR …`.
    const exists = (): Value => ({
      sluice: `${not}EXISTS (SELECT 1 FROM ${inner.text} WHERE ${where.sluice})`,
      duck: `${not}((SELECT COUNT(*) FROM ${inner.text} WHERE ${where.duck}) > 0)`,
      type: 'boolean',
      form: `${not}exists${inner.form}${where.form}`.toLowerCase(),
    });
    const pair = this.#pair(outer, inner.source);
    if (pair === undefined || this.#random.chance(0.4)) return exists();
    const left = `${outer.alias}.${pair[0].name}`;
    const item = `${inner.source.alias}.${pair[1].name}`;
    const ranked = this.#random.chance(0.2);
    const grouped = this.#random.chance(0.3);
    const key = `${inner.source.alias}.${this.#random.pick(inner.source.columns).name}`;
    const order = inner.source.columns.map((one) => `${inner.source.alias}.${one.name} ASC NULLS FIRST`).join(', ');
    const tail = grouped ? ` GROUP BY ${key}` : ranked ? ` ORDER BY ${order} LIMIT 2` : '';
    const shape = this.#random.pick([`${not}IN`, '= ANY', '<= ALL', '> ANY', '<> ALL']);
    return {
      ...both(
        where,
        (w) => `${left} ${shape} (SELECT ${grouped ? `MAX(${item})` : item} FROM ${inner.text} WHERE ${w}${tail})`,
      ),
      type: 'boolean',
      form: `${shape.toLowerCase()}${grouped ? ' of groups' : ranked ? ' of limit' : ''}${where.form}`,
    };
  }

  /** A table, or a join of two with or without the query around in ON. */
  #from(outer: Source): { readonly text: string; readonly source: Source; readonly form: string } {
    const a = this.#source();
    if (!this.#random.chance(0.25)) return { ...a, form: '' };
    const b = this.#source();
    const pair = this.#pair(a.source, b.source);
    if (pair === undefined) return { ...a, form: '' };
    const type = this.#random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
    // DuckDB takes only plain equalities in a FULL JOIN.
    const more = type !== 'FULL JOIN' && this.#random.chance(0.4) ? ` AND ${this.#correlation(outer, b.source)}` : '';
    const on = `${a.source.alias}.${pair[0].name} = ${b.source.alias}.${pair[1].name}${type === 'JOIN' ? more : ''}`;
    return { text: `${a.text} ${type} ${b.text} ON ${on}`, source: a.source, form: ` over ${type.toLowerCase()}` };
  }

  #source(): { readonly text: string; readonly source: Source } {
    const table = this.#random.pick(this.#tables);
    const alias = `i${++aliases}`;
    return { text: `${table.name} AS ${alias}`, source: { alias, columns: table.columns } };
  }

  #where(outer: Source, inner: Source, depth: number): Text & { readonly form: string } {
    const first = this.#correlation(outer, inner);
    if (depth <= 1 || !this.#random.chance(0.3)) return { ...same(first), form: '' };
    // The next level in reads this one and the one around it.
    const columns = [
      ...outer.columns.map((one) => ({ ...one, name: `${outer.alias}.${one.name}` })),
      ...inner.columns.map((one) => ({ ...one, name: `${inner.alias}.${one.name}` })),
    ];
    const deeper = this.#test({ alias: '', columns }, depth - 1);
    return { ...both(deeper, (d) => unqualified(`${first} AND ${d}`)), form: ` with ${deeper.form}` };
  }

  /** What a row of the sub-query and a row around it have to do with one another. */
  #correlation(outer: Source, inner: Source): string {
    const pairs = outer.columns.flatMap((o) =>
      inner.columns.filter((i) => i.type === o.type).map((i) => [o, i] as const),
    );
    if (pairs.length === 0) return this.#condition(inner);
    const compare = (operators: readonly string[]): string => {
      const [o, i] = this.#random.pick(pairs);
      return unqualified(`${inner.alias}.${i.name} ${this.#random.pick(operators)} ${outer.alias}.${o.name}`);
    };
    const forms = [
      () => compare(['=']),
      () => compare(['=']),
      () => compare(['<', '>', '<=', '<>']),
      () => compare(['IS NOT DISTINCT FROM']),
      () => `${compare(['='])} AND ${compare(['<', '>=', '<>'])}`,
      () => `(${compare(['='])} OR ${compare(['=', '<'])})`,
      () => `${compare(['='])} AND ${this.#condition(inner)}`,
      () => `${compare(['=', '<'])} AND ${this.#condition(outer)}`,
    ];
    return this.#random.pick(forms)();
  }

  #condition(source: Source): string {
    const columns = source.columns.map((one) => ({ ...one, name: `${source.alias}.${one.name}` }));
    return unqualified(this.#terms.condition(columns));
  }

  #number({ alias, columns }: Source): string | undefined {
    const numbers = columns.filter((one) => one.type === 'int' || one.type === 'bigint');
    return numbers.length === 0 ? undefined : unqualified(`${alias}.${this.#random.pick(numbers).name}`);
  }

  #pair(left: Source, right: Source): readonly [OracleColumn, OracleColumn] | undefined {
    const pairs = left.columns.flatMap((l) =>
      right.columns.filter((r) => r.type === l.type).map((r) => [l, r] as const),
    );
    return pairs.length === 0 ? undefined : this.#random.pick(pairs);
  }
}

/** Columns of two levels come with their qualifier already. */
function unqualified(text: string): string {
  return text.replace(/(?<![\w.])\.(?=[a-z])/g, '');
}

function withColumn(text: string, { alias }: Source, value: string): string {
  return `(SELECT ${alias}.*, ${value} AS q FROM ${text}) AS ${alias}`;
}

/** TRUE and FALSE are printed as numbers: the systems write them differently. */
function shownAs({ sluice, duck, type }: Text & { readonly type: Value['type'] }): Text {
  if (type !== 'boolean') return { sluice, duck };
  const number = (of: string): string => `CASE WHEN ${of} THEN 1 WHEN NOT (${of}) THEN 0 END`;
  return { sluice: number(sluice), duck: number(duck) };
}

function column(name: string, { type }: { readonly type: Value['type'] }): OracleColumn {
  return { name, type: type === 'boolean' ? 'int' : type };
}

function both(text: Text, change: (text: string) => string): Text {
  return { sluice: change(text.sluice), duck: change(text.duck) };
}

function zip(a: Text, b: Text, join: (a: string, b: string) => string): Text {
  return { sluice: join(a.sluice, b.sluice), duck: join(a.duck, b.duck) };
}
