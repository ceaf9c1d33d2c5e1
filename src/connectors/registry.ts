import type { ConnectorEntry, ConnectorRegistry } from '../contracts/connector.ts';
import { blackholeEntry } from './blackhole/index.ts';
import { fileEntry, filesystemEntry } from './file/index.ts';
import { printEntry } from './print/index.ts';
import { datagenEntry, randomEntry } from './random/index.ts';
import { slsEntry } from './sls/index.ts';

/** The one list of connectors. What an entry needs at run time it loads itself. */
export const connectors: readonly ConnectorEntry[] = [slsEntry, fileEntry, randomEntry, printEntry, blackholeEntry];

const byName = new Map(connectors.map((entry) => [entry.name, entry]));

/** Flink's names of connectors that are in the list. */
const otherNames = new Map([datagenEntry, filesystemEntry].map((entry) => [entry.name, entry]));

export const connectorRegistry: ConnectorRegistry = {
  connector: (name) => byName.get(name.toLowerCase()) ?? otherNames.get(name.toLowerCase()),
  names: () => [...byName.keys()],
};
