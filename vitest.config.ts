import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Processes, not threads: tests set V8 flags and load native code, and a crash must not take the others along.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The same result on every machine, whatever its zone.
    env: { TZ: 'UTC' },
    coverage: { enabled: false },
  },
});
