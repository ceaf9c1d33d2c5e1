import type {
  CaseExpression,
  Expression,
  FrameBound,
  FunctionArgument,
  FunctionCall,
  IntervalLiteral,
  LikeExpression,
  OrderItem,
  OverClause,
} from '../ast/expression.ts';
import type { Query } from '../ast/query.ts';
import { functionNameText, nameListText, nameText, qualifiedNameText, quoteString, typeText } from './names.ts';

export type PrintQuery = (query: Query) => string;

/** Binding strengths of the grammar; an operand weaker than its place gets parentheses. */
const strength = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  range: 6,
  sum: 7,
  product: 8,
  unary: 9,
  primary: 10,
} as const;

const chainStrength = { OR: strength.or, AND: strength.and, '+': strength.sum, '||': strength.product } as const;

/** Prints expressions; queries inside them are printed by what is handed in. */
export class ExpressionPrinter {
  private readonly query: PrintQuery;

  constructor(query: PrintQuery) {
    this.query = query;
  }

  /** With parentheses when it binds weaker than `minimum`. */
  print(node: Expression, minimum: number = strength.or): string {
    const text = this.bare(node);
    return strengthOf(node) < minimum ? `(${text})` : text;
  }

  list(nodes: readonly Expression[]): string {
    return nodes.map((node) => this.print(node)).join(', ');
  }

  private bare(node: Expression): string {
    switch (node.kind) {
      case 'string':
        return quoteString(node.value);
      case 'number':
        return node.text;
      case 'boolean':
        return node.value === null ? 'UNKNOWN' : node.value ? 'TRUE' : 'FALSE';
      case 'null':
        return 'NULL';
      case 'binary-string':
        return `x'${node.hex}'`;
      case 'temporal':
        return `${node.type.toUpperCase()} ${quoteString(node.value)}`;
      case 'interval':
        return intervalText(node);
      case 'column-ref':
        return qualifiedNameText(node.parts);
      case 'unary': {
        const operand = this.print(node.operand, strength.unary);
        // two minus signs in a row would begin a comment
        return operand.startsWith(node.operator) ? `${node.operator} ${operand}` : node.operator + operand;
      }
      case 'binary': {
        const own = strengthOf(node);
        return `${this.print(node.left, own)} ${node.operator} ${this.print(node.right, own + 1)}`;
      }
      case 'chain':
        return this.chain(node.operator, node.operands);
      case 'not':
        return `NOT ${this.print(node.operand, strength.not)}`;
      case 'is':
        return `${this.print(node.operand, strength.is)} IS ${not(node.negated)}${node.test.replace('-', ' ').toUpperCase()}`;
      case 'is-distinct':
        return `${this.print(node.left, strength.is)} IS ${not(node.negated)}DISTINCT FROM ${this.print(node.right, strength.comparison)}`;
      case 'between': {
        const symmetric = node.symmetric ? 'SYMMETRIC ' : '';
        const range = `${this.print(node.low, strength.sum)} AND ${this.print(node.high, strength.sum)}`;
        return `${this.print(node.operand, strength.range)} ${not(node.negated)}BETWEEN ${symmetric}${range}`;
      }
      case 'in-list':
        return `${this.print(node.operand, strength.range)} ${not(node.negated)}IN (${this.list(node.items)})`;
      case 'in-query':
        return `${this.print(node.operand, strength.range)} ${not(node.negated)}IN (${this.query(node.query)})`;
      case 'quantified':
        return `${this.print(node.operand, strength.comparison)} ${node.operator} ${node.quantifier.toUpperCase()} (${this.query(node.query)})`;
      case 'like':
        return this.like(node);
      case 'exists':
        return `EXISTS (${this.query(node.query)})`;
      case 'case':
        return this.case(node);
      case 'cast':
        return `${node.safe ? 'TRY_CAST' : 'CAST'}(${this.print(node.operand)} AS ${typeText(node.type)})`;
      case 'function-call':
        return this.call(node);
      case 'row':
        return node.items.length > 1 ? `(${this.list(node.items)})` : `ROW(${this.list(node.items)})`;
      case 'array':
        return `ARRAY[${this.list(node.items)}]`;
      case 'map':
        return `MAP[${this.list(node.entries.flatMap(({ key, value }) => [key, value]))}]`;
      case 'item':
        return `${this.print(node.operand, strength.primary)}[${this.print(node.index)}]`;
      case 'field': {
        const { operand } = node;
        const open =
          operand.kind === 'item' || operand.kind === 'field' || (operand.kind === 'function-call' && !operand.bare);
        const text = open && strengthOf(operand) === strength.primary ? this.bare(operand) : `(${this.bare(operand)})`;
        return `${text}.${nameText(node.field)}`;
      }
      case 'subquery':
        return `(${this.query(node.query)})`;
    }
  }

