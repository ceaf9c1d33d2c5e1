import type { Identifier, TypeName } from '../ast/expression.ts';
import { ambiguousWords, callableWords, clauseWords, reservedWords } from '../keywords.ts';

const plainName = /^[A-Za-z_\p{L}][A-Za-z0-9_\p{L}]*$/u;

/** Would the bare name mean something else, or nothing, to the parser? */
export function needsQuotes(name: string): boolean {
  const word = name.toUpperCase();
  return !plainName.test(name) || reservedWords.has(word) || clauseWords.has(word) || ambiguousWords.has(word);
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function nameText({ name, quoted }: Identifier): string {
  return quoted || needsQuotes(name) ? quoteName(name) : name;
}

export function qualifiedNameText(parts: readonly Identifier[]): string {
  return parts.map(nameText).join('.');
}

export function nameListText(names: readonly Identifier[]): string {
  return `(${names.map(nameText).join(', ')})`;
}

/** In front of a parenthesis fewer words are taken for something else. */
export function functionNameText(parts: readonly Identifier[]): string {
  const [only] = parts;
  if (parts.length !== 1 || !only) return qualifiedNameText(parts);
  const word = only.name.toUpperCase();
  const special = (reservedWords.has(word) && !callableWords.has(word)) || word === 'ROW' || word === 'TRY_CAST';
  return only.quoted || special || !plainName.test(only.name) ? quoteName(only.name) : only.name;
}

export function typeText(type: TypeName): string {
  return type.notNull ? `${bareTypeText(type)} NOT NULL` : bareTypeText(type);
}

function bareTypeText(type: TypeName): string {
  const { name, parameters } = type;
  if (type.arguments.length > 0) return `${name}<${type.arguments.map(typeText).join(', ')}>`;
  if (type.fields.length > 0)
    return `${name}<${type.fields.map((field) => `${nameText(field.name)} ${typeText(field.type)}`).join(', ')}>`;
  if (parameters.length === 0) return name;
  if (name.startsWith('INTERVAL ')) return intervalText(name, parameters);
  const list = `(${parameters.join(', ')})`;
  const zone = /^(TIME|TIMESTAMP)( WITH.*)$/.exec(name);
  return zone ? `${zone[1]!}${list}${zone[2]!}` : `${name}${list}`;
}

/** Two numbers belong to both units, one to the last. */
function intervalText(name: string, parameters: readonly number[]): string {
  const to = name.indexOf(' TO ');
  if (to < 0 || parameters.length < 2) return `${name}(${parameters.join(', ')})`;
  return `${name.slice(0, to)}(${parameters[0]!})${name.slice(to)}(${parameters[1]!})`;
}
