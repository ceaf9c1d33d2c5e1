import type { Span } from '../../errors/span.ts';
import { TIMESTAMP } from '../../types/sql-type.ts';
import type { TimeAttribute } from '../catalog-table.ts';
import type { AssignedWindow, AttachedWindow } from '../physical/plan.ts';
import type { LogicalField, LogicalNode, WindowAttribute, WindowTableNode } from './plan.ts';

export interface WindowTableParts {
  readonly window: AssignedWindow;
  readonly processingTime: boolean;
  readonly timeColumn: number;
  readonly partition: readonly number[];
  readonly span?: Span | undefined;
}

/** Rows of `input` with their windows. */
export function windowTable(input: LogicalNode, parts: WindowTableParts): WindowTableNode {
  const time: TimeAttribute = parts.processingTime ? 'proctime' : 'rowtime';
  const { window } = parts;
  const bound = (property: WindowAttribute['property']): LogicalField => ({
    name: `window_${property}`,
    type: TIMESTAMP,
    nullable: false,
    time: property === 'time' ? time : undefined,
    window: { property, window, time },
  });
  const fields = [...input.schema.fields, bound('start'), bound('end'), bound('time')];
  return { kind: 'window-table', input, ...parts, schema: { fields } };
}

/** Two windows are the same when rows of one time are in the same windows of both. */
export function windowKey({ window, time }: WindowAttribute): string {
  return `${time} ${JSON.stringify(Object.entries(window).sort())}`;
}

/** What columns at one place of several inputs are of one window. */
export function commonWindow(fields: readonly LogicalField[]): WindowAttribute | undefined {
  const window = fields[0]?.window;
  if (window === undefined) return undefined;
  const same = fields.every(
    (one) => one.window?.property === window.property && windowKey(one.window) === windowKey(window),
  );
  return same ? window : undefined;
}

export interface WindowColumns extends AttachedWindow {
  readonly attribute: WindowAttribute;
}

/** The start and the end of one window among these columns. */
export function windowColumns(columns: readonly number[], fields: readonly LogicalField[]): WindowColumns | undefined {
  for (const endColumn of columns) {
    const attribute = fields[endColumn]?.window;
    if (attribute?.property !== 'end') continue;
    const startColumn = columns.find((column) => {
      const other = fields[column]?.window;
      return other?.property === 'start' && windowKey(other) === windowKey(attribute);
    });
    if (startColumn !== undefined) return { kind: 'attached', startColumn, endColumn, attribute };
  }
  return undefined;
}
