import type { TableDescriptor } from '../../contracts/connector.ts';
import type { CredentialLookup } from '../../contracts/credentials.ts';
import type { OptionValues } from '../../contracts/options.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';
import { suggest } from '../../errors/suggest.ts';
import { isInteger, typeName } from '../../types/sql-type.ts';
import { knownZone } from '../../values/zone.ts';
import { credentialProvider } from './credential-provider.ts';
import { proxyAddress } from './connections.ts';
import { endpointOf } from './endpoint.ts';
import { readTime } from './read-time.ts';
import { parseLogStores } from './log-store-names.ts';
import { parseShardChoice } from './shard-list.ts';

const PLAIN_NAME = /^[0-9a-zA-Z_-]{1,128}$/;

/**
 * What single options cannot say about themselves.
 * @throws ConnectorError CONNECTOR_OPTION_VALUE, CONNECTOR_MISSING_OPTION
 */
export function validateSlsTable(
  table: TableDescriptor,
  role: 'source' | 'sink',
  credentials?: CredentialLookup,
): void {
  const { options } = table;
  endpointOf(options.text('endPoint'), 'p');
  const stores = options.text('logStore');
  if (role === 'source' && parseLogStores(stores) === undefined) {
    throw wrong('logStore', `takes a name, names between commas, or a pattern such as 'app-*', not '${stores}'`);
  }
  for (const name of role === 'source' ? ['project', 'consumerGroup'] : ['project', 'logStore', 'consumerGroup']) {
    const value = options.optionalText(name);
    if (value !== undefined && !PLAIN_NAME.test(value)) {
      throw wrong(name, `takes letters, digits, - and _, not '${value}'`);
    }
  }
  const zone = options.optionalText('timeZone');
  if (zone !== undefined && knownZone(zone) === undefined) throw wrong('timeZone', `names no time zone: '${zone}'`);
  if (options.text('signVersion') === 'V4' && !options.given('regionId')) {
    throw missing('regionId', "signVersion = 'V4'", "regionId = 'cn-hangzhou'");
  }
  validateTypes(table);
  const proxy = options.optionalText('proxy');
  if (proxy !== undefined && proxy.toLowerCase() !== 'none') proxyAddress(proxy);
  validateKeys(options, credentials);
  if (role === 'source') validateSource(table);
  else validateSink(table);
}

/** SLS holds texts: ARRAY and ROW are JSON in them, and keys of a MAP are what the fields of a log are already. */
function validateTypes(table: TableDescriptor): void {
  const bad = table.columns.find(({ type, header }) => !header && (type.kind === 'map' || type.kind === 'multiset'));
  if (bad === undefined) return;
  throw new ConnectorError(
    'CONNECTOR_OPTION_VALUE',
    `column "${bad.name}" of connector "sls" cannot be ${typeName(bad.type)}`,
    { hint: 'Declare it as VARCHAR, or as ARRAY or ROW, which are JSON text in a log.' },
  );
}

function validateKeys(options: OptionValues, credentials: CredentialLookup | undefined): void {
  const name = options.optionalText('credentials');
  if (name === undefined) return;
  const other = ['accessId', 'accessKey', 'securityToken', 'ramRole'].find((option) => options.given(option));
  if (other !== undefined) {
    throw new ConnectorError(
      'CONNECTOR_OPTION_VALUE',
      `option "credentials" of connector "sls" cannot stand with ${other}`,
      { hint: `Leave out ${other}: the provider hands out all keys.` },
    );
  }
  if (credentials !== undefined) credentialProvider(name, credentials);
}

function validateSource({ options, timeZone }: TableDescriptor): void {
  const times = ['startTime', 'stopTime'].map((name) => {
    const text = options.optionalText(name);
    if (text === undefined) return undefined;
    const seconds = readTime(text, options.optionalText('timeZone') ?? timeZone);
    if (seconds === undefined) throw wrong(name, `takes yyyy-MM-dd HH:mm:ss, not '${text}'`);
    return seconds;
  });
  const [start, stop] = times;
  if (start !== undefined && stop !== undefined && stop < start) throw wrong('stopTime', 'is before startTime');
  if (options.optionalText('startupMode') === 'Group_Offsets' && !options.given('consumerGroup')) {
    throw missing('consumerGroup', "startupMode = 'Group_Offsets'", "consumerGroup = 'my-group'");
  }
  const shards = options.optionalText('shards');
  if (shards !== undefined && parseShardChoice(shards) === undefined) {
    throw wrong('shards', `takes shard numbers such as '0,3-7', or '1 mod 4', not '${shards}'`);
  }
  if (options.optionalText('query') === '') throw wrong('query', 'is empty');
  if (options.text('assignment') === 'balanced') validateBalanced(options);
}

function validateBalanced(options: OptionValues): void {
  if (!options.given('consumerGroup')) {
    throw missing('consumerGroup', "assignment = 'balanced'", "consumerGroup = 'my-group'");
  }
  if (options.given('shards')) throw wrong('shards', "fixes the shards and cannot stand with assignment = 'balanced'");
  if (options.given('stopTime'))
    throw wrong('stopTime', "needs fixed shards: it cannot stand with assignment = 'balanced'");
  if (options.text('checkpointMode') === 'DISABLED') {
    throw wrong('checkpointMode', "must store progress with assignment = 'balanced': shards are handed over by it");
  }
  const timeoutMs = options.optionalInt('groupTimeout');
  const beatMs = options.int('heartBeatIntervalMills');
  if (timeoutMs !== undefined && timeoutMs < 2 * beatMs) {
    throw wrong('groupTimeout', `must be at least two heartbeats (heartBeatIntervalMills is ${beatMs})`);
  }
}

function validateSink({ name, columns, options }: TableDescriptor): void {
  for (const option of ['topic', 'source', 'timestampColumn', 'partitionColumn']) {
    const wanted = options.optionalText(option);
    if (wanted === undefined) continue;
    const column = columns.find((one) => one.name === wanted);
    if (column === undefined) {
      const close = suggest(
        wanted,
        columns.map((one) => one.name),
      );
      throw new ConnectorError(
        'CONNECTOR_OPTION_VALUE',
        `option "${option}" names column "${wanted}", which table "${name}" does not have`,
        {
          hint:
            close === undefined
              ? `It takes the name of a column whose value becomes the ${option}, not the value itself.`
              : `Did you mean "${close}"?`,
        },
      );
    }
    if (option === 'timestampColumn' && !isInteger(column.type)) {
      throw wrong(option, `needs a column of type INT or BIGINT (epoch seconds) and "${wanted}" is none`);
    }
  }
  const partitioned = options.text('mode') === 'partition';
  if (partitioned && !options.given('partitionColumn')) {
    throw missing('partitionColumn', "mode = 'partition'", "partitionColumn = 'a_column'");
  }
  const buckets = options.int('buckets');
  if ((buckets & (buckets - 1)) !== 0) throw wrong('buckets', `takes a power of two, not '${buckets}'`);
}

function wrong(option: string, what: string): ConnectorError {
  return new ConnectorError('CONNECTOR_OPTION_VALUE', `option "${option}" of connector "sls" ${what}`);
}

function missing(option: string, because: string, example: string): ConnectorError {
  return new ConnectorError('CONNECTOR_MISSING_OPTION', `connector "sls" needs option "${option}" with ${because}`, {
    hint: `Add to WITH: ${example}.`,
  });
}
