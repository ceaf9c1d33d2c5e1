import type { Span } from '../errors/span.ts';

export type TokenKind =
  | 'word' // unquoted name or keyword
  | 'quoted-name' // `name`
  | 'string' // 'text'
  | 'number'
  | 'binary-string' // x'0c'
  | 'double-quoted' // "text": not part of the dialect, known so that the message can say what to write
  | 'sign' // operators, punctuation, and any character the dialect does not use
  | 'end';

/** `start` and `end` are UTF-16 offsets into the text. */
export interface Token extends Span {
  readonly kind: TokenKind;
  /**
   * word: upper-case · quoted-name, string, double-quoted: the content with doubled quotes undone · number: as written ·
   * binary-string: the digits · sign: the sign itself · end: empty.
   */
  readonly text: string;
}
