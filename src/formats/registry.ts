import type { TableColumn } from '../contracts/connector.ts';
import type { FormatEntry } from '../contracts/format.ts';
import { bool, text, type OptionSet } from '../contracts/options.ts';
import { ConnectorError } from '../errors/sluice-error.ts';
import { javaRegexp } from '../values/regexp-guard.ts';

const delimiter = text({ help: 'what separates the fields', default: ',' });

const csvOptions: OptionSet = {
  fieldDelimiter: delimiter,
  header: bool({ help: 'the first line names the columns', default: false }),
};

/** The one list of formats. */
export const formats: readonly FormatEntry[] = [
  {
    name: 'jsonl',
    title: 'one JSON object a line',
    options: {},
    encodes: true,
    load: () => import('./jsonl/jsonl.ts'),
  },
  {
    name: 'csv',
    title: 'comma-separated values with quotes (RFC 4180)',
    options: csvOptions,
    encodes: true,
    validate: oneByteDelimiter,
    load: () => import('./csv/csv.ts'),
  },
  {
    name: 'delimited',
    title: 'fields between a separator, without quotes',
    options: { fieldDelimiter: delimiter },
    encodes: true,
    load: () => import('./delimited/delimited.ts'),
  },
  {
    name: 'raw',
    title: 'each line as one VARCHAR column',
    options: {},
    encodes: true,
    validate: oneTextColumn,
    load: () => import('./raw/raw.ts'),
  },
  {
    name: 'regex',
    title: 'named groups of a regular expression',
    options: { pattern: text({ help: 'the expression; its named groups are the columns', required: true }) },
    encodes: false,
    validate: groupsExist,
    load: () => import('./regex/regex.ts'),
  },
];

/** `json` is Flink's name of `jsonl`. */
export function format(name: string): FormatEntry | undefined {
  const wanted = name.toLowerCase();
  return formats.find((one) => one.name === (wanted === 'json' ? 'jsonl' : wanted));
}

function oneTextColumn(columns: readonly TableColumn[]): void {
  const physical = columns.filter((column) => !column.header);
  if (physical.length === 1 && physical[0]!.type.kind === 'varchar') return;
  throw new ConnectorError('CONNECTOR_OPTION_VALUE', 'format "raw" needs exactly one VARCHAR column', {
    hint: 'Declare one VARCHAR column: it takes the line, whatever its name. HEADER and computed columns may follow.',
  });
}

function oneByteDelimiter(_columns: readonly TableColumn[], options: { text(name: string): string }): void {
  const separator = options.text('fieldDelimiter');
  if (separator.length === 1 && separator.charCodeAt(0) < 0x80 && separator !== '"') return;
  throw new ConnectorError(
    'CONNECTOR_OPTION_VALUE',
    'option "fieldDelimiter" of format "csv" takes one ASCII character',
    {
      hint: "For a longer separator use format = 'delimited'.",
    },
  );
}

/** @throws ConnectorError, or SluiceError VALUE_REGEXP where the pattern could run without end */
function groupsExist(columns: readonly TableColumn[], options: { text(name: string): string }): void {
  const pattern = options.text('pattern');
  if (javaRegexp(pattern, { backtracking: false }) === null) {
    throw new ConnectorError('VALUE_REGEXP', 'option "pattern" is not a valid regular expression', {
      hint: 'It is written as in Java, without slashes around it, with one named group for each column.',
    });
  }
  for (const column of columns) {
    if (column.header || pattern.includes(`(?<${column.name}>`)) continue;
    throw new ConnectorError('CONNECTOR_OPTION_VALUE', `option "pattern" has no group for column "${column.name}"`, {
      hint: `Name a group after each column: (?<${column.name}>…).`,
    });
  }
}
