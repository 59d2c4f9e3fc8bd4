import { statSync } from 'node:fs';
import { type Flag, FlagError, formatFlags, parseCommandLine } from '../../../shared/process/flags.ts';
import type { ProcessContext } from '../../../shared/process/program.ts';
import { restoreDirectory } from './restore-directory.ts';

/** `pullet hub restore FILE --data-dir DIR`: a data directory out of a backup, for a hub that is not running. */

const FLAGS: readonly Flag[] = [
  { name: 'data-dir', type: 'string', value: 'DIR', help: 'directory to restore into', env: 'PULLET_DATA_DIR' },
  {
    name: 'force',
    type: 'boolean',
    default: 'false',
    help: 'restore into a directory that is not empty; what it holds is moved aside within it, nothing is deleted',
  },
  { name: 'help', short: 'h', type: 'boolean', default: 'false', help: 'show this' },
];

const HELP = `Make a hub's data directory out of a backup. The hub must not be running.

The restored hub has the keys of the one that was backed up, and says by a new
epoch that it went back in time. Its resourceVersions go on far above those of
the lost hub. Run it at the address of that one, where its members dial.

Usage:
  pullet hub restore FILE --data-dir DIR [--force]

Examples:
  pullet hub restore ./hub.backup --data-dir ./hub-again
  pullet hub --data-dir ./hub-again --listen 0.0.0.0:6443 --advertise-address hub.example.com:6443

Flags:
${formatFlags(FLAGS)}`;

export async function runRestore(
  args: string[],
  { streams, env }: Pick<ProcessContext, 'streams' | 'env'>,
  now: () => number,
): Promise<void> {
  const { values, positionals } = parseCommandLine(FLAGS, args, env);
  if (values['help'] === true) return streams.out(HELP);
  const [file, ...more] = positionals;
  const directory = values['data-dir'];
  if (file === undefined || more.length > 0) throw new FlagError('give the FILE of the backup, and only that');
  if (typeof directory !== 'string' || directory === '') throw new FlagError('--data-dir is required');
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new Error(`there is no backup ${file}: it is not a file`);
  const force = values['force'] === true;
  const { entries, revision, movedAside } = await restoreDirectory({ file, directory, force, now });
  streams.out(`${directory}: ${entries} objects restored; its revision is ${revision}\n`);
  if (movedAside) streams.out(`what was there before is in ${movedAside}\n`);
  streams.err(`Run it with the --listen and --advertise-address of the lost hub: pullet hub --data-dir ${directory}\n`);
}
