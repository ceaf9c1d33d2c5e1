const MAX_CURSOR = 2n ** 63n - 1n;

/** A cursor is the base64 of the decimal text of a non-negative int64; this is the canonical form. */
export function encodeCursor(position: bigint): string {
  return Buffer.from(position.toString(), 'ascii').toString('base64');
}

/** The number of a cursor, or undefined. Outer white space and missing padding are tolerated (sls-protocol 5.1). */
export function decodeCursor(cursor: string): bigint | undefined {
  const text = cursor.trim();
  if (!/^[A-Za-z0-9+/]{1,32}={0,2}$/.test(text)) return undefined;
  const digits = Buffer.from(text, 'base64').toString('latin1');
  if (!/^\d{1,19}$/.test(digits)) return undefined;
  const position = BigInt(digits);
  return position <= MAX_CURSOR ? position : undefined;
}
