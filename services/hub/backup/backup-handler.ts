import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { Authorizer } from '../../apiserver/authz/authorizer.ts';
import { newMethodNotAllowed } from '../../apiserver/registry/target.ts';
import type { Handler } from '../../apiserver/request.ts';
import type { Storage } from '../../storage/backend.ts';
import { type BackupFile, writeBackup } from '../../storage/backup-format.ts';
import type { DataDirectory } from '../data-directory.ts';
import { EVERYTHING } from '../everything.ts';

/**
 * `GET /pullet/backup`: a consistent copy of the store while the hub works, with the hub's keys, without which a restored hub would be a stranger to its
 * agents. It holds every Secret, so besides a rule for its path it takes the right to do everything, as system:masters and cluster-admin have.
 */
export const BACKUP_PATH = '/pullet/backup';

export interface BackupHandlerOptions {
  storage: Storage;
  directory: Pick<DataDirectory, 'pki'>;
  authorize: Authorizer;
  now(): number;
}

export function newBackupHandler({ storage, directory, authorize, now }: BackupHandlerOptions): Handler {
  return async ({ request: { method }, user }) => {
    if (method !== 'GET') throw newMethodNotAllowed();
    if (!authorize(user, EVERYTHING).allowed)
      throw newForbidden(
        { resource: 'backup' },
        `a backup holds every Secret: User "${user.name}" must be allowed every verb on every resource`,
      );
    const body = writeBackup({
      epoch: storage.epoch,
      createdAtMs: now(),
      files: keyFiles(directory.pki),
      openSnapshot: () => storage.snapshot(),
    });
    return { status: 200, headers: { 'content-type': 'application/gzip' }, body };
  };
}

function keyFiles(directory: string): BackupFile[] {
  const names = readdirSync(directory).filter((name) => /\.(pem|key)$/.test(name));
  return names.map((name) => ({ name: `pki/${name}`, content: readFileSync(path.join(directory, name)) }));
}
