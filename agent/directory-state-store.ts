import { access, constants, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileReason } from '../shared/client/file-reason.ts';
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
  /** By blob: its file as it was left; none while it is being written. */
  const marks = new Map<string, string | undefined>();
  return {
    load: async () => {
      await makeDirectory(directory);
      const files = (await readdir(directory)).filter((file) => OURS.test(file));
      await Promise.all(
        files.filter((file) => file.endsWith(TEMPORARY)).map((file) => rm(path.join(directory, file), { force: true })),
      );
      const names = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
      marks.clear();
      for (const name of names) marks.set(name, await markOf(fileOf(name)));
      const blobs = names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(fileOf(name))]);
      return new Map(await Promise.all(blobs));
    },
    save: async (name, bytes) => {
      marks.delete(name);
      await makeDirectory(directory);
      await writeDurably(fileOf(name), bytes);
      marks.set(name, await markOf(fileOf(name)));
    },
    altered: async () => {
      const looks = [...marks].map(async ([name, mark]): Promise<string[]> => {
        const isAltered = (await markOf(fileOf(name))) !== mark;
        return isAltered && marks.get(name) === mark ? [name] : [];
      });
      return (await Promise.all(looks)).flat();
    },
    remove: async (name) => {
      marks.delete(name);
      await rm(fileOf(name), { force: true });
    },
  };
}

/** Undefined if there is no such file. */
async function markOf(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes it if it is missing. Throws an Error in words if it can't be used: an agent that only finds out later would deliver nothing, and say so in its log alone. */
export async function checkStateDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(path.resolve(directory));
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(`--state-dir ${directory} can't be used: ${fileReason(error)}`, { cause: error });
  }
}

/** Node's own `recursive` never returns where the system answers ENOENT to a name that can't be made (below /proc). */
async function makeDirectory(directory: string): Promise<void> {
  if (await isDirectory(directory)) return;
  const parent = path.dirname(directory);
  if (parent !== directory) await makeDirectory(parent);
  await mkdir(directory, { mode: 0o700 }).catch(async (error: unknown) => {
    if (!(await isDirectory(directory))) throw error; // another replica may have made it meanwhile
  });
}

async function isDirectory(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
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
