import { SluiceError } from '../../errors/sluice-error.ts';
import type { SourceText } from '../../errors/span.ts';
import type { QueryResult, ScriptOptions, StatementResult } from '../../index.ts';
import { resultFormats } from '../../terminal/formats.ts';
import { scriptParts } from '../../tooling.ts';
import type { Command } from '../command.ts';
import { dialectOption, dialectOptions, engineOptions, tableOption, withEngine } from '../engine-session.ts';
import type { EngineSession } from '../engine-session.ts';
import { exitCode } from '../exit-code.ts';
import { printAnswer } from '../print-answer.ts';
import { printDefaults, printResult, resultModes } from '../print-result.ts';
import { readScript } from '../script-file.ts';
import { usageError } from '../usage-error.ts';

export const query: Command = {
  spec: {
    name: 'query',
    summary: 'runs one query and prints its rows on standard output',
    usage: 'sluice query ["SQL"] [--file FILE] [OPTIONS]',
    positional: { name: 'SQL or --file', min: 0, max: 1 },
    options: [
      {
        name: 'file',
        value: 'FILE',
        help: "its tables, views and SETs come first; without SQL, the file's own SELECT runs",
      },
      {
        name: 'format',
        value: 'FORMAT',
        choices: resultFormats,
        help: `${resultFormats.join(' | ')}; default: table on a terminal, jsonl in a pipe`,
      },
      {
        name: 'mode',
        value: 'MODE',
        choices: resultModes,
        help: 'final: the rows in the end; changelog: each change with its kind; table: painted in place',
      },
      { name: 'limit', value: 'N', help: 'end after N rows' },
      { name: 'timeout', value: '10s', help: 'end after this time and print the rows as they stand' },
      dialectOption,
      tableOption,
      ...engineOptions,
    ],
    details: [
      'On a terminal a query that never ends is a table painted in place (mode table). In a pipe its rows are printed as\nthey come; if it updates earlier rows it ends with 2 and advice, unless --mode changelog, --timeout or --limit is given.',
      'Rows in jsonl: every digit of BIGINT and DECIMAL, NaN and infinities as strings, TIMESTAMP as\nYYYY-MM-DD HH:MM:SS.mmm, null. csv and markdown print what CAST(x AS VARCHAR) prints. With --mode changelog jsonl\nlines are {"op":"+I","row":{…}}, the others begin with a column op.',
    ],
    examples: [
      'sluice query "SELECT 1 + 1 AS two"',
      'sluice query --file examples/first-file.sql --format csv',
      'sluice query --file examples/access-per-minute.sql "SELECT * FROM per_minute" --timeout 10s',
    ],
  },
  async run(args) {
    const given = {
      format: args.choice('format', resultFormats),
      mode: args.choice('mode', resultModes),
      limit: args.integer('limit', 1),
      timeoutMs: args.durationMs('timeout'),
    };
    const sql = args.positionals[0];
    const path = args.value('file');
    if (sql === undefined && path === undefined) {
      throw usageError('command "query" needs SQL or --file', 'Write: sluice query "SELECT 1"');
    }
    const file = path === undefined ? undefined : await readScript(path);
    const text = sql === '-' ? await readScript('-') : sql === undefined ? undefined : { name: '<query>', text: sql };
    return withEngine(args, async (session) => {
      const answer = await prepare(session, file, text, dialectOptions(args));
      if ('schema' in answer) {
        await printResult(session, answer, printDefaults(answer, given, process.stdout.isTTY));
      } else {
        await printAnswer(answer, given.format ?? (process.stdout.isTTY ? 'table' : 'jsonl'));
      }
      return exitCode.ok;
    });
  },
};

/** Declares what comes before and plans the last statement; SHOW, DESCRIBE and EXPLAIN answer at once. */
async function prepare(
  { engine, texts }: EngineSession,
  file: SourceText | undefined,
  sql: SourceText | undefined,
  dialect: Pick<ScriptOptions, 'dialect' | 'table'>,
): Promise<QueryResult | StatementResult> {
  if (file !== undefined && sql !== undefined) {
    const setup = scriptParts(file.text).filter((part) => part.group === 'setup' || part.group === 'other');
    await engine.execute(texts.only(file, setup), { name: file.name });
  }
  const source = sql ?? file ?? { name: '<query>', text: '' };
  // Another system's text is cut and bounded by its own reader.
  if (dialect.dialect !== undefined && sql !== undefined) {
    return engine.prepare(sql.text, { name: sql.name, ...dialect });
  }
  const parts = scriptParts(source.text);
  const queries = parts.filter((part) => part.group === 'query');
  const asked = sql === undefined || queries.length > 1 ? queries : parts.slice(-1);
  const last = asked.at(-1);
  if (last === undefined || last.group === 'insert') {
    throw new SluiceError(
      'CLI_USAGE',
      `${sql === undefined ? `file "${source.name}"` : 'the text'} has no query to print`,
      {
        hint:
          sql === undefined
            ? `Write the query behind it, or run its INSERTs with: sluice run ${source.name}`
            : 'Write a SELECT; INSERTs are run by: sluice run FILE',
      },
    );
  }
  if (asked.length > 1) {
    const what = sql === undefined ? `file "${source.name}"` : 'the text';
    throw new SluiceError('CLI_USAGE', `${what} has ${asked.length} queries and one is printed`, {
      span: asked[1]!,
      source,
      hint: sql === undefined ? 'Name what to print: sluice query --file FILE "SELECT …"' : 'Run them one by one.',
    });
  }
  const before = parts.filter((part) => part.start < last.start && (sql !== undefined || part.group !== 'insert'));
  const insert = before.find((part) => part.group === 'insert');
  if (insert !== undefined) {
    throw new SluiceError('CLI_USAGE', 'an INSERT starts a job and cannot stand in a query', {
      span: { start: insert.start, end: insert.start + 6 },
      source,
      hint: 'Write it into a file and use: sluice run FILE',
    });
  }
  if (before.length > 0) await engine.execute(texts.only(source, before), { name: source.name });
  // A single statement goes as it was written, so that a message shows nothing else.
  const text = parts.length === 1 ? source.text : texts.only(source, [last]);
  const options = { name: source.name, ...dialect };
  if (last.group === 'answer' || last.group === 'setup') {
    const results = await engine.execute(text, options);
    const result = results.at(-1);
    if (result !== undefined) return result.result ?? result;
  }
  return engine.prepare(text, options);
}
