import type { ConnectorEntry, TableDescriptor } from '../../contracts/connector.ts';
import { int, type OptionSet } from '../../contracts/options.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';
import { fieldOptionHelp, fieldOptions, fieldSpec } from './field-options.ts';
import { rowsOf } from './row-count.ts';

const tableOptions: OptionSet = {
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
  'number-of-rows': int({ help: 'Flink: as rows', min: 0 }),
  'rows-per-second': int({ help: 'Flink: as rate', min: 1 }),
};

/** `type='random'`: generated rows of the declared types, the same for the same seed. */
export const randomEntry: ConnectorEntry = {
  name: 'random',
  title: 'generated rows',
  options: { ...tableOptions, ...fieldOptionHelp },
  optionsFor: (_given, columns) => ({ ...tableOptions, ...fieldOptions(columns) }),
  source: true,
  sink: false,
  projects: true,
  bounded: (options) => rowsOf(options) !== undefined,
  validate,
  load: () => import('./module.ts'),
};

/** The same under Flink's name, with its pace. */
export const datagenEntry: ConnectorEntry = {
  ...randomEntry,
  name: 'datagen',
  optionsFor: (given, columns) => ({
    ...tableOptions,
    ...(given.some((one) => /^(rate|interval)$/i.test(one.key))
      ? {}
      : { 'rows-per-second': int({ help: '', min: 1, default: 10_000 }) }),
    ...fieldOptions(columns),
  }),
};

function validate({ columns, options }: TableDescriptor): void {
  for (const { name, type, nullable } of columns) {
    const { min, max, low, high, nullRate } = fieldSpec(`fields.${name}`, type, options);
    if (nullRate > 0 && !nullable) {
      throw new ConnectorError('CONNECTOR_OPTION_VALUE', `column "${name}" is NOT NULL and has a null-rate`);
    }
    const isTurned =
      (min !== undefined && max !== undefined && min > max) || (low !== undefined && high !== undefined && low > high);
    if (isTurned)
      throw new ConnectorError('CONNECTOR_OPTION_VALUE', `option "fields.${name}.min" is above "fields.${name}.max"`);
  }
}
