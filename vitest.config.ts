import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Processes, not threads: tests set V8 flags and load native code, and a crash must not take the others along.
    pool: 'forks',
    maxWorkers: 2,
    // Only against a hang: what takes a second on an idle machine took forty beside other work on the same two cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The same result on every machine, whatever its zone.
    env: { TZ: 'UTC' },
    coverage: { enabled: false },
  },
});
