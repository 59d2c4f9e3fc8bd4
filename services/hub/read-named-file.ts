import { readFile } from 'node:fs/promises';

/** The text of a file that a flag names. Throws in words. */
export function readNamedFile(file: string, flag: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${flag}: cannot read ${file}`, { cause: error });
  });
}
