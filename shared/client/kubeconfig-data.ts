import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileReason } from './file-reason.ts';
import { KubeconfigError } from './kubeconfig-file.ts';

/** What an entry of a kubeconfig has in itself, or in a file that it names. */

/** `<field>-data` (base64) wins over the file that `<field>` names. `where` is for messages. */
export async function dataOrFile<F extends string>(
  entry: { file: string } & Partial<Record<F | `${F}-data`, unknown>>,
  field: F,
  where: string,
): Promise<string | undefined> {
  const data = entry[`${field}-data`];
  if (typeof data === 'string' && data !== '') return decodeBase64(data, `${where}: ${field}-data`);
  const path = entry[field];
  if (typeof path !== 'string' || path === '') return undefined;
  const file = relativeTo(entry.file, path);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new KubeconfigError(`${where}: cannot read ${field} ${file}: ${fileReason(error)}`);
  }
}

function decodeBase64(text: string, where: string): string {
  const packed = text.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) throw new KubeconfigError(`${where} is not base64`);
  return Buffer.from(packed, 'base64').toString('utf8');
}

/** Paths in a kubeconfig are relative to its folder. */
export function relativeTo(file: string, path: string): string {
  return resolve(dirname(file), path);
}
