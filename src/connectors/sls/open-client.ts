import type { ConnectorContext } from '../../contracts/connector.ts';
import { ramRoleCredentials } from './ram-role.ts';
import { SlsClient } from './client.ts';
import { credentialProvider } from './credential-provider.ts';
import { endpointOf } from './endpoint.ts';
import { rotatingKeys } from './rotating-keys.ts';

/**
 * The client of a table's options. Nothing is connected before the first call.
 * @throws ConnectorError CONNECTOR_OPTION_VALUE where `credentials` names no provider
 */
export function openClient(
  context: ConnectorContext,
  logStore: string = context.table.options.text('logStore'),
): SlsClient {
  const { options } = context.table;
  const project = options.text('project');
  const name = options.optionalText('credentials');
  const provided =
    name === undefined ? undefined : rotatingKeys(name, credentialProvider(name, context.credentials), context.now);
  return new SlsClient({
    endpoint: endpointOf(options.text('endPoint'), project),
    project,
    logStore,
    accessId: options.text('accessId'),
    accessKey: options.text('accessKey'),
    securityToken: options.optionalText('securityToken'),
    region: options.text('signVersion') === 'V4' ? options.text('regionId') : undefined,
    credentials: provided ?? ramRoleCredentials(options.optionalText('ramRole')),
    backoffMs: { base: options.int('baseRetryBackoffMs'), max: options.int('maxRetryBackoffMs') },
    maxRetries: options.int('maxRetryTimes'),
    connectTimeoutMs: options.int('connectTimeoutMs'),
    requestTimeoutMs: options.int('requestTimeoutMs'),
    proxy: options.optionalText('proxy'),
    now: context.now,
    warn: context.warn,
  });
}
