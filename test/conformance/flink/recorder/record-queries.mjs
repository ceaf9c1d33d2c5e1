// Asks the oracle again for all queries of the files named, and writes the answers into them.
import { readFileSync, writeFileSync } from 'node:fs';
import { askOracle } from './ask-oracle.mjs';

const files = process.argv.slice(2);
const recordings = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
const asked = recordings.flatMap(({ tables, cases }) =>
  cases.map(({ sql, tables: names, views, timeZone }, id) => ({
    id,
    mode: 'streaming',
    timeZone,
    tables: names.map((name) => request(name, tables[name])),
    views,
    sql,
  })),
);
const answers = askOracle(asked);

function request(name, { watermark, ...table }) {
  if (watermark === undefined) return { name, ...table };
  return { name, ...table, watermark: `${watermark.column} - INTERVAL '${watermark.delayMs / 1000}' SECOND` };
}

/** What is left after all changes; throws where one takes back what is not there, which Flink's do now and then. */
function applied(changes) {
  const rows = new Map();
  for (const [kind, ...cells] of changes) {
    const key = JSON.stringify(cells);
    const count = (rows.get(key) ?? 0) + (kind === '-U' || kind === '-D' ? -1 : 1);
    if (count < 0) throw new Error(`its changes take back a row that is not there: ${kind} ${key}`);
    rows.set(key, count);
  }
  return [...rows].flatMap(([key, count]) => Array(count).fill(JSON.parse(key)));
}

/** The first line of the innermost message, without what differs from run to run. */
function reason(error) {
  const line = error
    .split(' | ')
    .at(-1)
    .split('\n')[0]
    .replace(/\*anonymous[^ ,\]]*/g, '…')
    .replace(/rel#\d+/g, 'rel');
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}

function recorded({ name, sql, tables, timeZone, views, ordered }, { columns, rows, error }) {
  const one = { name, sql, tables, timeZone, views };
  if (error === 'timeout') throw new Error(`no answer in time: ${name}`);
  if (error !== undefined) return { ...one, refused: reason(error) };
  const types = columns.map((column) => [
    column.name,
    column.type
      .replace(/ NOT NULL| \*(ROWTIME|PROCTIME)\*/g, '')
      .replace(/VARCHAR\(2147483647\)/g, 'STRING')
      .replace(/TIMESTAMP_LTZ/g, 'TIMESTAMP'),
  ]);
  const inserted = rows.every(([kind]) => kind === '+I');
  // With several tables it depends on who is faster whether an update is needed.
  const append = inserted && tables.length === 1 ? true : undefined;
  try {
    const left = inserted ? rows.map(([, ...cells]) => cells) : applied(rows);
    return { ...one, columns: types, append, rows: left, ordered };
  } catch (fault) {
    return { ...one, refused: fault.message };
  }
}

let next = 0;
recordings.forEach(({ flink, tables, cases }, i) => {
  const lines = cases.map((one) => JSON.stringify(recorded(one, answers[next++])));
  const inputs = Object.entries(tables).map(([name, table]) => `${JSON.stringify(name)}: ${JSON.stringify(table)}`);
  writeFileSync(
    files[i],
    `{\n"flink": ${JSON.stringify(flink)},\n"tables": {\n${inputs.join(',\n')}\n},\n"cases": [\n${lines.join(',\n')}\n]\n}\n`,
  );
});
