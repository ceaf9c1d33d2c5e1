import type { ConnectorContext, ConnectorEntry, ConnectorModule, ConnectorRegistry } from '../contracts/connector.ts';
import type { CredentialLookup } from '../contracts/credentials.ts';

/** The same connectors, which find providers of keys at plan time and in every context they are given. */
export function withCredentials(registry: ConnectorRegistry, credentials: CredentialLookup): ConnectorRegistry {
  const known = new Map<ConnectorEntry, ConnectorEntry>();
  return {
    names: () => registry.names(),
    connector: (name) => {
      const entry = registry.connector(name);
      if (entry === undefined) return undefined;
      const made = known.get(entry) ?? entryWith(entry, credentials);
      known.set(entry, made);
      return made;
    },
  };
}

function entryWith(entry: ConnectorEntry, credentials: CredentialLookup): ConnectorEntry {
  const { validate } = entry;
  return {
    ...entry,
    ...(validate === undefined ? {} : { validate: (table, role) => validate(table, role, credentials) }),
    load: async () => moduleWith(await entry.load(), credentials),
  };
}

/** Every function of a module takes a context as its only argument. */
function moduleWith(module: ConnectorModule, credentials: CredentialLookup): ConnectorModule {
  const functions = Object.entries(module) as [string, (context: ConnectorContext) => unknown][];
  return Object.fromEntries(
    functions.map(([name, make]) => [name, (context: ConnectorContext) => make({ ...context, credentials })]),
  );
}
