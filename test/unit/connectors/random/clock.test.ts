import { expect, it } from 'vitest';
import { source } from '../../../../src/connectors/random/module.ts';
import type { SourceContext } from '../../../../src/contracts/connector.ts';
import { OptionValues } from '../../../../src/contracts/options.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT } from '../../../../src/types/sql-type.ts';
import { tableOf } from '../../../support/runtime/plans.ts';

it('a random table goes on at its rate when the clock is set back by an hour', async () => {
  const rows = schema([field('n', BIGINT)]);
  let nowMs = 3_600_000;
  const context = {
    table: {
      ...tableOf('r', rows),
      options: new OptionValues(
        new Map([
          ['rate', 1000],
          ['seed', 1],
        ]),
        new Set(),
      ),
    },
    wanted: [0],
    maxBatchRows: 100,
    schema: rows,
    now: () => nowMs,
    signal: new AbortController().signal,
  };
  const random = source(context as unknown as SourceContext);
  const [split] = await random.open();
  const reader = await random.openSplit(split!, undefined);
  const sizes: number[] = [];
  const read = async (): Promise<void> => void sizes.push((await reader.read()).batches[0]!.rowCount);
  await read();
  nowMs += 10;
  await read();
  nowMs = 5;
  // One row short of what is due at this moment, as it was before the step.
  const waiting = read();
  nowMs += 3;
  await waiting;
  nowMs += 4;
  await read();
  expect(sizes).toEqual([1, 10, 3, 4]);
});
