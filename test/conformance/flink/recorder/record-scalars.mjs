// Asks the oracle again for all expressions of the files named, and writes the answers into them.
import { readFileSync, writeFileSync } from 'node:fs';
import { askOracle } from './ask-oracle.mjs';

const files = process.argv.slice(2);
const recordings = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
const requests = recordings.flatMap(({ timeZone, cases }, id) => {
  const request = { id, timeZone, exprs: cases.map(([sql]) => sql) };
  return [request, { ...request, hideLiterals: true }];
});
const answers = askOracle(requests);

/** Faults of Flink's code generation and of results that may not be NULL say nothing about a value. */
const ownFault = /CodeGen|AssertionError|instantiate generated|Unsupported|starting at 1/;

recordings.forEach((recording, id) => {
  const [written, hidden] = [answers[2 * id].results, answers[2 * id + 1].results];
  const cases = recording.cases.flatMap(([sql, ...before], i) => {
    if (written[i].when === 'validate' || ownFault.test(written[i].error)) return [];
    const folded = recording.folded === true || /^(ROUND|TRUNCATE|TYPEOF)\(/.test(sql);
    const { type, text, error } = folded || hidden[i].when === 'validate' ? written[i] : hidden[i];
    if (error === undefined) return [[sql, type.replace(/ NOT NULL$/, ''), text]];
    // A failure is kept where it was one before: many are faults of Flink's own.
    return before.length === 0 && !ownFault.test(error) ? [[sql]] : [];
  });
  const { cases: _, ...head } = recording;
  const lines = Object.entries(head).map(([key, value]) => ` ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  const rows = cases.map((one) => `  ${JSON.stringify(one)}`).join(',\n');
  writeFileSync(files[id], `{\n${lines.join('\n')}\n "cases": [\n${rows}\n ]\n}\n`);
});
