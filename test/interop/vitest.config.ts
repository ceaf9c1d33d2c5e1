import { defineConfig } from 'vitest/config';

// Apart from `npm test`: the clients have to be installed first (scripts/interop.mjs).
// eslint-disable-next-line no-restricted-syntax -- vitest takes its configuration so
export default defineConfig({
  test: {
    include: ['test/interop/**/*.interop.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    env: { TZ: 'UTC' },
  },
});
