import type {
  BinaryOperator,
  ChainExpression,
  Expression,
  FunctionArgument,
  FunctionCall,
  TimeUnit,
  TypeName,
} from '../../ast/expression.ts';
import type { Query } from '../../ast/query.ts';
import type { ForeignNode } from './guarded-parser.ts';
import { isNode } from './lowering.ts';
import type { Lowering } from './lowering.ts';

export type LowerQuery = (node: unknown) => Query;

const comparisons: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=', '-', '*', '/', '%']);
const chains: Readonly<Record<string, ChainExpression['operator']>> = { AND: 'AND', '&&': 'AND', OR: 'OR', '+': '+' };
const units: ReadonlySet<string> = new Set(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND']);

const castTypes: Readonly<Record<string, string>> = {
  SIGNED: 'BIGINT',
  UNSIGNED: 'BIGINT',
  'SIGNED INTEGER': 'BIGINT',
  'UNSIGNED INTEGER': 'BIGINT',
  CHAR: 'VARCHAR',
  VARCHAR: 'VARCHAR',
  DECIMAL: 'DECIMAL',
  DATE: 'DATE',
  DATETIME: 'TIMESTAMP',
  TIMESTAMP: 'TIMESTAMP',
  TIME: 'TIME',
  DOUBLE: 'DOUBLE',
  FLOAT: 'FLOAT',
  BINARY: 'VARBINARY',
};

/** From node-sql-parser's expressions to ours; what is not listed is refused by name. */
export class ExpressionLowering {
  private readonly base: Lowering;
  private readonly query: LowerQuery;

  constructor(base: Lowering, query: LowerQuery) {
    this.base = base;
    this.query = query;
  }

  lower(value: unknown): Expression {
    return this.base.nested(() => this.lowerNode(value));
  }

  private lowerNode(value: unknown): Expression {
    const node = this.base.node(value);
    const { span } = this.base;
    if (isNode(node['ast'])) return { kind: 'subquery', query: this.query(node['ast']), span };
    if (node['collate'] !== undefined && node['collate'] !== null) throw this.base.refuse('COLLATE');
    switch (node['type']) {
      case 'column_ref':
        return this.column(node);
      case 'number':
      case 'bigint':
        return this.number(String(node['value']));
      case 'single_quote_string':
      case 'double_quote_string':
      case 'string':
        return this.base.string(node['value']);
      case 'null':
        return { kind: 'null', span };
      case 'bool':
        return { kind: 'boolean', value: node['value'] === true, span };
      case 'hex_string':
        return { kind: 'binary-string', hex: String(node['value']).toLowerCase(), span };
      case 'date':
      case 'time':
      case 'timestamp':
        return { kind: 'temporal', type: node['type'], value: this.base.string(node['value']).value, span };
      case 'interval':
        return this.interval(node);
      case 'unary_expr':
        return this.unary(node);
      case 'binary_expr':
        return this.binary(node);
      case 'expr_list':
        return this.row(node);
      case 'case':
        return this.case(node);
      case 'cast':
        return this.cast(node);
      case 'extract': {
        const args = this.base.node(node['args']);
        return this.call('EXTRACT', [this.unitSymbol(args['field']), this.lower(args['source'])]);
      }
      case 'function':
        return this.function(node);
      case 'aggr_func':
        return this.aggregate(node);
      default:
        throw this.base.refuse(`"${String(node['type'])}" in an expression`);
    }
  }

  private column(node: ForeignNode): Expression {
    const parts = [node['db'], node['table'], node['column']].filter((part) => part !== null && part !== undefined);
    const names = parts.map((part) => this.base.name(part));
    const last = names.at(-1)?.name ?? '';
    // its grammar takes 1e3 for a column
    if (/^\d+[eE]\d+$/.test(last)) return this.number(last);
    return { kind: 'column-ref', parts: names, span: this.base.span };
  }

  private number(text: string): Expression {
    const { span } = this.base;
    const digits = text.startsWith('-') ? text.slice(1) : text;
    if (!/^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits)) throw this.base.refuse(`the number ${text}`);
    const form = /[eE]/.test(digits) ? 'double' : digits.includes('.') ? 'decimal' : 'integer';
    const number: Expression = { kind: 'number', text: digits, form, span };
    return digits === text ? number : { kind: 'unary', operator: '-', operand: number, span };
  }

  private interval(node: ForeignNode): Expression {
    const from = String(node['unit']).toUpperCase();
    const amount = this.lower(node['expr']);
    const signed = amount.kind === 'unary' && amount.operator === '-' ? amount.operand : amount;
    if (!units.has(from) || (signed.kind !== 'number' && signed.kind !== 'string'))
      throw this.base.refuse('this INTERVAL');
    return {
      kind: 'interval',
      value: signed.kind === 'number' ? signed.text : signed.value,
      negative: signed !== amount,
      from: from as TimeUnit,
      to: undefined,
      precision: undefined,
      fractionPrecision: undefined,
      span: this.base.span,
    };
  }

  private unary(node: ForeignNode): Expression {
    const { span } = this.base;
    const operator = String(node['operator']).toUpperCase();
    const operand = this.lower(node['expr']);
    if (operator === '-' || operator === '+') return { kind: 'unary', operator, operand, span };
    if (operator === 'NOT' || operator === '!') return { kind: 'not', operand, span };
    if (operator === 'NOT EXISTS' && operand.kind === 'subquery') {
      return { kind: 'not', operand: { kind: 'exists', query: operand.query, span }, span };
    }
    throw this.base.refuse(`the operator "${operator}"`);
  }

  private binary(node: ForeignNode): Expression {
    const { span } = this.base;
    const operator = String(node['operator']).toUpperCase();
    const chain = chains[operator];
    if (chain) return { kind: 'chain', operator: chain, operands: this.chainOperands(node, chain), span };
    const negated = operator.startsWith('NOT ');
    switch (negated ? operator.slice(4) : operator) {
      case 'IN':
        return this.in(node, negated);
      case 'BETWEEN': {
        const [low, high] = this.base.list(this.base.node(node['right'])['value']);
        const operand = this.lower(node['left']);
        return {
          kind: 'between',
          operand,
          low: this.lower(low),
          high: this.lower(high),
          symmetric: false,
          negated,
          span,
        };
      }
      case 'LIKE': {
        const right = this.base.node(node['right']);
        const escape = isNode(right['escape']) ? this.lower(right['escape']['value']) : undefined;
        const operand = this.lower(node['left']);
        return { kind: 'like', form: 'like', operand, pattern: this.lower(right), escape, negated, span };
      }
      case 'IS':
      case 'IS NOT':
        return this.is(node, operator === 'IS NOT');
      case 'MOD':
        return this.arithmetic(node, '%');
      case '!=':
        return this.arithmetic(node, '<>');
      case 'DIV':
        return this.call('DIV', [this.lower(node['left']), this.lower(node['right'])]);
      case '||':
        throw this.base.refuse('"||", which means OR there', 'Write CONCAT(a, b) or a OR b.');
      default:
        if (comparisons.has(operator)) return this.arithmetic(node, operator as BinaryOperator);
        throw this.base.refuse(`the operator "${operator}"`);
    }
  }

  private arithmetic(node: ForeignNode, operator: BinaryOperator): Expression {
    const { span } = this.base;
    return {
      kind: 'binary',
      operator,
      left: this.lower(node['left']),
      right: this.lower(node['right']),
      operatorSpan: span,
      span,
    };
  }

  /** A long chain leans to the left; it is walked, not recursed into. */
  private chainOperands(node: ForeignNode, chain: ChainExpression['operator']): Expression[] {
    const operands: Expression[] = [];
    let left: unknown = node;
    while (isNode(left) && chains[String(left['operator']).toUpperCase()] === chain) {
      if (left['type'] !== 'binary_expr' || (left !== node && left['parentheses'] === true)) break;
      operands.push(this.lower(left['right']));
      left = left['left'];
    }
    operands.push(this.lower(left));
    return operands.reverse();
  }

  private in(node: ForeignNode, negated: boolean): Expression {
    const { span } = this.base;
    const operand = this.lower(node['left']);
    const items = this.base.list(this.base.node(node['right'])['value']);
    const [only] = items;
    if (items.length === 1 && isNode(only) && isNode(only['ast'])) {
      return { kind: 'in-query', operand, query: this.query(only['ast']), negated, span };
    }
    return { kind: 'in-list', operand, items: items.map((item) => this.lower(item)), negated, span };
  }

  private is(node: ForeignNode, negated: boolean): Expression {
    const operand = this.lower(node['left']);
    const right = this.lower(node['right']);
    const test =
      right.kind === 'null' ? 'null' : right.kind === 'boolean' ? (right.value ? 'true' : 'false') : undefined;
    if (!test) throw this.base.refuse('this IS');
    return { kind: 'is', operand, test, negated, span: this.base.span };
  }

  private row(node: ForeignNode): Expression {
    const items = this.base.list(node['value']).map((item) => this.lower(item));
    return items.length === 1 && items[0] ? items[0] : { kind: 'row', items, span: this.base.span };
  }

  private case(node: ForeignNode): Expression {
    const branches: { when: Expression; then: Expression }[] = [];
    let otherwise: Expression | undefined;
    for (const item of this.base.list(node['args'])) {
      const branch = this.base.node(item);
      if (branch['type'] === 'else') otherwise = this.lower(branch['result']);
      else branches.push({ when: this.lower(branch['cond']), then: this.lower(branch['result']) });
    }
    const operand = isNode(node['expr']) ? this.lower(node['expr']) : undefined;
    return { kind: 'case', operand, branches, otherwise, span: this.base.span };
  }

  private cast(node: ForeignNode): Expression {
    const [target] = this.base.list(node['target']);
    const operand = this.lower(node['expr']);
    return { kind: 'cast', operand, type: this.type(this.base.node(target)), safe: false, span: this.base.span };
  }

  private type(node: ForeignNode): TypeName {
    const written = String(node['dataType']).toUpperCase();
    const name = castTypes[written];
    if (!name) throw this.base.refuse(`the type ${written}`);
    const parameters = [node['length'], node['scale']].filter((part) => typeof part === 'number');
    const sized = name === 'VARCHAR' || name === 'DECIMAL';
    return {
      kind: 'type-name',
      name,
      parameters: sized ? parameters : [],
      arguments: [],
      fields: [],
      notNull: false,
      span: this.base.span,
    };
  }

  private function(node: ForeignNode): Expression {
    const { span } = this.base;
    const head = this.base.node(node['name']);
    if (head['schema']) throw this.base.refuse('a function of a schema');
    const [part] = this.base.list(head['name']);
    const name = this.base.name(part).name;
    this.base.refuseAny(node, { over: 'OVER' });
    const values = isNode(node['args']) ? this.base.list(node['args']['value']) : undefined;
    if (!values) return { ...this.call(name, []), bare: true };
    switch (name.toUpperCase()) {
      case 'EXISTS': {
        const query = this.lower(values[0]);
        if (query.kind !== 'subquery') throw this.base.refuse('this EXISTS');
        return { kind: 'exists', query: query.query, span };
      }
      case 'TRIM':
        return this.call(name, this.trim(values));
      case 'TIMESTAMPDIFF':
      case 'TIMESTAMPADD': {
        const [unit, ...args] = values;
        return this.call(name, [
          this.unitSymbol(isNode(unit) ? (unit['value'] ?? unit['column']) : unit),
          ...this.all(args),
        ]);
      }
      case 'POSITION': {
        const [only] = values;
        if (!isNode(only) || only['operator'] !== 'IN') throw this.base.refuse('this POSITION');
        return this.call(name, [this.lower(only['left']), this.lower(only['right'])]);
      }
      case 'ALL':
      case 'ANY':
      case 'SOME':
      case 'CONVERT':
        throw this.base.refuse(name.toUpperCase());
      default:
        return this.call(name, this.all(values));
    }
  }

  private all(values: readonly unknown[]): Expression[] {
    return values.map((value) => this.lower(value));
  }

  /** `[BOTH, chars, FROM, text]` or `[text]`; the words are nodes of type origin. */
  private trim(values: readonly unknown[]): FunctionArgument[] {
    const { span } = this.base;
    const isWord = (value: unknown): value is ForeignNode => isNode(value) && value['type'] === 'origin';
    const words = values.filter(isWord).map((word) => String(word['value']).toUpperCase());
    const args = this.all(values.filter((value) => !isWord(value)));
    if (words.length === 0) return args;
    const side = words.find((word) => word !== 'FROM') ?? 'BOTH';
    const [first, second] = args;
    if (!first) throw this.base.refuse('this TRIM');
    const chars: Expression = second ? first : { kind: 'string', value: ' ', span };
    return [{ kind: 'symbol', name: side, span }, chars, second ?? first];
  }

  private unitSymbol(value: unknown): FunctionArgument {
    const name = String(value).toUpperCase();
    if (!units.has(name)) throw this.base.refuse(`the unit ${name}`);
    return { kind: 'symbol', name, span: this.base.span };
  }

  private aggregate(node: ForeignNode): Expression {
    this.base.refuseAny(node, { over: 'OVER', filter: 'FILTER', within_group_orderby: 'WITHIN GROUP' });
    const args = this.base.node(node['args']);
    this.base.refuseAny(args, { orderby: 'ORDER BY in an aggregate', separator: 'SEPARATOR' });
    const inner = this.base.node(args['expr']);
    const name = String(node['name']);
    if (inner['type'] === 'star') return this.call(name, [{ kind: 'star', span: this.base.span }]);
    const listed = inner['type'] === 'expr_list' ? this.all(this.base.list(inner['value'])) : [this.lower(inner)];
    return { ...this.call(name, listed), distinct: typeof args['distinct'] === 'string' };
  }

  private call(name: string, args: readonly FunctionArgument[]): FunctionCall {
    const { span } = this.base;
    const clauses = { distinct: false, bare: false, filter: undefined, withinGroup: [], over: undefined };
    return { kind: 'function-call', name: [{ kind: 'identifier', name, quoted: false, span }], args, ...clauses, span };
  }
}
