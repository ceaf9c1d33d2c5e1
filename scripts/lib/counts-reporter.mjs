// A vitest reporter that writes how many tests passed, failed and were skipped to the file named by SLUICE_COUNTS.
import { writeFileSync } from 'node:fs';

export default class CountsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else counts.skipped += 1;
      }
      // A file that does not load, or a hook that throws, fails although none of its tests ran.
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    }
    const path = process.env['SLUICE_COUNTS'];
    if (path !== undefined) writeFileSync(path, JSON.stringify(counts));
  }
}
