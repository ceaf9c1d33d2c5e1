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

/** One grammar of node-sql-parser: its file, found from where it is named, and the name it answers to. */
export interface ForeignGrammar {
  readonly module: string;
  readonly database: string;
}

/** Runs node-sql-parser on a text in a thread of its own, for at most five seconds. */
export async function parseForeign({ module, database }: ForeignGrammar, text: string): Promise<ForeignResult> {
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
