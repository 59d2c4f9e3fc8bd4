/** Where the binaries come from, as far as it can be told without building them. */

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { binaryNames, ensureBinaries, pinnedKubernetesVersion } from './binaries.ts';

describe('ensureBinaries', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pullet-binaries-'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(dir, { recursive: true, force: true });
  });

  test('takes the folder KUBEBUILDER_ASSETS names', async () => {
    vi.stubEnv('KUBEBUILDER_ASSETS', dir);
    await placeBinaries(dir, binaryNames);
    expect(await ensureBinaries()).toEqual({ dir });
  });

  test('rejects a KUBEBUILDER_ASSETS folder that lacks a program, rather than building another', async () => {
    vi.stubEnv('KUBEBUILDER_ASSETS', dir);
    await placeBinaries(dir, ['etcd', 'kube-apiserver']);
    await expect(ensureBinaries()).rejects.toThrow(`KUBEBUILDER_ASSETS is ${dir}, which does not hold all of`);
  });

  test('gives a reason, and says it on stderr, where nothing is built and there is no go', async () => {
    vi.stubEnv('KUBEBUILDER_ASSETS', '');
    vi.stubEnv('XDG_CACHE_HOME', dir);
    vi.stubEnv('PATH', dir);
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await ensureBinaries()).toEqual({ reason: expect.stringContaining('DID NOT RUN') });
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining('DID NOT RUN'));
    stderr.mockRestore();
  });
});

test('the pinned version is a 1.36', async () => {
  expect(await pinnedKubernetesVersion()).toMatch(/^v1\.36\.\d+$/);
});

async function placeBinaries(dir: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await writeFile(join(dir, name), '');
    await chmod(join(dir, name), 0o755);
  }
}
