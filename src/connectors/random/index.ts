import type { ConnectorEntry } from '../../contracts/connector.ts';
import { int } from '../../contracts/options.ts';

/** `type='random'`: generated rows of the declared types, the same for the same seed. */
export const randomEntry: ConnectorEntry = {
  name: 'random',
  title: 'generated rows',
  options: {
    rows: int({ help: 'how many rows; without it the table never ends', min: 0 }),
    rate: int({ help: 'rows a second; without it and with rows: as fast as they are taken', min: 1 }),
    interval: int({
      help: 'Blink: time between two rows; default 500 where neither rows nor rate is given',
      min: 1,
      unit: 'ms',
    }),
    seed: int({
      help: 'another seed gives other values; given without rate and interval, times begin at 2020-01-01 00:00:00 UTC',
      default: 1,
    }),
  },
  source: true,
  sink: false,
  projects: true,
  bounded: (options) => options.optionalInt('rows') !== undefined,
  load: () => import('./module.ts'),
};