  private chain(operator: keyof typeof chainStrength, operands: readonly Expression[]): string {
    const own = chainStrength[operator];
    const texts = operands.map((operand, index) => {
      // a chain of the same operator in the first place would melt into this one
      const melts = operand.kind === 'chain' && operand.operator === operator;
      return this.print(operand, index === 0 && !melts ? own : own + 1);
    });
    return texts.join(` ${operator} `);
  }

  private like(node: LikeExpression): string {
    const word = node.form === 'like' ? 'LIKE' : 'SIMILAR TO';
    const escape = node.escape ? ` ESCAPE ${this.print(node.escape, strength.sum)}` : '';
    const operand = this.print(node.operand, strength.range);
    return `${operand} ${not(node.negated)}${word} ${this.print(node.pattern, strength.sum)}${escape}`;
  }

  private case(node: CaseExpression): string {
    const operand = node.operand ? ` ${this.print(node.operand)}` : '';
    const branches = node.branches.map(({ when, then }) => ` WHEN ${this.print(when)} THEN ${this.print(then)}`);
    const otherwise = node.otherwise ? ` ELSE ${this.print(node.otherwise)}` : '';
    return `CASE${operand}${branches.join('')}${otherwise} END`;
  }

  call(node: FunctionCall): string {
    if (node.bare) return node.name[0]!.name;
    if (isOverlaps(node)) {
      const [a = '', b = '', c = '', d = ''] = node.args.map((arg) => this.argument(arg));
      return `(${a}, ${b}) OVERLAPS (${c}, ${d})`;
    }
    const unit = node.args[2];
    if (specialName(node) === 'MINUS_DATE' && unit?.kind === 'symbol') {
      const [a, b] = [this.argument(node.args[0]!, strength.sum), this.argument(node.args[1]!, strength.product)];
      return `(${a} - ${b}) ${unit.name}`;
    }
    let text = `${functionNameText(node.name)}(${node.distinct ? 'DISTINCT ' : ''}${this.args(node)})`;
    if (node.withinGroup.length > 0) text += ` WITHIN GROUP (ORDER BY ${this.orderItems(node.withinGroup)})`;
    if (node.filter) text += ` FILTER (WHERE ${this.print(node.filter)})`;
    if (node.over) text += ` OVER ${this.over(node.over)}`;
    return text;
  }

  private args(node: FunctionCall): string {
    const name = specialName(node);
    const texts = node.args.map((arg) => this.argument(arg));
    const [first = '', second = '', third = ''] = texts;
    const symbolFirst = node.args[0]?.kind === 'symbol';
    if (name === 'EXTRACT' && symbolFirst) return `${first} FROM ${second}`;
    if (name === 'TRIM' && symbolFirst) return `${first} ${second} FROM ${third}`;
    if (node.args[1]?.kind === 'symbol' && /^(FLOOR|CEIL|CEILING)$/.test(name)) {
      // the unit of an interval at the end would swallow the word TO
      return /^[\w.]+$/.test(first) ? `${first} TO ${second}` : `(${first}) TO ${second}`;
    }
    if (name === 'POSITION' && node.args[0])
      return [this.argument(node.args[0], strength.sum), ...texts.slice(1)].join(', ');
    return name.startsWith('JSON_') ? this.jsonArgs(name, node.args) : texts.join(', ');
  }

  /** Clauses follow the arguments without commas; keys and values are joined by VALUE. */
  private jsonArgs(name: string, args: readonly FunctionArgument[]): string {
    const values = args.findIndex((arg) => arg.kind === 'symbol');
    const count = values < 0 ? args.length : values;
    const keyed = (name === 'JSON_OBJECT' || name === 'JSON_OBJECTAGG') && count % 2 === 0;
    let text = '';
    for (let index = 0; index < count; index++) {
      if (index > 0) text += keyed && index % 2 === 1 ? ' VALUE ' : ', ';
      text += this.argument(args[index]!);
    }
    for (let index = count; index < args.length; index++) {
      const clause = args[index]!;
      if (clause.kind !== 'symbol') continue;
      const next = args[index + 1];
      text += text ? ' ' : '';
      if (clause.name.startsWith('DEFAULT ') && next)
        text += `DEFAULT ${this.argument(next)}${clause.name.slice('DEFAULT'.length)}`;
      else if (clause.name === 'RETURNING' && next) text += `RETURNING ${this.argument(next)}`;
      else text += clause.name;
    }
    return text;
  }

