import { access, constants, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newKey, privateKeyPem, readPrivateKey } from '../../shared/pki/private-key.ts';
import { parseHubKubeconfig } from './hub-kubeconfig.ts';
import type { JoinStore } from './join-progress.ts';
import { RegisterError } from './register-options.ts';

/**
 * The same for an agent that will run outside the member: the kubeconfig goes to a file with mode 0600, and the key waits beside it, in
 * `<file>.pending-key`, until the join is finished. A kubeconfig that is there already is never overwritten.
 */
export function newFileJoinStore(file: string, clusterName: string): JoinStore {
  const pending = `${file}.pending-key`;
  return {
    loadOrNewKey: async () => {
      const kept = await readIfThere(pending);
      if (kept !== undefined) return readPrivateKey(kept);
      const fresh = await newKey('ec-p256');
      await writePrivate(pending, privateKeyPem(fresh));
      return fresh;
    },
    loadKubeconfig: async () => {
      await requireWritableFolder(file);
      const text = await readIfThere(file);
      if (text === undefined) return undefined;
      const isOurs =
        (await readIfThere(pending)) !== undefined && parseHubKubeconfig(text)?.clusterName === clusterName;
      if (isOurs) return text;
      throw new RegisterError(`${file} is there already`, { fix: 'Name another file, or move that one away first.' });
    },
    saveKubeconfig: (text) => writePrivate(file, text),
    finish: () => rm(pending, { force: true }),
  };
}

/** Before anything is asked of the hub. */
async function requireWritableFolder(file: string): Promise<void> {
  const folder = dirname(file);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const isMissing = (error as { code?: string }).code === 'ENOENT';
    throw new RegisterError(`cannot write ${file}: ${folder} ${isMissing ? 'does not exist' : 'is not writable'}`, {
      fix: 'Make the folder, or name a file in another one.',
    });
  }
}

/** Whole or not at all, also where the machine stops; never readable by others, not even for a moment. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}
