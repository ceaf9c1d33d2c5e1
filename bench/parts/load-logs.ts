import { SlsClient } from '../../src/connectors/sls/client.ts';
import { endpointOf } from '../../src/connectors/sls/endpoint.ts';
import { putLogs } from '../../src/connectors/sls/api/put-logs.ts';
import { accessLogGroups } from '../sls-body.ts';

/** `load-logs.ts URL PROJECT LOGSTORE GROUPS`: puts groups of 1000 access logs; prints logs and raw bytes as JSON. */
const [url = '', project = '', logStore = '', groups = '0'] = process.argv.slice(2);
const client = new SlsClient({
  endpoint: endpointOf(url, project),
  project,
  logStore,
  accessId: 'sluice',
  accessKey: 'sluice',
  securityToken: undefined,
  region: undefined,
  maxRetries: 5,
  connectTimeoutMs: 5000,
  requestTimeoutMs: 60_000,
  now: () => Date.now(),
  warn: (line) => process.stderr.write(`${line}\n`),
});
let bytes = 0;
// One after the other: each shard then holds its logs in the order of their time.
for (const body of accessLogGroups({ groups: Number(groups), logsPerGroup: 1000, order: 'fixed' })) {
  await putLogs(client, { body, compression: 'lz4', hashKey: undefined });
  bytes += body.length;
}
await client.close();
process.stdout.write(`${JSON.stringify({ logs: Number(groups) * 1000, bytes })}\n`);
