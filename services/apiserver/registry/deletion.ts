import { newConflict } from '../../../shared/apis/meta/status-error.ts';
import type { DeleteOptions, DeletionPropagation, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { timestamp } from './registry.ts';
import type { Strategy } from './strategy.ts';

/** The rules of deletion, as pure functions. Source: apiserver, registry/rest/delete.go and registry/generic/registry/store.go. */

export const ORPHAN_FINALIZER = 'orphan';
export const FOREGROUND_FINALIZER = 'foregroundDeletion';

/** An object that is being deleted and that nothing holds any longer. */
export function isDeletionDone(object: Unstructured, strategy: Strategy, nowMs: number): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (!deletionTimestamp || finalizers.length > 0 || deletionGracePeriodSeconds > 0) return false;
  return !strategy.holdDeletion?.(structuredClone(object), nowMs);
}

/** Throws 409 unless the object is the one that was meant. */
export function checkPreconditions(
  definition: ResourceDefinition,
  { metadata }: Unstructured,
  preconditions: DeleteOptions['preconditions'],
): void {
  const subject = { group: definition.group, resource: definition.kind, name: metadata.name ?? '' };
  const { uid, resourceVersion } = preconditions ?? {};
  if (definition.group === '' && definition.plural === 'namespaces')
    checkNamespacePreconditions(metadata, { uid, resourceVersion });
  if (uid !== undefined && uid !== metadata.uid)
    throw newConflict(
      subject,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw newConflict(
      subject,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
}

/** Upstream leaves those of namespaces to its storage, which has other words. */
function checkNamespacePreconditions(
  metadata: Unstructured['metadata'],
  wanted: { uid: string | undefined; resourceVersion: string | undefined },
): void {
  const subject = { group: '', resource: 'namespaces', name: metadata.name ?? '' };
  for (const [field, title] of [
    ['uid', 'UID'],
    ['resourceVersion', 'ResourceVersion'],
  ] as const) {
    if (wanted[field] === undefined || wanted[field] === metadata[field]) continue;
    const text = `Precondition failed: ${title} in precondition: ${wanted[field]}, ${title} in object meta: ${metadata[field]}`;
    throw newConflict(subject, text);
  }
}

/** The finalizers that a propagation policy adds and takes away; those that are as it wants them already keep their order. */
function finalizersFor(current: readonly string[], policy: DeletionPropagation | undefined): string[] {
  const wanted = wantedFinalizers(current, policy);
  const [all, before] = [new Set(wanted), new Set(current)];
  const isSame = all.size === before.size && wanted.every((name) => before.has(name));
  return isSame ? [...current] : wanted;
}

function wantedFinalizers(current: readonly string[], policy: DeletionPropagation | undefined): string[] {
  if (policy === undefined) return [...current];
  const others = current.filter((name) => name !== ORPHAN_FINALIZER && name !== FOREGROUND_FINALIZER);
  if (policy === 'Orphan') return [...others, ORPHAN_FINALIZER];
  return policy === 'Foreground' ? [...others, FOREGROUND_FINALIZER] : others;
}

export interface DeletionMark {
  policy: DeletionPropagation | undefined;
  /** Undefined: the kind knows no grace. */
  graceSeconds: number | undefined;
  nowMs: number;
}

/** The object as a delete leaves it when something still holds it; the same contents again when it was so already. */
export function markedForDeletion(object: Unstructured, { policy, graceSeconds, nowMs }: DeletionMark): Unstructured {
  const marked = structuredClone(object);
  const { metadata } = marked;
  const finalizers = finalizersFor(metadata.finalizers ?? [], policy);
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const isShorter = (graceSeconds ?? 0) < (metadata.deletionGracePeriodSeconds ?? 0);
  if (metadata.deletionTimestamp && !isShorter) return marked;
  metadata.deletionTimestamp = timestamp(nowMs + (graceSeconds ?? 0) * 1000);
  if (graceSeconds === undefined) return marked;
  metadata.deletionGracePeriodSeconds = graceSeconds;
  if (!object.metadata.deletionTimestamp && metadata.generation) metadata.generation += 1;
  return marked;
}
