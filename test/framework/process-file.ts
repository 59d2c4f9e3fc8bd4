import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's, and where such a process is to run: it is from there that Node finds `tsx`, wherever the tests were started. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SOURCES = { hub: 'services/hub/main.ts', agent: 'agent/main.ts' };

/**
 * What Node is to be given to run a process of ours: its bundle, which scripts/bundled-tests.ts has built of the sources as they are for this run of the tests, or the sources
 * themselves where tests are not bundled, which take several times the processor time to start.
 */
export function processFile(name: keyof typeof SOURCES): string[] {
  const bundles = process.env['PULLET_TEST_PROCESSES'];
  if (bundles) return ['--enable-source-maps', path.join(bundles, `${name}.js`)];
  return ['--import', 'tsx', path.join(ROOT, SOURCES[name])];
}
