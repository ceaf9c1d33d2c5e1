import type { Span } from '../../errors/span.ts';
import type { TableElement, WithOption } from './create-table.ts';
import type { Identifier } from './expression.ts';
import type { Query } from './query.ts';

/** An element with its place: `a INT FIRST`, `a INT AFTER b`; undefined: behind the others, or where it was. */
export interface PlacedElement {
  readonly element: TableElement;
  readonly position: 'first' | { readonly after: Identifier } | undefined;
}

/** A key of WITH without its value. */
export interface OptionKey {
  readonly key: string;
  readonly span: Span;
}

export type AlterTableAction =
  | { readonly kind: 'rename'; readonly to: readonly Identifier[] }
  | { readonly kind: 'rename-column'; readonly column: Identifier; readonly to: Identifier }
  | { readonly kind: 'set'; readonly options: readonly WithOption[] }
  | { readonly kind: 'reset'; readonly keys: readonly OptionKey[] }
  | { readonly kind: 'add' | 'modify'; readonly elements: readonly PlacedElement[] }
  | { readonly kind: 'drop-columns'; readonly columns: readonly Identifier[] }
  | { readonly kind: 'drop-watermark' }
  | { readonly kind: 'drop-key'; /** `DROP CONSTRAINT name`. */ readonly name: Identifier | undefined };

/** `ALTER TABLE t …`: another declaration of the same name. */
export interface AlterTable {
  readonly kind: 'alter-table';
  readonly name: readonly Identifier[];
  readonly ifExists: boolean;
  readonly action: AlterTableAction;
  readonly span: Span;
}

/** `ALTER VIEW v RENAME TO w`, `ALTER VIEW v AS query`. */
export interface AlterView {
  readonly kind: 'alter-view';
  readonly name: readonly Identifier[];
  readonly action:
    { readonly kind: 'rename'; readonly to: readonly Identifier[] } | { readonly kind: 'query'; readonly query: Query };
  readonly span: Span;
}
