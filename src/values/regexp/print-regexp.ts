import { printCharSet } from './char-set.ts';
import type { RegexpNode } from './regexp-node.ts';

/** Written-out repetitions may grow to this many atoms (design D3). */
const MAX_ATOMS = 2000;

/** The pattern is too large with its repetitions written out. */
export class RegexpTooLargeError extends Error {}

/** The tree as a JavaScript pattern for no flags or `m`. */
export function printRegexp(node: RegexpNode): string {
  switch (node.kind) {
    case 'set':
      return printCharSet(node.set);
    case 'raw':
      return node.text;
    case 'sequence':
      return node.items.map(printRegexp).join('');
    case 'choice':
      return node.options.map(printRegexp).join('|');
    case 'group':
      return `${node.open}${printRegexp(node.body)})`;
    case 'repeat':
      return `${operand(node.body)}${limits(node.min, node.max)}${node.lazy ? '?' : ''}`;
  }
}

function operand(body: RegexpNode): string {
  const text = printRegexp(body);
  const isUnit = body.kind === 'group' || (body.kind === 'set' && !text.startsWith('\\ud'));
  return isUnit ? text : `(?:${text})`;
}

function limits(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

/**
 * The tree with counted repetitions written out, which the linear engine does not take: `x{2,4}` becomes
 * `xx(?:x(?:x)?)?` in effect. Captures stay in the last copy, which is the iteration they remember.
 * @throws RegexpTooLargeError
 */
export function expandRepetitions(node: RegexpNode): RegexpNode {
  const budget = { atoms: MAX_ATOMS };
  return expand(node, budget);
}

interface Budget {
  atoms: number;
}

function expand(node: RegexpNode, budget: Budget): RegexpNode {
  if (--budget.atoms < 0) throw new RegexpTooLargeError();
  switch (node.kind) {
    case 'set':
    case 'raw':
      return node;
    case 'sequence':
      return { kind: 'sequence', items: node.items.map((item) => expand(item, budget)) };
    case 'choice':
      return { kind: 'choice', options: node.options.map((option) => expand(option, budget)) };
    case 'group':
      return { kind: 'group', open: node.open, body: expand(node.body, budget) };
    case 'repeat': {
      const { min, max, lazy } = node;
      const body = expand(node.body, budget);
      if (max === Infinity && min <= 1) return { ...node, body };
      if (max === 0) return { kind: 'sequence', items: [] };
      if (max === 1) return min === 1 ? body : { ...node, body };
      const copies = max === Infinity ? min : max;
      budget.atoms -= (copies - 1) * size(body);
      if (budget.atoms < 0) throw new RegexpTooLargeError();
      const plain = withoutCaptures(body);
      if (max === Infinity) {
        const rest: RegexpNode = { kind: 'repeat', body, min: 1, max, lazy };
        return { kind: 'sequence', items: [...Array.from({ length: min - 1 }, () => plain), rest] };
      }
      // x{min,max} = x{min − 1, max − 1} x, so that the last iteration is the copy with captures.
      const least = Math.max(min, 1) - 1;
      let optional: RegexpNode | undefined;
      for (let i = least; i < max - 1; i++) {
        const inner: RegexpNode = optional === undefined ? plain : group([plain, optional]);
        optional = { kind: 'repeat', body: inner, min: 0, max: 1, lazy };
      }
      const items = [
        ...Array.from({ length: least }, () => plain),
        ...(optional === undefined ? [] : [optional]),
        body,
      ];
      return min > 0 ? { kind: 'sequence', items } : { kind: 'repeat', body: group(items), min: 0, max: 1, lazy };
    }
  }
}

function group(items: readonly RegexpNode[]): RegexpNode {
  return { kind: 'group', open: '(?:', body: { kind: 'sequence', items } };
}

function size(node: RegexpNode): number {
  switch (node.kind) {
    case 'set':
    case 'raw':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + size(item), 1);
    case 'choice':
      return node.options.reduce((sum, option) => sum + size(option), 1);
    case 'group':
    case 'repeat':
      return size(node.body) + 1;
  }
}

function withoutCaptures(node: RegexpNode): RegexpNode {
  switch (node.kind) {
    case 'set':
    case 'raw':
      return node;
    case 'sequence':
      return { kind: 'sequence', items: node.items.map(withoutCaptures) };
    case 'choice':
      return { kind: 'choice', options: node.options.map(withoutCaptures) };
    case 'group': {
      const captures = node.open === '(' || /^\(\?<[A-Za-z_]/.test(node.open);
      return { kind: 'group', open: captures ? '(?:' : node.open, body: withoutCaptures(node.body) };
    }
    case 'repeat':
      return { ...node, body: withoutCaptures(node.body) };
  }
}
