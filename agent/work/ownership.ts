import { CONFLICT_RESOLUTION_ANNOTATION, type Work } from '../../shared/apis/work/v1alpha1.ts';
import { keyOf, splitKey } from '../../shared/controller/store.ts';
import { type Manifest, namedIds } from './manifest.ts';
import { type Observed, workKeyOf } from './observed.ts';

/** Whose an object in the member is, and whether a Work may have it (the wire contract, section 6.5). */

export interface OwnershipDeps {
  cluster: string;
  getWork(key: string): Work | undefined;
  /** Whether it is written down that the Work of that key, which may be gone, has been given the object with that uid. */
  hasDelivered(work: string, objectUid: string): boolean;
}

/**
 * Why the Work must leave the object alone, in words, or undefined if it may be applied. Ours is what our field manager applied, and what
 * carries the label and the annotations of this Work, or of another of the cluster that gives it up: so an object that another agent delivered
 * for either is taken over. The agent of another cluster that the member is too applies as the same field manager, and nobody here knows its Works.
 */
export function foreignReason(
  deps: OwnershipDeps,
  work: Work,
  manifest: Manifest,
  found: Observed,
): string | undefined {
  const key = keyOf(work);
  const owner = workKeyOf(found);
  if (owner === key) return undefined;
  const other = owner === undefined ? undefined : deps.getWork(owner);
  if (other && isDelivering(other, manifest)) {
    return `${subject(manifest)} is already delivered to the cluster ${deps.cluster} by Work ${owner}`;
  }
  if (other || wantsOverwrite(work, manifest)) return undefined;
  if (isOfAnotherCluster(deps, work, found)) {
    return (
      `${subject(manifest)} says that it is delivered by Work ${owner}, of another cluster: leave it out of that Work or of this ` +
      `one; to have it taken over, annotate the Work or the manifest with ${CONFLICT_RESOLUTION_ANNOTATION}: overwrite`
    );
  }
  if (found.isApplied) return undefined;
  return (
    `${subject(manifest)} already exists in the cluster ${deps.cluster} and the ${CONFLICT_RESOLUTION_ANNOTATION} strategy ` +
    'value is empty, Karmada will not manage this resource; to have it taken over, annotate the Work or the manifest with ' +
    `${CONFLICT_RESOLUTION_ANNOTATION}: overwrite`
  );
}

/** The key of another Work, of the cluster or of another, that the object says it comes from. */
export function otherWorkOf(deps: OwnershipDeps, work: Work, found: Observed): string | undefined {
  const owner = workKeyOf(found);
  if (owner === undefined || owner === keyOf(work)) return undefined;
  return isOfAnotherCluster(deps, work, found) || deps.getWork(owner) ? owner : undefined;
}

/** Whether no Work of the cluster has delivered what a Work may have: it is there from before, and another's. */
export function existedBefore(deps: OwnershipDeps, work: Work, found: Observed): boolean {
  if (isOfAnotherCluster(deps, work, found)) return true;
  const isOfWork = workKeyOf(found) === keyOf(work) || otherWorkOf(deps, work, found) !== undefined;
  return !isOfWork && !found.isApplied;
}

/** Whether a Work of another cluster has delivered it; what the member's agent has itself, while the member had another name, is not. */
export function isOfAnotherCluster(
  { hasDelivered }: Pick<OwnershipDeps, 'hasDelivered'>,
  work: Work,
  found: Observed,
): boolean {
  const owner = workKeyOf(found);
  if (owner === undefined || splitKey(owner).namespace === work.metadata.namespace) return false;
  return !hasDelivered(owner, found.metadata.uid ?? '');
}

/** Whether the Work may delete the object. */
export function isDeletable(workKey: string, found: Observed): boolean {
  return workKeyOf(found) === workKey;
}

function isDelivering(work: Work, { id }: Manifest): boolean {
  return !work.metadata.deletionTimestamp && namedIds(work).includes(id);
}

function wantsOverwrite(work: Work, manifest: Manifest): boolean {
  return [manifest.object, work].some(
    ({ metadata }) => metadata.annotations?.[CONFLICT_RESOLUTION_ANNOTATION] === 'overwrite',
  );
}

function subject({ identifier: { kind, namespace = '', name } }: Manifest): string {
  return `resource(kind=${kind}, ${namespace}/${name})`;
}
