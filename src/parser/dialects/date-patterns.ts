/** From the letters of MySQL's and Trino's DATE_FORMAT (`%Y-%m-%d`) to Java's; undefined: one has no counterpart. */
export function fromPercentPattern(pattern: string): string | undefined {
  const letters: Readonly<Record<string, string>> = {
    Y: 'yyyy', y: 'yy', m: 'MM', c: 'M', d: 'dd', e: 'd', H: 'HH', k: 'H', h: 'hh', I: 'hh', l: 'h', i: 'mm', s: 'ss', S: 'ss',
    p: 'a', b: 'MMM', M: 'MMMM', a: 'EEE', W: 'EEEE', j: 'DDD', T: 'HH:mm:ss', r: 'hh:mm:ss a', '%': '%',
  }; // prettier-ignore
  return translate(pattern, /%(.)/gsu, ([, letter = '']) => letters[letter]);
}

/** From PostgreSQL's TO_CHAR (`YYYY-MM-DD HH24:MI:SS`) to Java's letters. */
export function fromTemplatePattern(pattern: string): string | undefined {
  const words: Readonly<Record<string, string>> = {
    YYYY: 'yyyy', YY: 'yy', MM: 'MM', DDD: 'DDD', DD: 'dd', HH24: 'HH', HH12: 'hh', HH: 'hh', MI: 'mm', SS: 'ss', MS: 'SSS',
    AM: 'a', PM: 'a', MON: 'MMM', MONTH: 'MMMM', DY: 'EEE', DAY: 'EEEE',
  }; // prettier-ignore
  return translate(pattern, /"([^"]*)"|[A-Za-z](?:[A-Za-z]|24|12)*/g, ([whole, quoted]) => {
    if (quoted !== undefined) return quoteLetters(quoted);
    return runs(whole.toUpperCase(), words);
  });
}

/** `YYYYMMDD` is three words without a sign between them. */
function runs(text: string, words: Readonly<Record<string, string>>): string | undefined {
  const names = Object.keys(words).sort((a, b) => b.length - a.length);
  let rest = text;
  let out = '';
  while (rest !== '') {
    const name = names.find((one) => rest.startsWith(one));
    if (name === undefined) return undefined;
    out += words[name]!;
    rest = rest.slice(name.length);
  }
  return out;
}

function translate(
  pattern: string,
  piece: RegExp,
  of: (match: RegExpMatchArray) => string | undefined,
): string | undefined {
  let out = '';
  let at = 0;
  for (const match of pattern.matchAll(piece)) {
    const java = of(match);
    if (java === undefined) return undefined;
    out += quoteLetters(pattern.slice(at, match.index)) + java;
    at = match.index + match[0].length;
  }
  return out + quoteLetters(pattern.slice(at));
}

function quoteLetters(text: string): string {
  return text.replaceAll("'", "''").replaceAll(/[A-Za-z]+/g, (word) => `'${word}'`);
}
