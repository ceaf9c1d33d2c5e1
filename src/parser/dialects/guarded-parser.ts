import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** The tree of the foreign parser; only what the lowering looks at is ever touched. */
export interface ForeignNode {
  readonly [property: string]: unknown;
}

export type ForeignResult =
  | { readonly kind: 'tree'; readonly tree: unknown }
  | { readonly kind: 'refused'; readonly offset: number | undefined; readonly found: string | undefined }
  | { readonly kind: 'timeout' };

/** Its time is exponential in some nestings, so it runs where it can be stopped. */
const timeoutMs = 5000;

const workerCode = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { Parser } = require(workerData.module);
  let answer;
  try {
    answer = { tree: JSON.stringify(new Parser().astify(workerData.text, { database: workerData.database })) };
  } catch (error) {
    answer = { offset: error?.location?.start?.offset, found: error?.found };
  }
  parentPort.postMessage(answer);
`;

interface Answer {
  readonly tree?: string;
  readonly offset?: number;
  readonly found?: string | null;
}

/** Runs node-sql-parser on a text in a thread of its own, for at most five seconds. */
export async function parseForeign(database: string, text: string): Promise<ForeignResult> {
  // In steps of its own: the package must be found from here, not from the worker's code.
  const module = createRequire(import.meta.url).resolve(`node-sql-parser/build/${database}.js`);
  const worker = new Worker(workerCode, {
    eval: true,
    execArgv: [],
    workerData: { module, text, database },
    // long chains of AND are deep trees there
    resourceLimits: { stackSizeMb: 32, maxOldGenerationSizeMb: 512 },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<Answer | undefined>((resolve, reject) => {
      timer = setTimeout(() => {
        resolve(undefined);
      }, timeoutMs);
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (!answer) return { kind: 'timeout' };
    if (answer.tree === undefined) return { kind: 'refused', offset: answer.offset, found: answer.found ?? undefined };
    return { kind: 'tree', tree: JSON.parse(answer.tree) as unknown };
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
