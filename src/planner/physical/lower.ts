import type { Expr } from '../../contracts/expression.ts';
import { InternalError, PlanError } from '../../errors/sluice-error.ts';
import type { CatalogTable } from '../catalog-table.ts';
import { entryOf } from '../catalog-table.ts';
import { conjunction, replaceColumns } from '../expr-tree.ts';
import type { JoinNode, LogicalNode, LogicalRoot, ScanNode } from '../logical/plan.ts';
import { sortForm, topNOf } from '../logical/rank.ts';
import { visit } from '../logical/tree.ts';
import { unboundedTable } from './bounded.ts';
import { changelogOf, isUpdating, needsBefore } from './changelog.ts';
import { decideSink } from './check-sink.ts';
import { checkCurrentWatermark } from './current-watermark.ts';
import { lowerAggregate } from './lower-aggregate.ts';
import { lowerCorrelate } from './lower-correlate.ts';
import { lowerJoin, narrowJoin, staysRegular } from './lower-join.ts';
import { lowerIntervalJoin, lowerLookupJoin, lowerTemporalJoin } from './lower-time-joins.ts';
import { normalizeChangelog } from './normalize-changelog.ts';
import { lowerSetOperation } from './lower-set-operation.ts';
import { lowerMatch } from './lower-match.ts';
import { lowerOver } from './lower-over.ts';
import { lowerRank, lowerTemporalSort } from './lower-rank.ts';
import { lowerWindowAggregate, lowerWindowJoin, lowerWindowRank, lowerWindowTable } from './lower-window.ts';
import { keyedExchange, type Lowerer, type LowerSettings } from './lowerer.ts';
import type { CalcExec, CollectExec, PhysicalNode, PhysicalPlan, RegularJoinExec, SinkExec } from './plan.ts';
import { shareScans, type SharedScan } from './scan-groups.ts';
import { isShareable, SharedNodes } from './shared-nodes.ts';

/**
 * Operators, exchanges before keyed state, changelog of every edge, one read per table.
 * @throws PlanError PLAN_CHANGELOG, PLAN_UNBOUNDED, PLAN_UNSUPPORTED
 */
export function lower(
  roots: readonly LogicalRoot[],
  settings: LowerSettings,
  warnings: readonly string[] = [],
): PhysicalPlan {
  for (const root of roots) visit(root, checkCurrentWatermark);
  const scans = shareScans(roots);
  const nodes = settings.reuse === true ? new SharedNodes() : undefined;
  const once = (): PhysicalPlan => lowerRoots(roots, { scans, normalized: new Map(), nodes }, settings, warnings);
  return nodes === undefined ? once() : nodes.lowered(once);
}

function lowerRoots(
  roots: readonly LogicalRoot[],
  shared: Shared,
  settings: LowerSettings,
  warnings: readonly string[],
): PhysicalPlan {
  const lines = [...warnings];
  const names = new Map<string, number>();
  const lowered = roots.map((root): SinkExec | CollectExec => {
    const wanted = root.kind === 'sink' ? root.table.name : 'collect';
    const count = (names.get(wanted) ?? 0) + 1;
    names.set(wanted, count);
    const lowering = new Lowering(count === 1 ? wanted : `${wanted}#${count}`, shared, settings);
    if (root.kind === 'collect') return lowering.collect(root);
    const decision = decideSink(root);
    if (decision.warning !== undefined && !lines.includes(decision.warning)) lines.push(decision.warning);
    return lowering.sink(root, decision);
  });
  return { roots: lowered, warnings: lines };
}

/** What the roots of one job have in common. */
interface Shared {
  readonly scans: ReadonlyMap<CatalogTable, SharedScan>;
  /** Reads behind a normalization, which is shared as well. */
  readonly normalized: Map<CatalogTable, PhysicalNode>;
  /** Undefined: every reader has operators of its own. */
  readonly nodes: SharedNodes | undefined;
}

/**
 * Ids are `<sink>/<kind>-<n>`, n counting the operators of that kind from the sink upwards: filters and projections may
 * come and go without moving the id of an operator that has state.
 */
