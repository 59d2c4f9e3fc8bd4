/** Client libraries that nobody here wrote do the same on the embedded API as on a kube-apiserver. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../kube/binaries.ts';
import { ensureGoClient } from './go-client.ts';
import { type ServerPair, startServerPair } from './servers.ts';

const run = promisify(execFile);
const binaries = await ensureBinaries();
const python = await pythonWithKubernetes();
const script = fileURLToPath(new URL('./python-client/client.py', import.meta.url));

describe.runIf('dir' in binaries)('clients', () => {
  let pair: ServerPair;
  beforeAll(async () => {
    pair = await startServerPair();
  });
  afterAll(() => pair?.stop());

  /** What the program says it has checked, on each server. */
  async function onBoth(program: string, args: (kubeconfig: string) => string[]): Promise<[string, string]> {
    const on = async ({ kubeconfig }: { kubeconfig: string }) => (await run(program, args(kubeconfig))).stdout;
    return [await on(pair.upstream), await on(pair.embedded)];
  }

  test('client-go: protobuf, typed apply, informers, metadata, leader election', { timeout: 900_000 }, async () => {
    const program = await ensureGoClient();
    const [upstream, embedded] = await onBoth(program, (kubeconfig) => ['-kubeconfig', kubeconfig]);
    expect(embedded).toBe(upstream);
    expect(embedded).toContain('ok deletion');
  });

  test.runIf(python)('python3-kubernetes: objects, patches, watches, custom resources', async () => {
    const [upstream, embedded] = await onBoth(python ?? '', (kubeconfig) => ['-B', script, kubeconfig]);
    expect(embedded).toBe(upstream);
    expect(embedded).toContain('ok check_deletion');
  });
});

/** The first Python that has the library; Debian's package is the system's Python's. */
async function pythonWithKubernetes(): Promise<string | undefined> {
  for (const candidate of ['python3', '/usr/bin/python3']) {
    try {
      await run(candidate, ['-c', 'import kubernetes']);
      return candidate;
    } catch {
      // That one has not.
    }
  }
  process.stderr.write(
    'no python3 with the module kubernetes (apt-get install python3-kubernetes): its checks did not run\n',
  );
  return undefined;
}
