import type { Command } from './command.ts';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/** THE list of commands, in the order of the help; each is loaded when it is called. */
export const commandList: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'log service, generated access logs and a live query, all in this process',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'query',
    summary: 'run one query and print its rows',
    load: async () => (await import('./commands/query.ts')).query,
  },
  {
    name: 'run',
    summary: 'run a job file: its INSERTs together are one job',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'repl',
    summary: 'open the shell (so does sluice alone)',
    load: async () => (await import('./commands/repl.ts')).repl,
  },
  {
    name: 'check',
    summary: 'validate job files without running them',
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'explain',
    summary: 'show the plan of a job file',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'logservice',
    summary: 'serve the embedded log service, wire-compatible with SLS',
    load: async () => (await import('./commands/logservice.ts')).logservice,
  },
];
