import type { ParseError } from '../../../errors/sluice-error.ts';
import type { Span } from '../../../errors/span.ts';
import type { Identifier, StringLiteral } from '../../ast/expression.ts';
import { maxDepth, syntaxErrors } from '../../messages.ts';
import { needsQuotes } from '../../print/names.ts';
import type { ForeignNode } from './guarded-parser.ts';
import { maskSign } from './masked-text.ts';
import type { MaskedText } from './masked-text.ts';

/** What all lowering needs: the strings of the query, the span of the whole, and how to refuse. */
export class Lowering {
  readonly dialect: string;
  readonly span: Span;
  private readonly masked: MaskedText;
  private depth = 0;

  constructor(dialect: string, span: Span, masked: MaskedText) {
    this.dialect = dialect;
    this.span = span;
    this.masked = masked;
  }

  /** Runs one level of the lowering; their trees can be deeper than ours may be. */
  nested<Node>(rule: () => Node): Node {
    this.depth++;
    if (this.depth > maxDepth) throw syntaxErrors.tooDeep(this.span);
    const node = rule();
    this.depth--;
    return node;
  }

  refuse(what: string, hint?: string): ParseError {
    return syntaxErrors.dialectPart(this.dialect, what, this.span, hint);
  }

  node(value: unknown): ForeignNode {
    if (!isNode(value)) throw this.refuse('a construct that is not known');
    return value;
  }

  list(value: unknown): readonly unknown[] {
    if (value === null || value === undefined) return [];
    return Array.isArray(value) ? value : [value];
  }

  /** Refuses when one of these properties holds something: what is not looked at must not be there. */
  refuseAny(node: ForeignNode, properties: Readonly<Record<string, string>>): void {
    for (const [property, what] of Object.entries(properties)) {
      const value = node[property];
      const empty =
        value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
      if (!empty) throw this.refuse(what);
    }
  }

  name(value: unknown): Identifier {
    // PostgreSQL's grammar wraps names: { expr: { value } }.
    const inner = isNode(value) && isNode(value['expr']) ? value['expr'] : value;
    const content = isNode(inner) ? inner['value'] : inner;
    if (typeof content !== 'string') throw this.refuse('a name that is not known');
    const text = content.startsWith(maskSign) ? this.string(content).value : content;
    if (text.includes('`')) throw this.refuse('a backtick in a name');
    return { kind: 'identifier', name: text, quoted: needsQuotes(text), span: this.span };
  }

  /** The string behind a masked content. */
  string(content: unknown): StringLiteral {
    const masked =
      typeof content === 'string' ? this.masked.strings[Number(content.slice(maskSign.length))] : undefined;
    if (!masked) throw this.refuse('a string that is not known');
    return { kind: 'string', value: masked.value, span: masked.span };
  }
}

export function isNode(value: unknown): value is ForeignNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