class Lowering implements Lowerer {
  readonly settings: LowerSettings;
  readonly #root: string;
  readonly #shared: Shared;
  readonly #counts = new Map<string, number>();

  constructor(root: string, shared: Shared, settings: LowerSettings) {
    this.#root = root;
    this.#shared = shared;
    this.settings = settings;
  }

  collect(root: Extract<LogicalRoot, { kind: 'collect' }>): CollectExec {
    const input = this.lower(root.input, true);
    return { kind: 'collect', id: this.#root, input, schema: root.schema, changelog: input.changelog, span: root.span };
  }

  sink(root: Extract<LogicalRoot, { kind: 'sink' }>, decision: ReturnType<typeof decideSink>): SinkExec {
    const entry = entryOf(root.table);
    if (entry === undefined) throw new InternalError(`table "${root.table.name}" has no connector to write with`);
    const input = this.lower(root.input, decision.before);
    return {
      kind: 'sink',
      id: `${this.#root}/sink`,
      input,
      table: root.table.descriptor,
      entry,
      dropRetractions: decision.dropRetractions,
      rules: root.rules,
      schema: root.schema,
      changelog: input.changelog,
      span: root.span,
    };
  }

  id(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${this.#root}/${kind}-${count}`;
  }

  lower(node: LogicalNode, before: boolean): PhysicalNode {
    const { nodes } = this.#shared;
    const own = nodes === undefined || !isShareable(node) || (node.kind === 'join' && staysRegular(node));
    if (own) return this.#lowerNode(node, before);
    return nodes.once(node, { before }, this.#counts, (all) => this.#lowerNode(node, all)).exec;
  }

  join(
    node: JoinNode,
    columns: readonly number[],
    make: (wanted: readonly number[]) => RegularJoinExec,
  ): { readonly exec: RegularJoinExec; readonly wanted: readonly number[] } {
    const { nodes } = this.#shared;
    if (nodes === undefined) return { exec: make(columns), wanted: columns };
    const { exec, columns: wanted } = nodes.once(node, { before: true, columns }, this.#counts, (_, all) => make(all));
    return { exec, wanted };
  }

  #lowerNode(node: LogicalNode, before: boolean): PhysicalNode {
    const { schema, span } = node;
    switch (node.kind) {
      case 'scan':
        return this.#scan(node, before);
      case 'values': {
        const rows = node.rows.map((row) => row.map((one) => one.value));
        return { kind: 'values', id: this.id('values'), rows, schema, changelog: 'insert-only', span };
      }
      case 'filter':
      case 'project':
        return this.#calc(node, before);
      case 'aggregate':
        return lowerAggregate(node, before, this);
      case 'window-aggregate':
        return lowerWindowAggregate(node, before, this);
      case 'window-rank':
        return lowerWindowRank(node, this);
      case 'window-table':
        return lowerWindowTable(node, before, this);
      case 'expand': {
        const id = this.id('expand');
        const input = this.lower(node.input, before);
        return { kind: 'expand', id, input, nulled: node.nulled, schema, changelog: input.changelog, span };
      }
      case 'correlate':
        return lowerCorrelate(node, before, this);
      case 'union': {
        const id = this.id('union');
        const inputs = node.inputs.map((one) => this.lower(one, true));
        return { kind: 'union', id, inputs, schema, changelog: changelogOf(isUpdating(node), true), span };
      }
      case 'set-operation':
        return lowerSetOperation(node, this);
      case 'join':
        return lowerWindowJoin(node, this) ?? lowerIntervalJoin(node, this) ?? lowerJoin(node, this);
      case 'lookup-join':
        return lowerLookupJoin(node, before, this);
      case 'temporal-join':
        return lowerTemporalJoin(node, this);
      case 'match':
        return lowerMatch(node, this);
      case 'over':
        return lowerOver(node, this);
      case 'rank':
        return lowerRank(node, before, this);
      case 'sort': {
        const form = sortForm(node, isUpdating(node.input));
        if (form === 'temporal') return lowerTemporalSort(node, this);
        if (form === 'rank') return lowerRank(topNOf(node), before, this);
        const endless = unboundedTable(node.input);
        if (endless !== undefined && (node.keys.length > 0 || isUpdating(node.input))) throw neverSorted(node, endless);
        const id = this.id('sort-limit');
        const input = keyedExchange(this.lower(node.input, true), [], id);
        const { keys, limit, offset } = node;
        return { kind: 'sort-limit', id, input, keys, limit, offset, schema, changelog: 'insert-only', span };
      }
      case 'sink':
      case 'collect':
        throw new InternalError(`a ${node.kind} stands inside a plan`);
    }
  }

  #scan(node: ScanNode, before: boolean): PhysicalNode {
    const { exec, filters, columns } = this.#read(node, before);
    if (columns === undefined && filters.length === 0) return exec;
    return {
      kind: 'calc',
      id: this.id('calc'),
      input: exec,
      filter: conjunction(filters),
      projection: columns,
      schema: node.schema,
      changelog: exec.changelog,
      span: node.span,
    };
  }

  /** What one user takes from the read of a table; `columns` undefined: all, in their order. */
  #read(
    node: ScanNode,
    before: boolean,
  ): { readonly exec: PhysicalNode; readonly filters: readonly Expr[]; readonly columns: readonly Expr[] | undefined } {
    const shared = this.#shared.scans.get(node.table);
    if (shared === undefined) throw new InternalError(`table "${node.table.name}" was not collected`);
    const exec = before ? this.#normalized(node, shared) : shared.exec;
    const { columns, filters } = shared.use(node);
    const all = columns.length === exec.schema.fields.length && columns.every((at, i) => at === i);
    return {
      exec,
      filters,
      columns: all ? undefined : columns.map((index) => ({ kind: 'column', index, ...named(exec, index) })),
    };
  }

  /** The read of a table that also sends the old rows of its updates. */
  #normalized(node: ScanNode, shared: SharedScan): PhysicalNode {
    if (shared.exec.changelog !== 'upsert') return shared.exec;
    const known = this.#shared.normalized.get(node.table);
    if (known !== undefined) return known;
    const made = normalizeChangelog(node, shared, this.settings);
    this.#shared.normalized.set(node.table, made);
    return made;
  }

