import type { QueryResult } from '../index.ts';

/**
 * An Arrow IPC stream of an insert-only result, in chunks as the batches come; at most `limit` rows.
 * @throws SluiceError of the query; what came before is a valid, unfinished stream.
 */
export async function* arrowStream(result: QueryResult, limit = Infinity): AsyncGenerator<Uint8Array> {
  const { RecordBatchStreamWriter } = await import('apache-arrow');
  const writer = new RecordBatchStreamWriter();
  const chunks = writer[Symbol.asyncIterator]();
  let left = limit;
  let pending = chunks.next();
  const feed = (async () => {
    for await (const batch of result.batches()) {
      writer.write(batch.numRows > left ? batch.slice(0, left) : batch);
      left -= batch.numRows;
      if (left <= 0) {
        await result.stop();
        break;
      }
    }
    writer.finish();
  })();
  feed.catch((error: unknown) => writer.abort(error));
  for (;;) {
    const { done, value } = await pending;
    if (done === true) break;
    yield value;
    pending = chunks.next();
  }
  await feed;
}
