import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Asks one process of the oracle all these requests. Gives an answer to each, in their order. */
export function askOracle(requests) {
  const oracle = spawnSync(fileURLToPath(new URL('./oracle', import.meta.url)), {
    input: requests.map((one) => JSON.stringify(one)).join('\n') + '\n',
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const answers = oracle.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  if (answers.length !== requests.length) throw new Error(`${answers.length} answers to ${requests.length} requests`);
  return answers;
}
