import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { errorsPage, functionsPage, optionsPage } from '../../support/generated-docs.ts';
import { matchGolden } from '../../support/golden.ts';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));

describe('generated pages are what the registries say', () => {
  it.each([
    ['errors.md', errorsPage],
    ['sql/functions.md', functionsPage],
    ['connectors/options.md', optionsPage],
  ])('docs/%s', (path, page) => {
    matchGolden(`${docs}${path}`, page());
  });
});
