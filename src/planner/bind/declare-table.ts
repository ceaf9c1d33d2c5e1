import type { ConnectorEntry, TableDescriptor } from '../../contracts/connector.ts';
import { parseOptions, type GivenOption } from '../../contracts/options.ts';
import { ConnectorError, PlanError } from '../../errors/sluice-error.ts';
import type { SourceText, Span } from '../../errors/span.ts';
import { suggest } from '../../errors/suggest.ts';
import type { CreateTable, PhysicalColumn, WatermarkElement } from '../../parser/ast/create-table.ts';
import type { Expression, Identifier } from '../../parser/ast/expression.ts';
import { typeName } from '../../types/sql-type.ts';
import { zoneHint, zoneId } from '../../types/zone-id.ts';
import type { CatalogColumn, CatalogLookup, CatalogTable } from '../catalog-table.ts';
import type { Session } from '../session.ts';
import { typeFromName } from '../type-from-name.ts';
import { bindContext } from './bind-context.ts';
import { bindInterval } from './interval.ts';
import { placeErrors } from './place-error.ts';
import { checkRowtimePrecision } from './rowtime-precision.ts';
import { physicalColumns, tableColumns, type DeclaredColumn } from './table-columns.ts';

/**
 * CREATE TABLE as an entry of the catalog: types, computed columns, watermark and options checked.
 * @throws PlanError, TypeMismatchError, ConnectorError at the place of the mistake
 */
export function declareTable(
  name: string,
  statement: CreateTable,
  catalog: CatalogLookup,
  place: { readonly session: Session; readonly source?: SourceText | undefined },
): CatalogTable {
  const span = statement.name.at(-1)?.span ?? statement.span;
  const context = bindContext(catalog, place.session);
  const declared = statement.elements.flatMap((one): DeclaredColumn[] => {
    if (one.kind === 'computed-column') {
      return [{ kind: 'computed', name: one.name.name, expression: one.expression, span: one.name.span }];
    }
    return one.kind === 'physical-column' ? [physicalColumn(one)] : [];
  });
  const watermarks = statement.elements.filter((one) => one.kind === 'watermark');
  if (watermarks.length > 1) {
    throw new PlanError('PLAN_DDL', `table "${name}" has two watermarks`, { span: watermarks[1]?.span });
  }
  const [watermark] = watermarks;
  const columns = tableColumns(declared, { table: name, context, rowtime: watermark?.column.name });
  const { entry, given, timeZone } = connectorOf(name, statement, catalog, span);
  checkPartitions(statement, entry);
  declared.forEach((one) => checkHeader(one, entry));
  const physical = physicalColumns(declared);
  const descriptor: TableDescriptor = {
    name,
    columns: physical,
    primaryKey: primaryKeyOf(name, statement, columns),
    options: placeErrors(span, place.source, () =>
      parseOptions(entry.optionsFor?.(given, physical) ?? entry.options, given, {
        connector: entry.name,
        tableSpan: span,
      }),
    ),
    timeZone: timeZone ?? context.call.timeZone,
    compatibility: context.call.compatibility,
  };
  return {
    kind: 'table',
    name,
    columns,
    descriptor,
    from: { kind: 'connector', entry },
    watermark: watermark === undefined ? undefined : watermarkOf(watermark, name, columns),
    changelog: 'insert-only',
    bounded: placeErrors(span, place.source, () => entry.bounded?.(descriptor.options) ?? false),
    dimension: statement.elements.some((one) => one.kind === 'period'),
    indexes: statement.elements.flatMap((one) => {
      if (one.kind !== 'index' && one.kind !== 'unique') return [];
      const unique = one.kind === 'unique' || one.unique;
      return [{ columns: one.columns.map((column) => findColumn(column, name, columns).name), unique }];
    }),
    statement,
    span,
    source: place.source,
  };
}

function physicalColumn(one: PhysicalColumn): DeclaredColumn {
  const { headerKey, name } = one;
  const type = typeFromName(one.type, 'table');
  const attribute = headerKey?.value === name.name ? undefined : headerKey?.value;
  const column = { name: name.name, type, nullable: !one.notNull, header: one.header, ...(attribute && { attribute }) };
  return { kind: one.header ? 'header' : 'physical', column, span: name.span };
}

/** Whether the connector has this attribute of a record, in this type. */
function checkHeader(one: DeclaredColumn, entry: ConnectorEntry): void {
  if (one.kind !== 'header') return;
  const { type } = one.column;
  const name = one.column.attribute ?? one.column.name;
  const known = entry.header?.(name);
  if (known === undefined) {
    throw new PlanError('PLAN_DDL', `connector "${entry.name}" has no HEADER column "${name}"`, {
      span: one.span,
      hint: 'HEADER marks an attribute of the record; a column of its content is declared without it.',
    });
  }
  if (known.types.includes(type.kind)) return;
  throw new PlanError('PLAN_DDL', `HEADER column "${name}" of connector "${entry.name}" cannot be ${typeName(type)}`, {
    span: one.span,
    hint: `Declare it as ${known.types.map((kind) => kind.toUpperCase()).join(' or ')}.`,
  });
}

function checkPartitions({ partitionedBy }: CreateTable, entry: ConnectorEntry): void {
  if (partitionedBy === undefined) return;
  throw new PlanError('PLAN_DDL', `tables of connector "${entry.name}" have no partitions`, {
    span: partitionedBy.span,
    hint: 'Leave PARTITIONED BY out: the columns are columns like others.',
  });
}

interface Connected {
  readonly entry: ConnectorEntry;
  readonly given: readonly GivenOption[];
  readonly timeZone: string | undefined;
}

