import type { ConnectorEntry } from '../../contracts/connector.ts';
import { bool } from '../../contracts/options.ts';

/** `type='print'`: every change on stdout, one line a row, in the form of Blink's task log. */
export const printEntry: ConnectorEntry = {
  name: 'print',
  title: 'prints each change',
  options: { ignoreWrite: bool({ help: 'take the rows and print nothing', default: false }) },
  source: false,
  sink: 'retract',
  load: () => import('./module.ts'),
};
