// A log service of its own process, for tests that kill it. Arguments: data folder, fsync policy.
import { LogService } from '../../src/logservice/index.ts';

const [dataDir, fsync] = process.argv.slice(2);
const service = await LogService.start({
  port: 0,
  dataDir,
  fsync: fsync === 'interval' ? 'interval' : 'always',
  segmentBytes: 20_000,
  init: ['proj/ls:2'],
  log: (line) => process.send?.({ line }),
});
process.send?.({ url: service.url });
