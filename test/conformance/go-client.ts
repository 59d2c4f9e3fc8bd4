/** The Go program in `go-client/`, built once for each state of its sources. */

import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoProgram } from '../kube/binaries.ts';

const MODULE = fileURLToPath(new URL('./go-client', import.meta.url));

/** The program's path. Rejects where it does not build. */
export async function ensureGoClient(): Promise<string> {
  const root = process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  const program = path.join(root, 'pullet-kube', `go-client-${await digestOfSources()}`);
  if (!(await exists(program))) await buildGoProgram(MODULE, program);
  return program;
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of (await readdir(MODULE)).sort()) hash.update(file).update(await readFile(path.join(MODULE, file)));
  return hash.digest('hex').slice(0, 12);
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
