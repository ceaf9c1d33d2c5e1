import pc from 'picocolors';
import { connectors } from '../connectors/registry.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { renderError } from '../errors/render-caret.ts';

/** Names of all options declared secret, whatever connector has them: the table of a mistake is not always known. */
const secrets = connectors.flatMap((entry) =>
  Object.entries(entry.options).flatMap(([name, spec]) => (spec.secret ? [name] : [])),
);

/** Any failure as text for people. A foreign error is a mistake of ours and says so; no stack. */
export function renderAny(error: unknown, color: boolean): string {
  const known =
    error instanceof SluiceError
      ? error
      : new SluiceError('INTERNAL', error instanceof Error ? error.message : String(error), { domain: 'internal' });
  if (!color) return renderError(known, { secrets });
  const { red, bold, cyan } = pc.createColors(true);
  return renderError(known, { secrets, style: { error: (text) => bold(red(text)), place: cyan, hint: cyan } });
}
