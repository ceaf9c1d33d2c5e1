import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineApi, QueryResult } from '../../index.ts';
import { ChangelogTable } from '../../terminal/changelog-table.ts';
import { wantsColor } from '../../terminal/colors.ts';
import { LiveView } from '../../terminal/live-view.ts';
import { rowCount, tableLines } from '../../terminal/table.ts';
import { keepParts, scriptParts } from '../../tooling.ts';
import type { Command } from '../command.ts';
import { traffic, trafficColumns } from '../demo-traffic.ts';
import { exitCode } from '../exit-code.ts';
import { packageRoot } from '../package-root.ts';
import { onStopSignal } from '../stop-signals.ts';

const example = 'examples/access-per-minute.sql';
const rowsPerSecond = 2000;
/** Requests take them in turn. */
const shards = 2;
/** Longest wait until each of them has logs; after it the failure of the writer is what is shown. */
const firstLogsMs = 5000;
/** A minute of the shop's time passes in a second, so that a window closes each second. */
const speed = 60;
/** In a pipe: so many minutes of the shop's time, the last one unfinished. */
const pipedMinutes = 5;
const pipedPatienceMs = 45_000;

export const demo: Command = {
  spec: {
    name: 'demo',
    summary: 'log service, generated access logs and a live query, all in this process',
    usage: 'sluice demo',
    options: [],
    details: [
      'Starts a log service on a free port, writes access logs of a made-up shop into it over HTTP, as a producer does,\nand shows examples/access-per-minute.sql over them: a minute of the shop passes each second. Ends with Ctrl-C; in a\npipe by itself after a few seconds, with the final table.',
    ],
  },
  async run() {
    const { LogService } = await import('../../logservice/index.ts');
    const { Engine } = await import('../../index.ts');
    const live = process.stdout.isTTY;
    const service = await LogService.start({ port: 0, init: [`demo/access:${shards}`], log: () => undefined });
    const variables = {
      SLS_ENDPOINT: service.url,
      SLS_PROJECT: 'demo',
      SLS_ACCESS_ID: 'sluice',
      SLS_ACCESS_KEY: 'sluice',
    };
    let view: LiveView | undefined;
    const writer = await Engine.open({ variables, onWarning: () => undefined });
    const reader = await Engine.open({
      variables,
      onWarning: (message) => (view === undefined ? process.stderr.write(`${message}\n`) : view.note(message)),
      onProgress: (progress) => view?.progress(progress),
    });
    const stopping = new AbortController();
    try {
      const out = live ? process.stdout : process.stderr;
      out.write(
        `A log service listens on ${service.url}; generated access logs of a shop go into it, ${rowsPerSecond.toLocaleString('en-US')} a second, over HTTP.\n` +
          `${example} counts them per minute and status as they arrive; a minute of the shop takes a second here.\n\n`,
      );
      const text = await readFile(join(packageRoot(), example), 'utf8');
      const setup = scriptParts(text).filter((part) => part.group === 'setup');
      await reader.execute(keepParts(text, setup), { name: example });
      const result = await reader.prepare('SELECT * FROM per_minute', { name: example });

      await startWriter(writer, live, stopping.signal);
      // A shard that is empty when it is first read holds nothing back: the first minutes of the other would be too late.
      for (let waited = 0; waited < firstLogsMs && service.counters.putGroups < shards; waited += 20) await sleep(20);
      const ignoreSignals = onStopSignal(() => {
        stopping.abort();
        result.stop().catch(() => undefined); // the loop over its rows ends or throws
      });
      try {
        if (live) {
          view = new LiveView({
            stream: process.stdout,
            result,
            color: wantsColor(process.stdout),
            hint: 'Ctrl-C stops',
          });
          for await (const batch of result.textBatches()) view.apply(batch);
        } else {
          await printFinal(result);
        }
      } finally {
        view?.finish();
        view = undefined;
        ignoreSignals();
      }
      out.write(nextSteps);
      return exitCode.ok;
    } finally {
      stopping.abort();
      await writer.close();
      await reader.close();
      await service.close();
    }
  },
};

const nextSteps = `
Try next:  sluice query "SELECT 1 + 1 AS two"      the shell: sluice
           sluice query --file examples/first-file.sql      what it does: cat ${example}
`;

/** The logs go the way of any producer's: an INSERT into an SLS table. */
async function startWriter(engine: EngineApi, live: boolean, signal: AbortSignal): Promise<void> {
  const fromSeconds = Math.floor(Date.now() / 3_600_000) * 3600 - 24 * 3600;
  const plan = { seed: 20_180_112, fromSeconds, speed, rowsPerSecond, signal };
  engine.registerTable('traffic', {
    columns: trafficColumns,
    rows: traffic(live ? plan : { ...plan, lengthSeconds: pipedMinutes * 60 + 45 }),
  });
  const fields = trafficColumns.map((column) => column.name).join(', ');
  const job = await engine.submit(
    `CREATE TABLE access (${trafficColumns.map((column) => `${column.name} ${column.type}`).join(', ')}) WITH (
       type = 'sls', endPoint = '\${SLS_ENDPOINT}', project = '\${SLS_PROJECT}', logStore = 'access',
       accessId = '\${SLS_ACCESS_ID}', accessKey = '\${SLS_ACCESS_KEY}',
       timestampColumn = 'at_seconds', flushIntervalMs = '100');
     INSERT INTO access SELECT ${fields} FROM traffic;`,
    { name: '<demo>', jobName: 'demo traffic' },
  );
  // A failed writer shows as a reader without rows; its message is what helps.
  job.done.catch((error: unknown) => process.stderr.write(engine.renderError(error)));
}

/** Reads until every minute but the last, unfinished one is there. */
async function printFinal(result: QueryResult): Promise<void> {
  const table = new ChangelogTable({ upsertKey: result.upsertKey });
  const minutes = new Set<string | null>();
  const stop = (): void => {
    result.stop().catch(() => undefined);
  };
  const timer = setTimeout(stop, pipedPatienceMs);
  // Its statuses come together in one go; the next batch or a short silence tells that the last minute is complete.
  let quiet: NodeJS.Timeout | undefined;
  for await (const batch of result.textBatches()) {
    table.apply(batch);
    for (const cells of batch.cells) minutes.add(cells[0] ?? null);
    if (minutes.size >= pipedMinutes) quiet ??= setTimeout(stop, 300);
  }
  clearTimeout(timer);
  clearTimeout(quiet);
  const lines = tableLines(result.schema, table.rows(), { color: false });
  process.stdout.write(`${[...lines, rowCount(table.size)].join('\n')}\n`);
}
