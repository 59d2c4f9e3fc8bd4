import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { StateStore } from './work/state-store.ts';

/**
 * Blobs as files `<name>.gz` of one directory, for the agent's user alone: Works contain Secrets. A file is written beside its place, forced to the disk and moved there, so
 * it is the old one or the new one whatever happens.
 */

const SUFFIX = '.gz';
const TEMPORARY = '.tmp';
/** The names of blobs are these. What else is in the directory is somebody's, who may have named one of his own. */
const OURS = /^(head|\d+)\.gz(\.tmp)?$/;

export function newDirectoryStateStore(directory: string): StateStore {
  const fileOf = (name: string): string => path.join(directory, `${name}${SUFFIX}`);
  return {
    load: async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const files = (await readdir(directory)).filter((file) => OURS.test(file));
      await Promise.all(
        files.filter((file) => file.endsWith(TEMPORARY)).map((file) => rm(path.join(directory, file), { force: true })),
      );
      const names = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
      const blobs = names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(fileOf(name))]);
      return new Map(await Promise.all(blobs));
    },
    save: async (name, bytes) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeDurably(fileOf(name), bytes);
    },
    remove: async (name) => {
      await rm(fileOf(name), { force: true });
    },
  };
}

async function writeDurably(file: string, bytes: Buffer): Promise<void> {
  const temporary = `${file}${TEMPORARY}`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
