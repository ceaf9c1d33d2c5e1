import type { Command } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { onStopSignal } from '../stop-signals.ts';

const authChoices = ['on', 'off'] as const;

export const logservice: Command = {
  spec: {
    name: 'logservice',
    summary: 'serves the embedded log service, wire-compatible with SLS',
    usage: 'sluice logservice [OPTIONS]',
    options: [
      { name: 'host', value: 'HOST', help: 'address to listen on; default: 127.0.0.1' },
      { name: 'port', value: 'PORT', help: 'default: 8080; 0 takes any free port' },
      { name: 'data', value: 'DIR', help: 'keeps the logs here; without it they are lost at the end' },
      {
        name: 'access-key',
        value: 'ID:SECRET',
        repeat: true,
        help: 'a key that may sign requests; default: sluice:sluice',
      },
      { name: 'auth', value: 'on|off', choices: authChoices, help: 'off checks no signature; default: on' },
      {
        name: 'init',
        value: 'PROJECT/LOGSTORE:SHARDS',
        repeat: true,
        help: 'creates the project and the log store unless they exist',
      },
      { name: 'init-file', value: 'FILE', help: 'such lines in a file, one each; # begins a comment' },
      {
        name: 'log-time-window',
        value: '7d',
        help: 'refuses logs older than this, as the real service does; default: none',
      },
      {
        name: 'quota',
        value: 'sls|LIMIT=N,…',
        help: 'refuses what is above limits per second, as SLS does: shard-write-mb=5,shard-reads=100,…',
      },
      {
        name: 'faults',
        value: 'FILE',
        help: 'a plan of what goes wrong on purpose, for tests; see docs/logservice.md',
      },
    ],
    details: [
      'The first line on standard output, when it is ready, is "listening on http://HOST:PORT". Ends on a signal, flushed.',
    ],
    examples: ['sluice logservice --data ./logs --init web/access:2'],
  },
  async run(args) {
    const keys = args.values('access-key');
    const { LogService } = await import('../../logservice/index.ts');
    const service = await LogService.start({
      host: args.value('host'),
      port: args.integer('port', 0, 65_535),
      dataDir: args.value('data'),
      accessKeys: keys.length === 0 ? undefined : keys,
      auth: args.choice('auth', authChoices),
      init: args.values('init'),
      initFile: args.value('init-file'),
      logTimeWindowMs: args.durationMs('log-time-window'),
      quota: args.value('quota'),
      faults: args.value('faults'),
    });
    const signal = new Promise<void>((resolve) => onStopSignal(() => resolve()));
    process.stdout.write(`listening on ${service.url}\n`);
    await signal;
    await service.close();
    return exitCode.ok;
  },
};
