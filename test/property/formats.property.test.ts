import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BIGINT, VARCHAR } from '../../src/types/sql-type.ts';
import { decodeText } from '../support/decode-text.ts';

const seed = process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) };
const chunks = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const columns = [
  ['k', BIGINT],
  ['v', VARCHAR],
] as const;
const record = fc.record({
  k: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  v: fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/[\ud800-\udfff]/u.test(text)),
});

describe('formats, however the chunks are cut', () => {
  it('jsonl reads what JSON.stringify writes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 20 }),
        chunks,
        fc.integer({ min: 1, max: 5 }),
        async (rows, sizes, max) => {
          const text = rows.map((row) => `{"x":[1],"v":${JSON.stringify(row.v)},"k":${row.k}}\n`).join('');
          const decoded = await decodeText('jsonl', text, { columns, chunks: sizes, maxBatchRows: max });
          expect(decoded.rows).toEqual(rows.map((row) => [row.k, row.v]));
          expect(decoded.bad).toBe(0);
        },
      ),
      { numRuns: 200, ...seed },
    );
  });

  it('csv reads what RFC 4180 quoting writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 20 }), chunks, async (rows, sizes) => {
        const text = rows.map((row) => `${row.k},"${row.v.replaceAll('"', '""')}"\r\n`).join('');
        const decoded = await decodeText('csv', text, { columns, chunks: sizes });
        expect(decoded.rows).toEqual(rows.map((row) => [row.k, row.v]));
        expect(decoded.consumed).toBe(decoded.total);
      }),
      { numRuns: 200, ...seed },
    );
  });
});
