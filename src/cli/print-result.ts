import type { QueryResult, TextBatch } from '../index.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { ChangelogTable } from '../terminal/changelog-table.ts';
import { wantsColor } from '../terminal/colors.ts';
import { createRowWriter } from '../terminal/formats.ts';
import type { ResultFormat, TextFormat } from '../terminal/formats.ts';
import { ProgressMeter } from '../terminal/progress-text.ts';
import { ProgressLine, terminalWidth } from '../terminal/screen.ts';
import type { EngineSession } from './engine-session.ts';
import { Output } from './output.ts';
import { onStopSignal } from './stop-signals.ts';
import { usageError } from './usage-error.ts';

export const resultModes = ['final', 'changelog', 'table'] as const;
export type ResultMode = (typeof resultModes)[number];

export interface PrintOptions {
  readonly format: ResultFormat;
  readonly mode: ResultMode;
  readonly limit: number | undefined;
  readonly timeoutMs: number | undefined;
}

/** Node turns a longer delay into 1 ms. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** What is not asked for: a live table for what goes on on a terminal, else final rows; jsonl where nobody looks. */
export function printDefaults(
  result: Pick<QueryResult, 'bounded'>,
  given: { readonly [Key in keyof PrintOptions]?: PrintOptions[Key] | undefined },
  isTerminal: boolean,
): PrintOptions {
  const format = given.format ?? (isTerminal ? 'table' : 'jsonl');
  const mode = given.mode ?? (isTerminal && format === 'table' && !result.bounded ? 'table' : 'final');
  return { format, mode, limit: given.limit, timeoutMs: given.timeoutMs };
}

/** Runs the result and prints it. @throws SluiceError of the query, or CLI_USAGE / PLAN_UNBOUNDED before it runs */
export async function printResult(session: EngineSession, result: QueryResult, options: PrintOptions): Promise<void> {
  refuseImpossible(result, options, process.stdout.isTTY);
  const output = new Output();
  const stop = (): void => {
    // The iterators below end or throw what goes wrong in the stop.
    result.stop().catch(() => undefined);
  };
  output.whenClosed(stop);
  const ignoreSignals = onStopSignal(stop);
  const timer =
    options.timeoutMs === undefined ? undefined : setTimeout(stop, Math.min(options.timeoutMs, LONGEST_DELAY_MS));
  try {
    if (options.format === 'arrow') await printArrow(result, options.limit, output);
    else if (options.mode === 'table') await printLive(session, result, options.limit);
    else await printText(session, result, { ...options, format: options.format }, output);
  } finally {
    clearTimeout(timer);
    ignoreSignals();
  }
}

function refuseImpossible(result: QueryResult, options: PrintOptions, isTerminal: boolean): void {
  const { format, mode } = options;
  if (format === 'arrow') {
    if (isTerminal)
      throw usageError('format "arrow" is binary and does not belong on a terminal', 'Write > FILE behind it.');
    if (mode !== 'final') throw usageError(`format "arrow" has no mode "${mode}"`, 'Leave --mode away.');
    if (result.updating) {
      throw usageError('format "arrow" cannot hold a result that updates its rows', 'Use --format jsonl or csv.');
    }
  }
  if (mode === 'table' && (!isTerminal || format !== 'table')) {
    throw usageError('mode "table" paints on a terminal, in format "table"', 'Use --mode changelog or --mode final.');
  }
  const ends = result.bounded || options.limit !== undefined || options.timeoutMs !== undefined;
  if (ends || mode === 'table') return;
  const advice =
    'Use --mode changelog to see each change, or --timeout 10s or --limit 100 for the rows as they then stand.';
  if (mode === 'final' && result.updating) {
    throw new SluiceError('PLAN_UNBOUNDED', 'the query never ends and updates its rows, so it has no final rows', {
      hint: advice,
    });
  }
  if (format === 'table') {
    throw new SluiceError('PLAN_UNBOUNDED', 'the query never ends and format "table" needs all rows before it prints', {
      hint: 'Use --format jsonl, csv or markdown, or end it with --timeout 10s or --limit 100.',
    });
  }
}

async function printArrow(result: QueryResult, limit: number | undefined, output: Output): Promise<void> {
  const { arrowStream } = await import('../terminal/arrow-writer.ts');
  for await (const chunk of arrowStream(result, limit)) await output.write(chunk);
}

async function printLive(session: EngineSession, result: QueryResult, limit = Infinity): Promise<void> {
  const { LiveView } = await import('../terminal/live-view.ts');
  const view = new LiveView({
    stream: process.stdout,
    result,
    color: wantsColor(process.stdout),
    hint: 'Ctrl-C stops',
  });
  session.onProgress = (progress) => view.progress(progress);
  session.onWarning = (line) => view.note(line);
  try {
    for await (const batch of result.textBatches()) {
      view.apply(batch);
      if (view.table.size >= limit) await result.stop();
    }
  } finally {
    session.onProgress = undefined;
    session.onWarning = undefined;
    view.finish();
  }
}

interface TextOptions extends PrintOptions {
  readonly format: TextFormat;
}

async function printText(
  session: EngineSession,
  result: QueryResult,
  options: TextOptions,
  output: Output,
): Promise<void> {
  const { format, mode, limit = Infinity } = options;
  const style = {
    color: wantsColor(process.stdout),
    maxWidth: process.stdout.isTTY ? terminalWidth(process.stdout) : undefined,
  };
  const changelog = mode === 'changelog';
  const writer = await createRowWriter(format, { columns: result.schema, changelog }, style);
  // Rows of an updating result are final only when all changes are in.
  const table = !changelog && result.updating ? new ChangelogTable({ upsertKey: result.upsertKey }) : undefined;
  const line = new ProgressLine(process.stderr, wantsColor(process.stderr));
  if (process.stderr.isTTY && (table !== undefined || format === 'table' || !process.stdout.isTTY)) {
    const meter = new ProgressMeter();
    session.onProgress = (progress) => line.update(meter.text(progress));
  }
  session.onWarning = (message) => {
    line.clear();
    process.stderr.write(`${message}\n`);
  };
  try {
    let left = limit;
    await output.write(writer.begin());
    for await (const batch of result.textBatches(format === 'jsonl' ? { nested: 'json' } : undefined)) {
      if (output.closed) break;
      if (table !== undefined) {
        table.apply(batch);
        if (!result.bounded && table.size >= limit) await result.stop();
        continue;
      }
      if (left <= 0) continue;
      await output.write(writer.rows(firstRows(batch, left)));
      left -= batch.cells.length;
      if (left <= 0) await result.stop();
    }
    line.clear();
    if (table !== undefined) await output.write(writer.rows(firstRows(inserts(table), limit)));
    await output.write(writer.end());
  } finally {
    line.clear();
    session.onProgress = undefined;
    session.onWarning = undefined;
  }
}

function inserts(table: ChangelogTable): TextBatch {
  const cells = table.rows();
  return { cells, kinds: cells.map(() => '+I') };
}

function firstRows(batch: TextBatch, limit: number): TextBatch {
  if (batch.cells.length <= limit) return batch;
  return { cells: batch.cells.slice(0, limit), kinds: batch.kinds.slice(0, limit) };
}
