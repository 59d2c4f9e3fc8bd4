/** kubectl says the same of the embedded API as of a kube-apiserver: output, errors and exit code. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { ensureBinaries } from '../../kube/binaries.ts';
import { startServedPair } from '../served.ts';
import type { ServerPair } from '../servers.ts';
import { settleRights } from '../settle-rights.ts';
import { askingCommands } from './asking.ts';
import { deskCommands } from './desk.ts';
import { deskFiles } from './desk-files.ts';
import { firstFiles, firstSteps } from './first-steps.ts';
import { makingCommands } from './making.ts';
import { newKubectl, saidByBoth } from './run-kubectl.ts';
import { stateCommands, stateFiles } from './states.ts';
import { forbidRepairEvents } from './without-repair.ts';

/** Each has a namespace of its own, or only reads, so that they are told at the same time. */
const tables: Readonly<Record<string, readonly string[]>> = {
  'the first steps': firstSteps,
  'a day at a desk': deskCommands,
  'what is made, and who may': makingCommands,
  'what is asked of the API itself': askingCommands,
  'nodes, histories and watches': stateCommands,
};

/** What decides at upstream learns of them a moment later. */
const givesRights = /auth reconcile|create (cluster)?rolebinding/;

const binaries = await ensureBinaries();
const hasKubectl = await new Promise<boolean>((resolve) =>
  execFile('kubectl', ['version', '--client'], (error) => resolve(error === null)),
);

describe.runIf('dir' in binaries && hasKubectl)('kubectl on both', () => {
  let pair: ServerPair;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'pullet-kubectl-'));
    pair = await startServedPair();
    await forbidRepairEvents(pair.upstream);
  });
  afterAll(async () => {
    await pair?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function folderWithFiles(name: string): Promise<string> {
    const folder = path.join(directory, name.replaceAll(/\W/g, '-'));
    await mkdir(folder);
    for (const [file, text] of Object.entries({ ...firstFiles, ...deskFiles, ...stateFiles }))
      await writeFile(path.join(folder, file), text, { mode: 0o755 });
    return folder;
  }

  test.concurrent.for(Object.entries(tables))('%s', { timeout: 900_000 }, async ([name, commands], { expect }) => {
    const folder = await folderWithFiles(name);
    const [ours, theirs] = [await newKubectl(pair.embedded, folder), await newKubectl(pair.upstream, folder)];
    for (const command of commands) {
      const [embedded, upstream] = await saidByBoth(command, () => Promise.all([ours(command), theirs(command)]));
      expect.soft(embedded, command).toBe(upstream);
      if (givesRights.test(command)) await settleRights(pair.upstream);
    }
  });
});
