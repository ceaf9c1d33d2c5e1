import { SluiceError } from '../../errors/sluice-error.ts';
import type { SourceText } from '../../errors/span.ts';
import type { Job } from '../../index.ts';
import { wantsColor } from '../../terminal/colors.ts';
import { ProgressMeter, summaryText } from '../../terminal/progress-text.ts';
import { ProgressLine } from '../../terminal/screen.ts';
import { scriptParts } from '../../tooling.ts';
import type { ScriptPart } from '../../tooling.ts';
import type { Command } from '../command.ts';
import { engineOptions, parallelismOption, withEngine } from '../engine-session.ts';
import type { EngineSession } from '../engine-session.ts';
import { exitCode } from '../exit-code.ts';
import { Output } from '../output.ts';
import { readScript } from '../script-file.ts';
import { onStopSignal } from '../stop-signals.ts';

export const run: Command = {
  spec: {
    name: 'run',
    summary: 'runs a job file; all its INSERTs are one job',
    usage: 'sluice run FILE… [OPTIONS]',
    positional: { name: 'a FILE', min: 1, max: Infinity },
    options: [
      ...engineOptions,
      parallelismOption,
      { name: 'dialect', value: 'NAME' },
      { name: 'state-dir', value: 'DIR' },
      { name: 'restore', value: 'latest|PATH' },
      { name: 'detach', value: 'URL' },
    ],
    details: [
      'Ends with 0 when every source is read to its end, or after a clean stop by Ctrl-C or SIGTERM (what was read is\nwritten and committed; a second signal does not wait: 130). FILE - is standard input. Several files are one job:\ntheir tables and views are declared first, in order, then all INSERTs start.',
    ],
    examples: ['sluice run examples/access-per-minute.sql', 'sluice run job.sql --var SLS_ENDPOINT=127.0.0.1:8080'],
  },
  async run(args) {
    const scripts = await Promise.all(args.positionals.map(readScript));
    return withEngine(args, async (session) => {
      const line = new ProgressLine(process.stderr, wantsColor(process.stderr));
      const meter = new ProgressMeter();
      session.onProgress = (progress) => line.update(meter.text(progress));
      session.onWarning = (message) => {
        line.clear();
        process.stderr.write(`${message}\n`);
      };
      let stopped = false;
      let job: Job | undefined;
      let stopping: Promise<void> | undefined;
      const halt = new AbortController();
      const stop = (): void => {
        stopped = true;
        halt.abort();
        stopping = job?.stop();
        // It is awaited below; until then a failure must not count as unhandled.
        stopping?.catch(() => undefined);
      };
      // From here on: a signal that comes while the job starts stops it too.
      const ignoreSignals = onStopSignal(stop);
      // Tables of type 'print' write there; when nobody reads any more, the job is done.
      const output = new Output();
      output.whenClosed(stop);
      try {
        job = await submit(session, scripts, halt.signal);
        if (stopped) stop();
        await job.done;
        await stopping;
        await output.write('');
      } finally {
        ignoreSignals();
        session.onProgress = undefined;
        session.onWarning = undefined;
        line.clear();
      }
      if (process.stderr.isTTY) {
        const how = stopped ? 'stopped' : 'done';
        process.stderr.write(`${how}: ${summaryText(job.progress())}\n`);
      }
      return exitCode.ok;
    });
  },
};

interface JobScript {
  readonly source: SourceText;
  readonly inserts: readonly ScriptPart[];
  readonly others: readonly ScriptPart[];
}

/** Files without INSERT only declare; with one file left, messages keep its name and places. */
async function submit(
  { engine, texts }: EngineSession,
  sources: readonly SourceText[],
  signal: AbortSignal,
): ReturnType<typeof engine.submit> {
  const scripts = sources.map(jobScript);
  const jobs = scripts.filter((script) => script.inserts.length > 0);
  if (jobs.length === 0) {
    const names = sources.map((source) => `"${source.name}"`).join(', ');
    throw new SluiceError('PLAN_INSERT', `${names} has no INSERT, so there is nothing to run`, {
      hint: `Write INSERT INTO … SELECT …, or read a query's rows with: sluice query --file ${sources[0]!.name}`,
    });
  }
  for (const script of scripts) {
    const { text, name } = script.source;
    if (!jobs.includes(script)) await engine.execute(text, { name });
  }
  if (jobs.length === 1) return engine.submit(jobs[0]!.source.text, { ...jobOptions(jobs[0]!.source.name), signal });
  for (const { source, others } of jobs) await engine.execute(texts.only(source, others), { name: source.name });
  const inserts = jobs.map(({ source, inserts }) =>
    inserts.map((part) => source.text.slice(part.start, part.end) + ';'),
  );
  const name = jobs.map((script) => script.source.name).join(' + ');
  return engine.submit(inserts.flat().join('\n'), { ...jobOptions(name), signal });
}

function jobOptions(name: string): { name: string; jobName: string } {
  const base = name.split(/[/\\]/).at(-1) ?? name;
  return { name, jobName: base.replace(/\.sql$/i, '') };
}

function jobScript(source: SourceText): JobScript {
  const parts = scriptParts(source.text);
  const query = parts.find((part) => part.group === 'query');
  if (query !== undefined) {
    throw new SluiceError('PLAN_INSERT', 'a SELECT without INSERT has no place to go in a job file', {
      span: { start: query.start, end: Math.min(query.end, query.start + 6) },
      source,
      hint: `Put INSERT INTO a table in front, or print its rows with: sluice query --file ${source.name}`,
    });
  }
  return {
    source,
    inserts: parts.filter((part) => part.group === 'insert'),
    others: parts.filter((part) => part.group !== 'insert'),
  };
}
