import type { ConnectorEntry } from '../../contracts/connector.ts';

/** `type='blackhole'`: takes every change and keeps none; for measuring. */
export const blackholeEntry: ConnectorEntry = {
  name: 'blackhole',
  title: 'takes rows and drops them',
  options: {},
  source: false,
  sink: 'retract',
  load: () => import('./module.ts'),
};
