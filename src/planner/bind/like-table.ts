import { PlanError } from '../../errors/sluice-error.ts';
import type { CreateTable, LikeClause, LikePart, LikeRule, TableElement } from '../../parser/ast/create-table.ts';
import type { CatalogEntry } from '../catalog-table.ts';
import { movedTo } from './syntax-tree.ts';

type Strategy = LikeRule['strategy'];

/**
 * `CREATE TABLE … LIKE t` as a declaration of its own: the elements of the other table, then its own.
 * @param found what the clause names
 * @throws PlanError PLAN_DDL, PLAN_UNSUPPORTED
 */
export function likeTable(statement: CreateTable, like: LikeClause, found: CatalogEntry): CreateTable {
  const span = like.table.at(-1)?.span ?? like.span;
  if (found.kind === 'view' || found.statement === undefined) {
    const what = found.kind === 'view' ? 'a view' : 'registered by the program';
    throw new PlanError('PLAN_DDL', `"${found.name}" is ${what}: there is no declaration to take over`, {
      span,
      hint: 'Write CREATE TABLE … AS SELECT … for its columns.',
    });
  }
  const base = movedTo(found.statement, span);
  const strategy = strategies(like);
  const kept = base.elements.filter((one) => isKept(one, statement, strategy));
  const hasOwn = statement.options.length > 0;
  return {
    ...statement,
    elements: [...kept, ...statement.elements],
    comment: statement.comment ?? base.comment,
    partitionedBy: statement.partitionedBy ?? (strategy('partitions') === 'excluding' ? undefined : base.partitionedBy),
    options: strategy('options') === 'excluding' ? statement.options : mergedOptions(statement, base, strategy, hasOwn),
    like: undefined,
  };
}

/** Flink: INCLUDING ALL OVERWRITING OPTIONS where nothing else is written. */
function strategies(like: LikeClause): (part: LikePart) => Strategy {
  const all = like.rules.find((one) => one.part === 'all')?.strategy ?? 'including';
  const own = new Map<LikePart, Strategy>();
  for (const rule of like.rules) {
    if (own.has(rule.part)) {
      throw new PlanError('PLAN_DDL', `LIKE says twice what becomes of ${rule.part.toUpperCase()}`, {
        span: rule.span,
      });
    }
    own.set(rule.part, rule.strategy);
  }
  return (part) => own.get(part) ?? (part === 'options' && all === 'including' ? 'overwriting' : all);
}

function isKept(element: TableElement, statement: CreateTable, strategy: (part: LikePart) => Strategy): boolean {
  switch (element.kind) {
    case 'physical-column':
      return !element.header || keeps('metadata', sameName(element.name.name));
    case 'computed-column':
      return keeps('generated', sameName(element.name.name));
    case 'watermark':
      return keeps('watermarks', (one) => one.kind === 'watermark');
    case 'primary-key':
      return keeps('constraints', (one) => one.kind === 'primary-key');
    case 'unique':
    case 'index':
    case 'period':
      return strategy('constraints') !== 'excluding';
    case 'column-name':
      return false;
  }

  function keeps(part: LikePart, isSame: (one: TableElement) => boolean): boolean {
    const how = strategy(part);
    return how === 'including' || (how === 'overwriting' && !statement.elements.some(isSame));
  }
}

function sameName(name: string): (one: TableElement) => boolean {
  return (one) =>
    (one.kind === 'physical-column' || one.kind === 'computed-column') &&
    one.name.name.toLowerCase() === name.toLowerCase();
}

/** Those of the other table, each replaced by the own one of its name. */
function mergedOptions(
  statement: CreateTable,
  base: CreateTable,
  strategy: (part: LikePart) => Strategy,
  hasOwn: boolean,
): CreateTable['options'] {
  if (!hasOwn) return base.options;
  const own = new Map(statement.options.map((one) => [optionKey(one.key), one]));
  const again = statement.options.find((one) => base.options.some((old) => optionKey(old.key) === optionKey(one.key)));
  if (strategy('options') === 'including' && again !== undefined) {
    throw new PlanError('PLAN_DDL', `option "${again.key}" is given by the other table too`, {
      span: again.keySpan,
      hint: 'Write OVERWRITING OPTIONS, or leave it out.',
    });
  }
  return [...base.options.filter((one) => !own.has(optionKey(one.key))), ...statement.options];
}

/** Options are compared without case; `connector` is Flink's name of `type`. */
export function optionKey(key: string): string {
  const lower = key.toLowerCase();
  return lower === 'connector' ? 'type' : lower;
}
