import type { Span } from '../errors/span.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { LiteralExpr } from './expression.ts';
import { ByteSlice } from '../columnar/byte-slice.ts';

/** A CHAR or VARCHAR constant. */
export function textLiteral(text: string, type: SqlType, span?: Span): LiteralExpr {
  return { kind: 'literal', type, value: ByteSlice.ofString(text), span };
}

/** A BINARY or VARBINARY constant. */
export function bytesLiteral(bytes: Uint8Array, type: SqlType, span?: Span): LiteralExpr {
  return { kind: 'literal', type, value: ByteSlice.ofBytes(bytes), span };
}

/** The text of a CHAR or VARCHAR constant; undefined for NULL and for anything else. */
export function literalText(literal: LiteralExpr): string | undefined {
  return literal.value instanceof ByteSlice ? literal.value.toString() : undefined;
}
