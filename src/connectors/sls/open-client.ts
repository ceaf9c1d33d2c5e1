import type { ConnectorContext } from '../../contracts/connector.ts';
import { ramRoleCredentials } from './ram-role.ts';
import { SlsClient } from './client.ts';
import { endpointOf } from './endpoint.ts';

/** The client of a table's options. Nothing is connected before the first call. */
export function openClient(
  context: ConnectorContext,
  logStore: string = context.table.options.text('logStore'),
): SlsClient {
  const { options } = context.table;
  const project = options.text('project');
  return new SlsClient({
    endpoint: endpointOf(options.text('endPoint'), project),
    project,
    logStore,
    accessId: options.text('accessId'),
    accessKey: options.text('accessKey'),
    securityToken: options.optionalText('securityToken'),
    region: options.text('signVersion') === 'V4' ? options.text('regionId') : undefined,
    credentials: ramRoleCredentials(options.optionalText('ramRole')),
    backoffMs: { base: options.int('baseRetryBackoffMs'), max: options.int('maxRetryBackoffMs') },
    maxRetries: options.int('maxRetryTimes'),
    connectTimeoutMs: options.int('connectTimeoutMs'),
    requestTimeoutMs: options.int('requestTimeoutMs'),
    now: context.now,
    warn: context.warn,
  });
}
