import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Adds up vitest's JSON reports in a folder and prints `N passed, N failed, N skipped`; a tier without a report counts as one failure. */

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
}

const TIERS = ['readme', 'e2e', 'images-node', 'kube-server', 'search', 'kube-hub', 'kube-member', 'faults'];

function read(dir: string, tier: string): Report | undefined {
  const file = readdirSync(dir).find((name) => name === `${tier}.json`);
  return file ? (JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as Report) : undefined;
}

const dir = process.argv[2] ?? '.';
let passed = 0;
let failed = 0;
let skipped = 0;
for (const tier of TIERS) {
  const report = read(dir, tier);
  if (!report) {
    console.log(`no report of the tier ${tier}`);
    failed += 1;
    continue;
  }
  // A file that could not be loaded has no failed test, but it failed.
  const failedTests = Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
  console.log(`${tier}: ${report.numPassedTests} passed, ${failedTests} failed, ${report.numPendingTests} skipped`);
  passed += report.numPassedTests;
  failed += failedTests;
  skipped += report.numPendingTests;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
