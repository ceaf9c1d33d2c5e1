import type { ConnectorEntry } from '../../contracts/connector.ts';
import { headerTypes } from './header.ts';
import { slsKeylessOptions, slsOptions } from './options.ts';
import { rowTestOf } from './push-filter.ts';
import { validateSlsTable } from './validate.ts';

/** `type='sls'`: log stores of Alibaba Cloud Log Service, or of the embedded one, as sources and appending sinks. */
export const slsEntry: ConnectorEntry = {
  name: 'sls',
  title: 'log stores of Alibaba Cloud Log Service',
  options: slsOptions,
  optionsFor: (given) =>
    given.some(({ key }) => /^(ramRole|credentials)$/i.test(key)) ? slsKeylessOptions : slsOptions,
  source: true,
  sink: 'append',
  projects: true,
  header: headerTypes,
  bounded: (options) => options.given('stopTime'),
  movesSplits: (options) => options.text('assignment') === 'balanced',
  validate: validateSlsTable,
  acceptsFilter: (conjunct) => rowTestOf(conjunct) !== undefined,
  describe: (options) => `project=${options.text('project')}, logStore=${options.text('logStore')}`,
  load: () => import('./module.ts'),
};
