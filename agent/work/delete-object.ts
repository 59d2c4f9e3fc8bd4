import { isConflict, isNotFound, isStatusError } from '../../shared/apis/meta/status-error.ts';
import type { DeleteOptions, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { objectPath } from '../../shared/client/request-path.ts';
import { getLive, getObserved } from './apply-manifest.ts';
import { saysItExisted } from './existed-before.ts';
import type { ObjectId } from './manifest.ts';
import type { MemberWatches } from './member-watches.ts';
import { missingRule } from './missing-rule.ts';
import { asSeen, isSameState, type Observed } from './observed.ts';
import { isDeletable } from './ownership.ts';
import { refusalWithoutSecretData } from './secret-words.ts';

/** Takes one delivered object away from the member; only if it says itself that it comes from the Work. */

export interface Removal {
  type: ResourceType<Unstructured>;
  object: ObjectId;
  workKey: string;
  /**
   * Only the object with this uid; empty: only what our field manager made. Absent: only what it did not make, which another agent delivered for
   * the Work before us, for our own stand in the inventory.
   */
  uid?: string;
}

export interface RemovalDeps {
  member: KubeClient;
  watches: MemberWatches;
}

/** `pending`: it is being deleted and something holds it, in words. `foreign`: it isn't this Work's (any more) and stays. */
export type Removed = { is: 'gone' | 'foreign' } | { is: 'pending'; heldBy: string };

export async function deleteObject(deps: RemovalDeps, removal: Removal, signal: AbortSignal): Promise<Removed> {
  const found = await findOwn(deps, removal, signal);
  if (found === 'gone' || found === 'foreign') return { is: found };
  const answer = found.metadata.deletionTimestamp ? 'unknown' : await requestDeletion(deps, removal, found, signal);
  if (answer === 'gone') return { is: 'gone' };
  const after = await getObserved(deps.member, removal.type, removal.object, signal);
  if (!after || after.metadata.uid !== found.metadata.uid) return { is: 'gone' };
  if (answer === 'conflict') {
    // It is not as it was seen, and may be somebody else's by now.
    if (!isOfRemoval(removal, after)) return { is: 'foreign' };
    if (saysItExisted(after)) return { is: 'pending', heldBy: 'it has just changed' };
    if ((await requestDeletion(deps, removal, after, signal)) === 'gone') return { is: 'gone' };
  }
  return { is: 'pending', heldBy: holderOf(after) };
}

/** A namespace has its own finalizers apart, and goes when what is in it has gone. */
export function holderOf({ kind, metadata: { finalizers = [] } }: Observed): string {
  if (finalizers.length > 0)
    return `held by ${finalizers.length === 1 ? 'finalizer' : 'finalizers'} ${finalizers.join(', ')}`;
  return kind === 'Namespace' ? 'until what is in it has gone' : 'on its way out';
}

/** The object as the watch has it; as the member has it where that would be none, or not the one that is meant: the watch may be far behind, and nobody looks again at what is not the Work's. */
export async function findOwn(
  deps: RemovalDeps,
  removal: Removal,
  signal: AbortSignal,
): Promise<Observed | 'gone' | 'foreign'> {
  const { type, object } = removal;
  const seen = deps.watches.get(type, object.namespace, object.name);
  if (seen && isOfRemoval(removal, seen)) return seen;
  const found = await getObserved(deps.member, type, object, signal);
  if (!found) return 'gone';
  return isOfRemoval(removal, found) ? found : 'foreign';
}

/** Whether the object is the one that is meant, and still the Work's. */
export function isOfRemoval({ uid, workKey }: Removal, found: Observed): boolean {
  const isMeant = uid ? found.metadata.uid === uid : found.isApplied === (uid === '');
  return isMeant && isDeletable(workKey, found);
}

/**
 * As it was seen, or not at all: the watch may be late, and the object another's since. A server answers with a Status if nothing is left, and with the object if something holds it
 * (or, for some kinds, always).
 */
async function requestDeletion(
  deps: RemovalDeps,
  removal: Removal,
  found: Observed,
  signal: AbortSignal,
): Promise<'gone' | 'conflict' | 'unknown'> {
  const options: DeleteOptions = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy: 'Background',
    preconditions: asSeen(found),
  };
  const headers = { 'content-type': 'application/json' };
  const path = objectPath(removal.type, keyOfObject(removal.object));
  try {
    const answer = await deps.member.raw({ method: 'DELETE', path, headers, body: JSON.stringify(options), signal });
    const { kind, status }: { kind?: string; status?: unknown } = JSON.parse(answer);
    return kind === 'Status' && status === 'Success' ? 'gone' : 'unknown';
  } catch (error) {
    if (isConflict(error)) return 'conflict';
    if (isNotFound(error)) return 'unknown';
    throw await fitToTell(deps, removal, { found, error, signal });
  }
}

/** A webhook may quote what it was shown of a Secret: of that is told only what can be masked. */
async function fitToTell(
  deps: RemovalDeps,
  { type, object }: Removal,
  { found, error, signal }: { found: Observed; error: unknown; signal: AbortSignal },
): Promise<unknown> {
  if (type.group !== '' || type.kind !== 'Secret' || !isStatusError(error) || missingRule(error) !== '') return error;
  const live = await getLive(deps.member, type, object, signal).catch(() => undefined);
  return refusalWithoutSecretData(error, live && isSameState(live, found) ? live : undefined);
}

function keyOfObject({ namespace, name }: ObjectId): { name: string; namespace?: string } {
  return namespace ? { name, namespace } : { name };
}
