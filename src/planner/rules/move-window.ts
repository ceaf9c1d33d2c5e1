import type { WindowAggregateNode } from '../logical/plan.ts';

/** The columns that say which window a row is in. */
export function windowReads({ window, timeColumn }: WindowAggregateNode): readonly number[] {
  if (window.kind === 'attached') return [window.startColumn, window.endColumn];
  return timeColumn < 0 ? [] : [timeColumn];
}

/** The same window over columns at other places. */
export function moveWindow(
  { window, timeColumn }: WindowAggregateNode,
  place: (column: number) => number,
): Pick<WindowAggregateNode, 'window' | 'timeColumn'> {
  if (window.kind === 'attached') {
    const [startColumn, endColumn] = [place(window.startColumn), place(window.endColumn)];
    return { window: { kind: 'attached', startColumn, endColumn }, timeColumn };
  }
  return { window, timeColumn: timeColumn < 0 ? timeColumn : place(timeColumn) };
}
