/** Rows of a slow stream wait at most this long for others to make a batch with. */
const longestWaitMs = 20;

/** Rows in chunks of at most `size`; those of an async iterable are handed on when it falls silent. */
export async function* rowChunks<Row>(rows: Iterable<Row> | AsyncIterable<Row>, size: number): AsyncGenerator<Row[]> {
  if (Symbol.asyncIterator in rows) {
    yield* slowChunks(rows[Symbol.asyncIterator](), size);
    return;
  }
  let chunk: Row[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

async function* slowChunks<Row>(iterator: AsyncIterator<Row>, size: number): AsyncGenerator<Row[]> {
  let chunk: Row[] = [];
  let next = iterator.next();
  let timer: NodeJS.Timeout | undefined;
  let silence: Promise<'silence'> | undefined;
  try {
    for (;;) {
      silence ??=
        chunk.length === 0
          ? undefined
          : new Promise((resolve) => (timer = setTimeout(resolve, longestWaitMs, 'silence')));
      const result = silence === undefined ? await next : await Promise.race([next, silence]);
      if (result !== 'silence') {
        if (result.done === true) break;
        chunk.push(result.value);
        next = iterator.next();
        if (chunk.length < size) continue;
      }
      clearTimeout(timer);
      silence = undefined;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
  } finally {
    clearTimeout(timer);
    // The reader may leave while a row is awaited: its failure is nobody's any more.
    next.catch(() => undefined);
    // A stream that waits for ever would never answer: it is told, and waited for no longer than a turn.
    const told = Promise.resolve(iterator.return?.()).catch(() => undefined);
    await Promise.race([told, new Promise((resolve) => setImmediate(resolve))]);
  }
}
