import type { LogicalNode } from '../logical/plan.ts';

/** Whether a node keeps rows, looks them up or calls for them: what costs more than to hand its rows to one more reader. */
export function keepsState(node: LogicalNode): boolean {
  switch (node.kind) {
    case 'aggregate':
    case 'window-aggregate':
    case 'window-rank':
    case 'set-operation':
    case 'join':
    case 'lookup-join':
    case 'temporal-join':
    case 'correlate':
    case 'match':
    case 'over':
    case 'rank':
    case 'sort':
      return true;
    case 'window-table':
      return node.window.kind === 'session';
    case 'scan':
    case 'values':
    case 'filter':
    case 'project':
    case 'expand':
    case 'union':
    case 'sink':
    case 'collect':
      return false;
  }
}
