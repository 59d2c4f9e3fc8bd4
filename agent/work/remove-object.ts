import { KINDS_WITH_CONTENTS } from '../../shared/apis/work/kinds-with-contents.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { deleteObject, findOwn, type Removal, type RemovalDeps, type Removed } from './delete-object.ts';
import { saysItExisted } from './existed-before.ts';
import { describe } from './manifest.ts';
import { releaseObject } from './release-object.ts';

/** Deletes one object of a Work in the member, or lets go of one that was there before with what is in or of it, which is others'. */
export async function removeObject(
  deps: RemovalDeps & { log: Pick<Logger, 'info'> },
  removal: Removal,
  signal: AbortSignal,
): Promise<Removed> {
  if (!KINDS_WITH_CONTENTS.has(removal.type.kind)) return deleteObject(deps, removal, signal);
  const found = await findOwn(deps, removal, signal);
  if (found === 'gone' || found === 'foreign') return { is: found };
  if (!saysItExisted(found) || found.metadata.deletionTimestamp) return deleteObject(deps, removal, signal);
  await releaseObject(deps, removal, signal);
  deps.log.info(
    { work: removal.workKey, object: describe(removal.object) },
    'let go of, not deleted: it was there before a Work took it over',
  );
  return { is: 'foreign' };
}
