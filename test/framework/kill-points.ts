import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { World } from './world.ts';

/**
 * Kills a process of ours with SIGKILL at what it does to its key files: once in the middle of writing one, once when it is written, once when it is in its
 * place, and once when it is removed. Each point kills once until `clear`.
 */
export interface KillPoints {
  /** For Node, before the file that it runs. */
  nodeFlags: string[];
  /** From now on, and anew. */
  arm(): void;
  disarm(): void;
  /** Those that have killed since `arm`, as `ca.pem in place`. */
  hit(): string[];
}

export function newKillPoints(world: World, isMeant: RegExp): KillPoints {
  const list = path.join(world.dir, 'kill-points');
  const script = `${list}.mjs`;
  writeFileSync(script, preload(list, isMeant));
  return {
    nodeFlags: ['--import', script],
    arm: () => writeFileSync(list, ''),
    disarm: () => rmSync(list, { force: true }),
    hit: () => readFileSync(list, 'utf8').split('\n').filter(Boolean),
  };
}

/** A point is written down before it kills. Where there is no list nothing is done. */
const preload = (list: string, isMeant: RegExp): string => `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const list = ${JSON.stringify(list)};
const { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } = fs;
const isDue = (file, what) => {
  const point = path.basename(String(file)).replace(/-[0-9a-f]{12}/, '') + ' ' + what;
  if (!${isMeant}.test(file) || !existsSync(list) || readFileSync(list, 'utf8').split('\\n').includes(point)) return false;
  appendFileSync(list, point + '\\n');
  return true;
};
const die = () => process.kill(process.pid, 'SIGKILL');
fs.writeFileSync = (file, text, options) => {
  if (isDue(file, 'half written')) {
    writeFileSync(file, text.slice(0, text.length >> 1), options);
    die();
  }
  writeFileSync(file, text, options);
  if (isDue(file, 'written')) die();
};
fs.renameSync = (from, to) => {
  renameSync(from, to);
  if (isDue(to, 'in place')) die();
};
fs.rmSync = (file, options) => {
  const isThere = existsSync(file);
  rmSync(file, options);
  if (isThere && isDue(file, 'removed')) die();
};
syncBuiltinESMExports();
`;
