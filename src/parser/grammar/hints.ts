import { closestWord } from '../closest-word.ts';
import { clauseWords, reservedWords } from '../keywords.ts';
import { hints } from '../messages.ts';
import type { Token } from '../tokens.ts';

/** What a hint looks at: the token that does not fit and what stands before it. */
interface Place {
  readonly text: string;
  readonly token: Token;
  readonly previous: Token;
}

const clauses = [
  'SELECT',
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'UNION',
  'JOIN',
  'VALUES',
  'BETWEEN',
  'WITH',
  'WATERMARK',
  'PRIMARY',
  'HEADER',
  'COMMENT',
  'TABLE',
  'VIEW',
  'INTO',
];

/** A likely reason for the frequent mistakes: foreign signs, misspelt keywords, a missing comma. */
export function explain(place: Place, what: string): string | undefined {
  const { token, previous, text } = place;
  const foreign = token.kind === 'double-quoted' || token.kind === 'sign' ? hints.doubleQuotes(token) : undefined;
  if (foreign) return foreign;
  if (token.kind === 'sign' && token.text === '/' && (previous.text === '/' || text.startsWith('//', token.start)))
    return 'Comments begin with --.';
  for (const word of [previous, token]) {
    if (word.kind !== 'word' || word.text.length < 4 || reservedWords.has(word.text)) continue;
    const right = closestWord(word.text, clauses);
    if (right && right !== word.text) return hints.didYouMean(right, text.slice(word.start, word.end));
  }
  const commaFits = (what.includes('","') || what.startsWith('";"')) && token.start > previous.end;
  const endsValue = previous.kind !== 'sign' || previous.text === ')' || previous.text === ']';
  const beginsValue =
    token.kind === 'quoted-name' || token.kind === 'number' || token.kind === 'string' || isPlainWord(token);
  if (
    commaFits &&
    endsValue &&
    beginsValue &&
    previous !== token &&
    !(previous.kind === 'word' && reservedWords.has(previous.text))
  ) {
    return hints.missingComma(token.kind === 'string' ? 'the string' : `"${text.slice(token.start, token.end)}"`);
  }
  return undefined;
}

function isPlainWord(token: Token): boolean {
  return token.kind === 'word' && !reservedWords.has(token.text) && !clauseWords.has(token.text);
}