/** `type` (Blink) or `connector` (Flink) names the connector; `timeZone` is taken by every table. */
function connectorOf(table: string, statement: CreateTable, catalog: CatalogLookup, span: Span): Connected {
  const all = catalog.connectors.names().join(', ');
  const named = statement.options.find((one) => /^(type|connector)$/i.test(one.key));
  if (named === undefined) {
    throw new PlanError('PLAN_DDL', `table "${table}" names no connector`, {
      span,
      hint: `Add WITH (type = '…').  Connectors: ${all}.`,
    });
  }
  const again = statement.options.find((one) => one !== named && one.key.toLowerCase() === named.key.toLowerCase());
  if (again !== undefined) {
    throw new ConnectorError('CONNECTOR_OPTION_VALUE', `option "${again.key}" is given twice`, { span: again.keySpan });
  }
  const wanted = named.value.value.trim();
  const entry = catalog.connectors.connector(wanted.toLowerCase());
  if (entry === undefined) {
    const close = suggest(wanted, catalog.connectors.names());
    throw new ConnectorError('CONNECTOR_UNKNOWN', `connector "${wanted}" does not exist`, {
      span: named.value.span,
      hint:
        close === undefined
          ? `Connectors: ${all}.  To try the job, read from 'file' or 'random' and write to 'print'.`
          : `Did you mean "${close}"?  Connectors: ${all}.`,
    });
  }
  const rest = statement.options.filter((one) => one !== named);
  const zone = rest.find((one) => one.key.toLowerCase() === 'timezone');
  if (zone !== undefined && zoneId(zone.value.value) === undefined) {
    throw new ConnectorError('CONNECTOR_OPTION_VALUE', `time zone "${zone.value.value}" does not exist`, {
      span: zone.value.span,
      hint: zoneHint(zone.value.value),
    });
  }
  const knowsZone = Object.keys(entry.options).some((one) => one.toLowerCase() === 'timezone');
  const given = rest
    .filter((one) => one !== zone || knowsZone)
    .map((one) => ({ key: one.key, value: one.value.value, keySpan: one.keySpan, valueSpan: one.value.span }));
  return { entry, given, timeZone: zone?.value.value };
}

function primaryKeyOf(table: string, statement: CreateTable, columns: readonly CatalogColumn[]): readonly string[] {
  const keys = statement.elements.flatMap((one): { columns: readonly Identifier[]; span: Span }[] => {
    if (one.kind === 'primary-key') return [one];
    return one.kind === 'physical-column' && one.primaryKey ? [{ columns: [one.name], span: one.name.span }] : [];
  });
  if (keys.length > 1)
    throw new PlanError('PLAN_DDL', `table "${table}" has two primary keys`, { span: keys[1]!.span });
  return (keys[0]?.columns ?? []).map((one) => findColumn(one, table, columns).name);
}

function findColumn(name: Identifier, table: string, columns: readonly CatalogColumn[]): CatalogColumn {
  const found = columns.find((one) => one.name.toLowerCase() === name.name.toLowerCase());
  if (found !== undefined) return found;
  const names = columns.map((one) => one.name);
  const close = suggest(name.name, names);
  throw new PlanError('PLAN_UNKNOWN_COLUMN', `column "${name.name}" does not exist in table "${table}"`, {
    span: name.span,
    hint: close === undefined ? `Columns: ${names.join(', ')}.` : `Did you mean "${close}"?`,
  });
}

function watermarkOf(
  node: WatermarkElement,
  table: string,
  columns: readonly CatalogColumn[],
): CatalogTable['watermark'] {
  const column = findColumn(node.column, table, columns);
  if (column.type.kind !== 'timestamp') {
    throw new PlanError(
      'PLAN_DDL',
      `the watermark column "${column.name}" is ${typeName(column.type)}, not TIMESTAMP`,
      {
        span: node.column.span,
        hint: `Compute one: ts AS TO_TIMESTAMP(${column.name}), in epoch milliseconds, and use WATERMARK FOR ts.`,
      },
    );
  }
  checkRowtimePrecision(column, node.column.span);
  const { strategy } = node;
  if (strategy.kind === 'with-offset' && strategy.column.name.toLowerCase() !== column.name.toLowerCase()) {
    throw new PlanError('PLAN_DDL', `withOffset takes the watermark column "${column.name}"`, {
      span: strategy.column.span,
    });
  }
  const delayMs =
    strategy.kind === 'with-offset' ? Number(strategy.offsetMs.text) : delayOf(strategy.expression, column);
  if (delayMs === undefined || !(delayMs >= 0)) {
    throw new PlanError('PLAN_DDL', 'a watermark is its column minus a constant interval', {
      span: strategy.span,
      hint: `Write withOffset(${column.name}, 4000) or ${column.name} - INTERVAL '4' SECOND.`,
    });
  }
  return { column: columns.indexOf(column), delayMs };
}

/** `ts` and `ts - INTERVAL …`. */
function delayOf(node: Expression, column: CatalogColumn): number | undefined {
  const isColumn = (one: Expression): boolean =>
    one.kind === 'column-ref' &&
    one.parts.length === 1 &&
    one.parts[0]?.name.toLowerCase() === column.name.toLowerCase();
  if (isColumn(node)) return 0;
  if (node.kind !== 'binary' || node.operator !== '-' || !isColumn(node.left) || node.right.kind !== 'interval') {
    return undefined;
  }
  const interval = bindInterval(node.right);
  if (interval.type.kind !== 'interval-day') return undefined;
  return Number(interval.value);
}
