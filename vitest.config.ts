import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { bundledTests } from './scripts/bundled-tests.ts';
import { LongestFirst } from './scripts/longest-first.ts';

/** Where CI wants a JSON report of each run; the tier's name is in VITEST_TIER. */
const { VITEST_JSON_DIR: reportDir, VITEST_TIER: tier = 'readme' } = process.env;

/** The test files of a run are bundled together instead of loaded one module at a time. */
const plugins = [bundledTests()];

/** Generous, as all deadlines of tests: what is right is seen at once, and a machine that has much else to do is no failure. */
const expectations = { poll: { timeout: 60_000 } };
const slow = { testTimeout: 600_000, hookTimeout: 900_000 };

/** The tiers of the test-suite, from cheap to real; each is a project, run with `vitest run --project NAME`. */
export default defineConfig({
  test: {
    // Tests wait more than they work, also where real kube-apiservers work beside them: several at a time also where there are two processors.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    ...(reportDir ? { reporters: ['default', 'json'], outputFile: { json: `${reportDir}/${tier}.json` } } : {}),
    projects: [
      {
        plugins,
        test: {
          name: 'unit',
          include: [
            'shared/**/*.test.ts',
            'services/**/*.test.ts',
            'agent/**/*.test.ts',
            'cli/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          // One process for many files: to start one for each, and load the modules there again, took more than all that they test. Whole from the start there
          // is Node's tls, which is left half loaded where a certificate's toLegacyObject is what needs it first.
          isolate: false,
          execArgv: ['--require=node:tls'],
          expect: expectations,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/framework/**/*.test.ts'],
          expect: expectations,
          ...slow,
        },
      },
      {
        plugins,
        test: {
          name: 'kube',
          include: ['test/kube/**/*.test.ts', 'test/conformance/**/*.test.ts'],
          exclude: ['test/conformance/*sequences.test.ts'],
          expect: expectations,
          ...slow,
        },
      },
      {
        // The same number of random sequences each time, from a fixed seed; what another seed finds becomes a case of the tables.
        test: {
          name: 'search',
          include: ['test/conformance/*sequences.test.ts'],
          expect: expectations,
          ...slow,
        },
      },
      {
        // Long, and another run each time it is asked for one: the built processes, killed and cut off at random.
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          expect: expectations,
          ...slow,
          testTimeout: 1_800_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          expect: expectations,
          ...slow,
          fileParallelism: false,
        },
      },
    ],
  },
});
