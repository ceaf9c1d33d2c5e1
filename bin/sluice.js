#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

const main = new URL('../dist/cli/main.js', import.meta.url);

if (existsSync(main)) {
  // Node 22.8 and newer keep compiled code between runs; Node 20 has no such switch.
  module.enableCompileCache?.();
  await import(main.href);
} else {
  process.stderr.write('error: Sluice is not built yet (dist/cli/main.js is missing)\nhint: Run: npm run build\n');
  process.exitCode = 1;
}
