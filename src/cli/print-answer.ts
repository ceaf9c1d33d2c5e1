import type { StatementResult, TextBatch } from '../index.ts';
import { wantsColor } from '../terminal/colors.ts';
import { createRowWriter } from '../terminal/formats.ts';
import type { ResultFormat } from '../terminal/formats.ts';
import { terminalWidth } from '../terminal/screen.ts';
import { Output } from './output.ts';
import { usageError } from './usage-error.ts';

/** SHOW and DESCRIBE in the format asked for; EXPLAIN and DDL are text in any format. */
export async function printAnswer(answer: StatementResult, format: ResultFormat): Promise<void> {
  const output = new Output();
  if (answer.columns === undefined || answer.rows === undefined) {
    await output.write(answer.message.endsWith('\n') ? answer.message : `${answer.message}\n`);
    return;
  }
  if (format === 'arrow')
    throw usageError('format "arrow" is for queries', 'Use --format table, jsonl, csv or markdown.');
  const style = {
    color: wantsColor(process.stdout),
    maxWidth: process.stdout.isTTY ? terminalWidth(process.stdout) : undefined,
  };
  const writer = await createRowWriter(format, { columns: answer.columns, changelog: false }, style);
  const batch: TextBatch = { cells: answer.rows, kinds: answer.rows.map(() => '+I') };
  await output.write(writer.begin() + writer.rows(batch) + writer.end());
}