  private argument(node: FunctionArgument, minimum: number = strength.or): string {
    switch (node.kind) {
      case 'star':
        return '*';
      case 'symbol':
        return node.name;
      case 'type-argument':
        return typeText(node.type);
      case 'table-argument': {
        const keys = node.partitionBy.length > 1 ? `(${this.list(node.partitionBy)})` : this.list(node.partitionBy);
        const table = node.query === undefined ? qualifiedNameText(node.name) : `(${this.query(node.query)})`;
        return `TABLE ${table}${keys && ` PARTITION BY ${keys}`}`;
      }
      case 'descriptor':
        return `DESCRIPTOR${nameListText(node.columns)}`;
      case 'named-argument':
        return `${nameText(node.name)} => ${this.argument(node.value)}`;
      default:
        return this.print(node, minimum);
    }
  }

  orderItems(items: readonly OrderItem[]): string {
    return items
      .map((item) => {
        const nulls = item.nullsFirst === undefined ? '' : item.nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
        return this.print(item.expression) + (item.descending ? ' DESC' : '') + nulls;
      })
      .join(', ');
  }

  over(node: OverClause): string {
    if (node.name) return nameText(node.name);
    const parts: string[] = [];
    if (node.partitionBy.length > 0) parts.push(`PARTITION BY ${this.list(node.partitionBy)}`);
    if (node.orderBy.length > 0) parts.push(`ORDER BY ${this.orderItems(node.orderBy)}`);
    const { frame } = node;
    if (frame) {
      const unit = frame.unit.toUpperCase();
      const start = this.bound(frame.start);
      parts.push(frame.end ? `${unit} BETWEEN ${start} AND ${this.bound(frame.end)}` : `${unit} ${start}`);
    }
    return `(${parts.join(' ')})`;
  }

  private bound(node: FrameBound): string {
    const words = node.kind.replace('-', ' ').toUpperCase();
    return node.offset ? `${this.print(node.offset, strength.sum)} ${words}` : words;
  }
}

function not(negated: boolean): string {
  return negated ? 'NOT ' : '';
}

function strengthOf(node: Expression): number {
  switch (node.kind) {
    case 'chain':
      return chainStrength[node.operator];
    case 'not':
      return strength.not;
    case 'is':
    case 'is-distinct':
      return strength.is;
    case 'quantified':
      return strength.comparison;
    case 'binary':
      return node.operator === '-'
        ? strength.sum
        : /[*/%]/.test(node.operator)
          ? strength.product
          : strength.comparison;
    case 'between':
    case 'in-list':
    case 'in-query':
    case 'like':
      return strength.range;
    case 'unary':
      return strength.unary;
    case 'function-call':
      return isOverlaps(node) ? strength.range : strength.primary;
    default:
      return strength.primary;
  }
}

/** The upper-case name of a call that may have syntax of its own. */
function specialName(node: FunctionCall): string {
  const [only] = node.name;
  return node.name.length === 1 && only && !only.quoted ? only.name.toUpperCase() : '';
}

function isOverlaps(node: FunctionCall): boolean {
  return specialName(node) === 'OVERLAPS' && node.args.length === 4 && !node.distinct && !node.filter && !node.over;
}

function intervalText(node: IntervalLiteral): string {
  const sign = node.negative ? '-' : '';
  const { from, to, precision, fractionPrecision } = node;
  const head = `INTERVAL ${sign}${quoteString(node.value)} ${from}`;
  if (to) {
    return `${head}${precision === undefined ? '' : `(${precision})`} TO ${to}${fractionPrecision === undefined ? '' : `(${fractionPrecision})`}`;
  }
  const numbers = [precision, fractionPrecision].filter((number) => number !== undefined);
  return numbers.length > 0 ? `${head}(${numbers.join(', ')})` : head;
}