  /** Filter and projection above it in one operator, together with what is left to do of a shared read. */
  #calc(node: Extract<LogicalNode, { kind: 'filter' | 'project' }>, before: boolean): CalcExec {
    const id = this.id('calc');
    const below = node.kind === 'project' && node.input.kind === 'filter' ? node.input : node;
    const needs = isUpdating(below.input) && needsBefore(below, needsBefore(node, before));
    const read =
      below.input.kind === 'scan'
        ? this.#read(below.input, needs)
        : node.kind === 'project' && below.input.kind === 'join'
          ? narrowJoin(below.input, below.kind === 'filter' ? [...node.exprs, below.condition] : node.exprs, this)
          : undefined;
    const input = read?.exec ?? this.lower(below.input, needs);
    const columns = read?.columns;
    const place = (expr: Expr): Expr =>
      columns === undefined ? expr : replaceColumns(expr, (index) => columns[index]!);
    const conditions = [...(read?.filters ?? []), ...(below.kind === 'filter' ? [place(below.condition)] : [])];
    return {
      kind: 'calc',
      id,
      input,
      filter: conjunction(conditions),
      projection: node.kind === 'project' ? node.exprs.map(place) : columns,
      schema: node.schema,
      changelog: input.changelog,
      span: node.span,
    };
  }
}

function named(exec: PhysicalNode, index: number): { readonly name: string; readonly type: Expr['type'] } {
  const { name, type } = exec.schema.fields[index]!;
  return { name, type };
}

function neverSorted(node: Extract<LogicalNode, { kind: 'sort' }>, table: string): PlanError {
  const what = node.keys.length > 0 ? 'ORDER BY' : 'OFFSET';
  return new PlanError('PLAN_UNBOUNDED', `${what} needs an end and table "${table}" is read without one`, {
    span: node.span,
    hint: "Order by a time attribute, add LIMIT for the first rows, or make the read end (for SLS: stopTime = '…').",
  });
}
