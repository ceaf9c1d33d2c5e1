import type { ConnectorContext, ConnectorEntry, GroupAdmin, GroupPosition } from '../contracts/connector.ts';
import { encodeUtf8 } from '../columnar/byte-slice.ts';
import { PlanError, SluiceError } from '../errors/sluice-error.ts';
import type { SourceText } from '../errors/span.ts';
import type { ConsumerGroupStatement, ResetPosition } from '../parser/ast/consumer-group.ts';
import type { Statement } from '../parser/ast/statements.ts';
import type { Catalog } from '../planner/catalog.ts';
import { entryOf, type CatalogTable } from '../planner/catalog-table.ts';
import type { Session } from '../planner/session.ts';
import { MAX_TIMESTAMP_BYTES, writeLocalTimestamp } from '../values/format-temporal.ts';
import { parseTimestamp } from '../values/parse-temporal.ts';
import { timeZone, type Zone } from '../values/zone.ts';
import type { StatementResult } from './api.ts';
import { rowsResult } from './rows-result.ts';

export interface GroupContext {
  readonly catalog: Catalog;
  readonly session: Session;
  readonly warn: (line: string) => void;
}

export function isGroupStatement(statement: Statement): statement is ConsumerGroupStatement {
  return /-consumer-groups?$/.test(statement.kind);
}

/** Everything that can be said about the statement without asking the system. */
export function checkGroups(statement: ConsumerGroupStatement, context: Omit<GroupContext, 'warn'>): StatementResult {
  tableOf(statement, context.catalog);
  if (statement.kind === 'alter-consumer-group') positionOf(statement.position, zoneOf(context.session));
  return { kind: 'text', message: '' };
}

/** Asks the system behind the table. @throws SluiceError, also of the connector; it carries the source */
export async function consumerGroups(
  statement: ConsumerGroupStatement,
  context: GroupContext,
  source: SourceText,
): Promise<StatementResult> {
  try {
    const { table, entry } = tableOf(statement, context.catalog);
    const zone = zoneOf(context.session);
    const module = await entry.load();
    if (module.admin === undefined) throw noGroups(entry.name, statement);
    const admin = module.admin(connectorContext(table, context.warn));
    try {
      return await answer(statement, admin, zone);
    } finally {
      await admin.close();
    }
  } catch (error) {
    if (error instanceof SluiceError) error.withSource(source);
    throw error;
  }
}

async function answer(statement: ConsumerGroupStatement, admin: GroupAdmin, zone: Zone): Promise<StatementResult> {
  switch (statement.kind) {
    case 'show-consumer-groups':
      return rowsResult(
        ['group', 'order', 'timeout_s', 'shards with progress', 'consumers'],
        (await admin.list()).map((one) => [
          one.name,
          one.ordered ? 'yes' : 'no',
          String(one.timeoutMs / 1000),
          `${one.splitsWithProgress} of ${one.splits}`,
          one.readers.join(', '),
        ]),
      );
    case 'describe-consumer-group':
      return rowsResult(
        ['shard', 'status', 'checkpoint', 'consumer', 'updated', 'behind'],
        (await admin.describe(statement.group.name)).map((one) => [
          one.name,
          one.status,
          one.position ?? null,
          one.reader ?? null,
          one.updatedMs === undefined ? null : timeText(one.updatedMs, zone),
          one.behind?.toString() ?? null,
        ]),
      );
    case 'alter-consumer-group': {
      const { group, position } = statement;
      const count = await admin.reset(group.name, positionOf(position, zone));
      const where = position.kind === 'time' ? position.value : `the ${position.kind}`;
      const shards = count === 1 ? '1 shard' : `${count} shards`;
      return { kind: 'text', message: `consumer group "${group.name}" reset to ${where} in ${shards}` };
    }
  }
}

function tableOf(
  statement: ConsumerGroupStatement,
  catalog: Catalog,
): { readonly table: CatalogTable; readonly entry: ConnectorEntry } {
  const span = statement.table.at(-1)?.span ?? statement.span;
  const found = catalog.resolve(statement.table, span);
  if (found.kind === 'view') {
    throw new PlanError('PLAN_UNSUPPORTED', `"${found.name}" is a view and has no consumer groups`, {
      span,
      hint: 'Name the table that the view reads.',
    });
  }
  const entry = entryOf(found);
  if (entry === undefined) {
    throw new PlanError('PLAN_UNSUPPORTED', `table "${found.name}" has no connector, so no consumer groups`, { span });
  }
  return { table: found, entry };
}

function noGroups(connector: string, statement: ConsumerGroupStatement): PlanError {
  const span = statement.table.at(-1)?.span ?? statement.span;
  return new PlanError('PLAN_UNSUPPORTED', `connector "${connector}" has no consumer groups`, {
    span,
    hint: "Name a table of type = 'sls'.",
  });
}

function positionOf(position: ResetPosition, zone: Zone): GroupPosition {
  if (position.kind !== 'time') return position.kind;
  if (/^\d{9,11}$/.test(position.value)) return { fromMs: Number(position.value) * 1000 };
  const bytes = encodeUtf8(position.value);
  const fromMs = parseTimestamp(bytes, 0, bytes.length, zone);
  if (fromMs === null || !Number.isFinite(fromMs)) {
    throw new PlanError('VALUE_INVALID', `"${position.value}" is no time`, {
      span: position.span,
      hint: "Write '2024-05-01 00:00:00', in the session zone, or epoch seconds.",
    });
  }
  return { fromMs };
}

function zoneOf(session: Session): Zone {
  return timeZone(session.functionContext().timeZone);
}

function timeText(epochMs: number, zone: Zone): string {
  const bytes = new Uint8Array(MAX_TIMESTAMP_BYTES);
  const end = writeLocalTimestamp(bytes, 0, zone.toLocal(Math.floor(epochMs)), 3);
  return new TextDecoder().decode(bytes.subarray(0, end));
}

function connectorContext(table: CatalogTable, warn: (line: string) => void): ConnectorContext {
  return {
    table: table.descriptor,
    // Nobody reads the numbers of one statement.
    metrics: { counter: () => ({ value: 0, add: () => undefined }), gauge: () => undefined },
    now: () => Date.now(),
    signal: new AbortController().signal,
    warn,
  };
}
