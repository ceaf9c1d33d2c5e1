import type { ShellCommand } from '../command.ts';

export const jobs: ShellCommand = {
  name: '\\jobs',
  usage: '\\jobs',
  help: 'jobs started by INSERT in this shell',
  run(shell) {
    if (shell.jobs.size === 0) {
      shell.print('no job was started');
      return;
    }
    const rows = [...shell.jobs].map(([id, job]) => {
      const progress = job.progress();
      return [String(id), job.name, job.status, String(progress.rows)];
    });
    shell.printRows(['id', 'name', 'status', 'rows read'], rows);
  },
};
