import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderError } from '../../../src/errors/render-caret.ts';
import { explainText } from '../../../src/planner/explain.ts';
import { matchGolden } from '../../support/golden.ts';
import { failure, planScript } from './planning.ts';

const folder = (name: string): string => `test/golden/${name}`;
const scripts = (name: string): string[] => readdirSync(folder(name)).filter((file) => file.endsWith('.sql'));

describe('plans, stage by stage', () => {
  it.each(scripts('plan'))('%s', (file) => {
    const stages = planScript(readFileSync(`${folder('plan')}/${file}`, 'utf8'), file);
    const printed = (['logical', 'optimized', 'physical'] as const).map(
      (stage) => `-- ${stage}\n${explainText(stages, stage)}`,
    );
    matchGolden(`${folder('plan')}/${file.replace('.sql', '.plan')}`, printed.join('\n'));
  });
});

describe('errors, as they are shown', () => {
  it.each(scripts('errors'))('%s', (file) => {
    const shown = renderError(failure(readFileSync(`${folder('errors')}/${file}`, 'utf8'), file));
    expect(shown).not.toContain('hunter2');
    matchGolden(`${folder('errors')}/${file.replace('.sql', '.err')}`, shown);
  });
});
