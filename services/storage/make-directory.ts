import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a directory (0700) with those above it that are missing; one that is there is left as it is. Node's own `recursive` never returns where the system answers
 * ENOENT to a name that can't be made (below /proc).
 */
export function makeDirectory(directory: string): void {
  const absolute = path.resolve(directory);
  if (isDirectory(absolute)) return;
  const parent = path.dirname(absolute);
  // Where it is a file, the system says so of what is to be made below.
  if (parent !== absolute && !isThere(parent)) makeDirectory(parent);
  try {
    mkdirSync(absolute, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isDirectory(absolute)) throw error;
  }
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
