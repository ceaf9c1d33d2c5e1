import { createInterface } from 'node:readline';
import { LogService } from '../../src/logservice/index.ts';

/**
 * `serve-logs.ts FOLDER`: a log service with signature check and `fsync` on every put; prints `listening on URL`,
 * answers each line on stdin with the CPU seconds it has used, and ends with stdin.
 */
const service = await LogService.start({ port: 0, dataDir: process.argv[2], init: ['bench/access:1'] });
process.stdout.write(`listening on ${service.url}\n`);
for await (const _line of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${(user + system) / 1e6}\n`);
}
await service.close();
