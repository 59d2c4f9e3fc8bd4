import { createReadStream, existsSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import { fileReason } from '../../../shared/client/file-reason.ts';
import { newHttpTransport } from '../../../shared/client/http2-transport.ts';
import { statusErrorOf } from '../../../shared/client/response-error.ts';
import type { Transport } from '../../../shared/client/transport.ts';
import { FlagError, formatFlags, parseCommandLine } from '../../../shared/process/flags.ts';
import type { ProcessContext } from '../../../shared/process/program.ts';
import { readBackup } from '../../storage/backup-format.ts';
import { ADMIN_FLAGS, adminAccess, explained } from '../admin-flags.ts';
import { BACKUP_PATH } from './backup-handler.ts';

/** `pullet hub backup FILE`: asks a running hub for a copy of all that it keeps, and looks whether it is whole. */

const HELP = `Copy all that a hub with the embedded API keeps to a file, while it runs.

The file holds every Secret and the hub's private keys: keep it as safe as the
hub. A file that exists is not overwritten.

Usage:
  pullet hub backup FILE [--kubeconfig FILE]

Examples:
  pullet hub backup ./hub.backup --kubeconfig ./hub/admin.kubeconfig
  pullet hub restore ./hub.backup --data-dir ./hub-again

Flags:
${formatFlags(ADMIN_FLAGS)}`;

export async function runBackup(args: string[], { streams, env, signal }: ProcessContext): Promise<void> {
  const { values, positionals } = parseCommandLine(ADMIN_FLAGS, args, env);
  if (values['help'] === true) return streams.out(HELP);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new FlagError('give the FILE to write, and only that');
  if (existsSync(file)) throw new Error(`the file ${file} exists already and is left as it is`);
  const access = await adminAccess(values, { env });
  const transport = newHttpTransport(access.transport);
  try {
    const { entries, revision } = await download(transport, file, signal);
    streams.out(`${file}: ${entries} objects at revision ${revision}\n`);
  } catch (error) {
    throw await explained(access, error);
  } finally {
    await transport.close();
  }
}

interface Summary {
  entries: number;
  revision: number;
}

/** The file appears under its name only when it is whole and on the disk. What an interrupted run has left is not written over: others might read it. */
async function download(transport: Transport, file: string, signal: AbortSignal): Promise<Summary> {
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    await write(partial, await requestBackup(transport, signal));
    const summary = await check(partial);
    renameSync(partial, file);
    return summary;
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

async function requestBackup(transport: Transport, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const response = await transport.request({ method: 'GET', path: BACKUP_PATH, signal });
  if (response.status === 200) return response.body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const error = statusErrorOf(response.status, Buffer.concat(chunks).toString(), undefined);
  if (!isNotFound(error)) throw error;
  throw new Error(
    'this Kubernetes API is not one that a hub embeds, and has no backup of its own: back up its etcd instead',
  );
}

async function write(file: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await onDisk(file, () => open(file, 'wx', 0o600));
  try {
    for await (const chunk of bytes) await onDisk(file, () => handle.writeFile(chunk));
    await onDisk(file, () => handle.sync());
  } finally {
    await handle.close();
  }
}

async function onDisk<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`can't write ${file}: ${fileReason(error)}`);
  }
}

async function check(file: string): Promise<Summary> {
  const summary = { entries: 0, revision: 0 };
  for await (const item of readBackup(createReadStream(file))) {
    if ('header' in item) summary.revision = item.header.revision;
    if ('entry' in item) summary.entries += 1;
  }
  return summary;
}
