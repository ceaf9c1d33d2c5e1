import { bool, oneOf, text, type GivenOption, type OptionSet } from '../../contracts/options.ts';
import { lookupOptions } from '../../contracts/lookup.ts';
import { format, formats } from '../../formats/registry.ts';

const common: OptionSet = {
  path: text({ help: 'a file, a folder or a glob; several files are several splits', required: true }),
  format: oneOf(
    formats.map((one) => one.name),
    { help: 'how the bytes become rows', required: true },
  ),
  follow: bool({ help: 'keep reading what is appended (an unbounded read)', default: false }),
  onError: oneOf(['null', 'skip', 'fail'], { help: 'what a field that does not parse becomes', default: 'null' }),
  columnErrorDebug: bool({ help: 'show samples of bad rows on stderr', default: false }),
  changelog: oneOf(['append', 'reject'], { help: 'as a sink of an updating query: append +I and +U, or refuse' }),
  ...lookupOptions(['ALL']),
  timeZone: text({ help: 'zone of DATE, TIME and TIMESTAMP texts in the file; default: the session zone' }),
};

/** The options of a file table: the common ones and those of its format. */
export function fileOptions(given: readonly GivenOption[]): OptionSet {
  const name = given.find((one) => one.key.toLowerCase() === 'format')?.value;
  const chosen = name === undefined ? undefined : format(name.trim());
  return chosen === undefined ? { ...everyFormatOption(), ...common } : { ...common, ...chosen.options };
}

/** Those of Flink's name for it. */
export function filesystemOptions(given: readonly GivenOption[]): OptionSet {
  const names = [...formats.map((one) => one.name), 'json'];
  return { ...fileOptions(given), format: oneOf(names, { help: '', required: true }) };
}

/** Before the format is known an option of any format passes: the missing or wrong format is the mistake to report. */
function everyFormatOption(): OptionSet {
  const all: Record<string, OptionSet[string]> = {};
  for (const one of formats) {
    for (const [name, spec] of Object.entries(one.options)) all[name] = { ...spec, required: false };
  }
  return all;
}
