import { connectors } from '../../src/connectors/registry.ts';
import { errorCodes } from '../../src/errors/codes.ts';
import { formats } from '../../src/formats/registry.ts';
import { builtinFunctions } from '../../src/functions/catalog.ts';
import type { OptionSet } from '../../src/contracts/options.ts';

const note = 'Generated from the registries: `UPDATE=1 npm test -- generated-docs` writes it again.';

/** docs/errors.md: every code with its meaning. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${cell(meaning)} |`);
  return `# Error codes\n\n${note}\n\n| code | meaning |\n| --- | --- |\n${rows.join('\n')}\n`;
}

/** docs/sql/functions.md: every built-in function by category. */
export function functionsPage(): string {
  const categories = [...new Set(builtinFunctions.map((one) => one.category))].sort();
  const parts = categories.map((category) => {
    const rows = builtinFunctions
      .filter((one) => one.category === category)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((one) => {
        const aliases =
          one.aliases === undefined || one.aliases.length === 0 ? '' : ` (also ${one.aliases.join(', ')})`;
        const calls = one.syntax.map((call) => `\`${cell(call)}\``).join('<br>');
        const examples = one.examples
          .map(
            (example) => `\`${cell(example.sql)}\` → ${example.gives === null ? 'NULL' : `\`${cell(example.gives)}\``}`,
          )
          .join('<br>');
        return `| ${calls}${aliases} | ${cell(one.doc)} | ${examples} |`;
      });
    return `## ${category}\n\n| call | what it does | example |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Functions\n\n${note} The examples run as tests.\n\n${parts.join('\n')}`;
}

/** docs/connectors/options.md: every option of every connector and format. */
export function optionsPage(): string {
  const sections = [
    ...connectors.map((one) => `## type = '${one.name}'\n\n${one.title}.\n\n${optionTable(one.options)}`),
    ...formats.map((one) => `## format = '${one.name}'\n\n${one.title}.\n\n${optionTable(one.options)}`),
  ];
  return `# Options of tables\n\n${note}\n\n${sections.join('\n')}`;
}

function optionTable(options: OptionSet): string {
  const rows = Object.entries(options).map(([name, spec]) => {
    const fallback = spec.fallback === undefined ? '' : `\`${cell(JSON.stringify(spec.fallback))}\``;
    const flags = [spec.required ? 'required' : '', spec.secret ? 'secret' : ''].filter(Boolean).join(', ');
    return `| \`${name}\` | ${flags} | ${fallback} | ${cell(spec.form)}${spec.unit === undefined ? '' : ` (${spec.unit})`} | ${cell(spec.help)} |`;
  });
  if (rows.length === 0) return 'No options of its own.\n';
  return `| option | | default | takes | what it is |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
