import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { matchGolden } from '../../support/golden.ts';

describe('matchGolden', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-golden-'));
    vi.stubEnv('UPDATE', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('accepts the kept text, with or without a final line feed', () => {
    writeFileSync(join(folder, 'a.plan'), 'Scan\n');
    matchGolden(join(folder, 'a.plan'), 'Scan');
    matchGolden(join(folder, 'a.plan'), 'Scan\n');
  });

  it('refuses another text', () => {
    writeFileSync(join(folder, 'a.plan'), 'Scan\n');
    expect(() => matchGolden(join(folder, 'a.plan'), 'Filter')).toThrow(/differs from .*a\.plan/);
  });

  it('refuses a missing expectation unless it is told to write', () => {
    expect(() => matchGolden(join(folder, 'new/b.plan'), 'Scan')).toThrow(/no expectation file/);
    vi.stubEnv('UPDATE', '1');
    matchGolden(join(folder, 'new/b.plan'), 'Scan');
    expect(readFileSync(join(folder, 'new/b.plan'), 'utf8')).toBe('Scan\n');
  });
});
