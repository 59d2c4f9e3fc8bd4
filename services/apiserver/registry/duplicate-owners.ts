import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { inKeyOrder } from '../merge/json-value.ts';
import type { RequestContext } from '../request.ts';

/**
 * An owner that is named twice, all alike, is named once, and who did so is told; `when` is part of the text. Changes the object. Linear: there is no limit
 * to how many owners a client can name.
 */
export function dropDuplicateOwners({ metadata }: Unstructured, { warnings }: RequestContext, when: string): void {
  const { ownerReferences: owners = [] } = metadata;
  if (owners.length < 2) return;
  const seen = new Set<string>();
  const isAgain = owners.map((owner) => seen.size === seen.add(JSON.stringify(inKeyOrder(owner))).size);
  const uids = owners.filter((_, index) => isAgain[index]).map(({ uid }) => uid);
  if (uids.length === 0) return;
  metadata.ownerReferences = owners.filter((_, index) => !isAgain[index]);
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids.join(', ')}`,
  );
}
