/**
 * Builds the control plane's binaries ahead of the tests and prints their folder: `npx tsx test/kube/build.ts`. Meant for the
 * start of a CI run, in the background; tests that come to need them meanwhile wait for it. Exit code 1 where it cannot.
 */

import { ensureBinaries } from './binaries.ts';

const binaries = await ensureBinaries();
if ('dir' in binaries) console.log(binaries.dir);
else process.exitCode = 1;
