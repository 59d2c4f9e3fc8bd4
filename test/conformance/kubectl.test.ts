/** kubectl says the same of the embedded API as of a kube-apiserver: output, errors and exit code. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../kube/binaries.ts';
import { kubectlCommands, manifests } from './kubectl-commands.ts';
import { type Normaliser, newNormaliser } from './normalise.ts';
import { startServedPair } from './served.ts';
import type { ConformanceServer, ServerPair } from './servers.ts';

const binaries = await ensureBinaries();
const hasKubectl = await new Promise<boolean>((resolve) =>
  execFile('kubectl', ['version', '--client'], (error) => resolve(error === null)),
);

describe.runIf('dir' in binaries && hasKubectl)('kubectl on both', () => {
  let pair: ServerPair;
  let directory: string;
  const normalisers = new Map<string, Normaliser>();
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'pullet-kubectl-'));
    for (const [name, text] of Object.entries(manifests))
      await writeFile(path.join(directory, name), text, { mode: 0o755 });
    pair = await startServedPair();
  });
  afterAll(async () => {
    await pair?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function run(server: ConformanceServer, command: string): Promise<string> {
    const { name, kubeconfig } = server;
    const env = {
      PATH: process.env['PATH'],
      HOME: path.join(directory, name),
      KUBECONFIG: kubeconfig,
      KUBE_EDITOR: path.join(directory, 'editor.sh'),
    };
    const normaliser = normalisers.get(name) ?? newNormaliser();
    normalisers.set(name, normaliser);
    const output = await new Promise<string>((resolve) =>
      execFile('sh', ['-c', command], { cwd: directory, env, timeout: 30_000 }, (error, stdout, stderr) =>
        resolve(`${stdout}${stderr}exit ${error?.code ?? 0}`),
      ),
    );
    return normaliser
      .text(output)
      .replace(/resourceVersion("?): "\d+"/g, 'resourceVersion$1: <rv>')
      .replace(/ {2,}/g, '  ')
      .replace(/Resource Version: +\d+/g, 'Resource Version: <rv>')
      .replace(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g, '<time>')
      .replace(/^(diff .*|---.*|\+\+\+.*)$/gm, '<diff>')
      .replace(/\b(\d+m)?\d+s\b( +)?/g, '<age>')
      .replace(/\/tmp\/\S+/g, '<file>');
  }

  test.each(kubectlCommands)('%s', async (command) => {
    const [embedded, upstream] = await Promise.all([run(pair.embedded, command), run(pair.upstream, command)]);
    expect(embedded).toBe(upstream);
  });
});
