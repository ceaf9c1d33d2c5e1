import type { ModelRow, Path } from './match-model.ts';

/** A pattern by the rules of the SQL standard. */
export type ModelTree =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'sequence' | 'choice' | 'permute'; readonly parts: readonly ModelTree[] }
  | {
      readonly kind: 'repeat';
      readonly part: ModelTree;
      readonly least: number;
      readonly most: number;
      readonly reluctant: boolean;
    };

interface TreeMatch {
  readonly tree: ModelTree;
  readonly condition: (name: string, path: Path, row: ModelRow) => boolean;
  readonly withinMs: number | undefined;
}

/** Every way through a pattern from one row, the preferred one first, by plain backtracking. */
function* ways(tree: ModelTree, path: Path, rows: readonly ModelRow[], match: TreeMatch): Generator<Path> {
  switch (tree.kind) {
    case 'variable': {
      const row = rows[path.length];
      if (row !== undefined && match.condition(tree.name, path, row)) yield [...path, { name: tree.name, row }];
      return;
    }
    case 'sequence': {
      const [first, ...rest] = tree.parts;
      if (first === undefined) yield path;
      else {
        for (const one of ways(first, path, rows, match)) {
          yield* ways({ kind: 'sequence', parts: rest }, one, rows, match);
        }
      }
      return;
    }
    case 'choice':
      for (const part of tree.parts) yield* ways(part, path, rows, match);
      return;
    case 'permute':
      if (tree.parts.length === 0) yield path;
      for (const [i, first] of tree.parts.entries()) {
        const rest: ModelTree = { kind: 'permute', parts: tree.parts.filter((_, j) => j !== i) };
        for (const one of ways(first, path, rows, match)) yield* ways(rest, one, rows, match);
      }
      return;
    case 'repeat': {
      const { part, least, most, reluctant } = tree;
      const again = function* (): Generator<Path> {
        if (most === 0) return;
        const fewer: ModelTree = { ...tree, least: Math.max(0, least - 1), most: most - 1 };
        for (const one of ways(part, path, rows, match)) {
          // A repetition without rows leads nowhere.
          if (one.length > path.length) yield* ways(fewer, one, rows, match);
        }
      };
      if (least > 0) yield* again();
      else if (reluctant) {
        yield path;
        yield* again();
      } else {
        yield* again();
        yield path;
      }
      return;
    }
  }
}

/** The matches of one partition. */
export function treeMatches(rows: readonly ModelRow[], match: TreeMatch, skip: 'next' | 'past'): readonly Path[] {
  const matches: Path[] = [];
  for (let start = 0; start < rows.length;) {
    const end = rows.findIndex((one, i) => i > start && one.ms - rows[start]!.ms >= (match.withinMs ?? Infinity));
    const [path] = ways(match.tree, [], rows.slice(start, end < 0 ? undefined : end), match);
    if (path === undefined) start++;
    else {
      matches.push(path);
      start = skip === 'next' ? start + 1 : start + path.length;
    }
  }
  return matches;
}
