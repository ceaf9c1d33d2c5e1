import type { ShellCommand } from '../command.ts';

export const stop: ShellCommand = {
  name: '\\stop',
  usage: '\\stop ID',
  help: 'stop a job: what it read is written, then it ends',
  async run(shell, argument) {
    const job = shell.jobs.get(Number(argument));
    if (argument === '' || job === undefined) {
      shell.print(argument === '' ? 'usage: \\stop ID   (\\jobs lists them)' : `no job has the number ${argument}`);
      return;
    }
    await job.stop();
    shell.print(`job ${argument} ${job.status}`);
  },
};
