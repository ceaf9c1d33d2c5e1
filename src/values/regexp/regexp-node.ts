import type { CharSet } from './char-set.ts';

/** A Java regular expression as a tree, flags already applied to its characters. */
export type RegexpNode =
  | { readonly kind: 'set'; readonly set: CharSet }
  /** Text that goes to JavaScript as it is: `^`, `\b`, `\1`. */
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'sequence'; readonly items: readonly RegexpNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexpNode[] }
  /** `open` is `(?:`, `(`, `(?<name>`, `(?=` … */
  | { readonly kind: 'group'; readonly open: string; readonly body: RegexpNode }
  | {
      readonly kind: 'repeat';
      readonly body: RegexpNode;
      readonly min: number;
      /** Infinity: no limit. */
      readonly max: number;
      readonly lazy: boolean;
    };

export interface ParsedRegexp {
  readonly root: RegexpNode;
  /** `(?m)` somewhere. */
  readonly multiline: boolean;
}
