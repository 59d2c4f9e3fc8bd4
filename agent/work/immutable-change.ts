import { StatusError } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { KINDS_WITH_CONTENTS } from '../../shared/apis/work/kinds-with-contents.ts';
import { RECREATE_ANNOTATION, RECREATE_ON_IMMUTABLE, type Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Manifest } from './manifest.ts';
import { asSeen, type Observed } from './observed.ts';

/** What a manifest changes and the member can't change in place. The object is deleted and made again only where the Work or the manifest asks for it. */

/** What the upstream validations say of such fields. */
const WORDS =
  /\bimmutable\b|updates to .* are forbidden|may not change once set|may not be changed|field can not be changed/i;

export class ImmutableChange extends Error {
  constructor(error: unknown, { object }: Manifest, isRecreated: boolean) {
    const way = isRecreated ? 'it is deleted and will be made again' : wayOut(object);
    super(`${error instanceof Error ? error.message : String(error)}; ${way}`, { cause: error });
    this.name = 'ImmutableChange';
    this.isRecreated = isRecreated;
  }
  readonly isRecreated: boolean;
}

function wayOut({ kind }: Unstructured): string {
  if (KINDS_WITH_CONTENTS.has(kind))
    return "the member can't change this in place, and with it would go what others have made: to delete it is left to a person";
  return `the member can't change this in place: annotate the manifest with ${RECREATE_ANNOTATION}: ${RECREATE_ON_IMMUTABLE} to have the object deleted and made again`;
}

export function isImmutableChange(error: unknown): boolean {
  return error instanceof StatusError && error.reason === 'Invalid' && WORDS.test(error.message);
}

/**
 * The Work asks for all of its manifests but those whose deletion takes data with it: each of these must ask for itself. What would take the objects of others is
 * never deleted for this.
 */
export function wantsRecreation(work: Work, { object }: Manifest): boolean {
  const asks = ({ metadata }: KubeObject): boolean =>
    metadata.annotations?.[RECREATE_ANNOTATION] === RECREATE_ON_IMMUTABLE;
  if (KINDS_WITH_CONTENTS.has(object.kind)) return false;
  return asks(object) || (asks(work) && !takesData(object));
}

function takesData({ kind, ...rest }: Unstructured): boolean {
  if (kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume') return true;
  const spec = rest['spec'] as { persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string } } | undefined;
  return kind === 'StatefulSet' && spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
}

/** Deletes the very object, as it was seen, and what belongs to it; when it is gone it is delivered anew. Throws Conflict where it has changed since: it may be another's. */
export async function deleteToRecreate(
  member: KubeClient,
  type: ResourceType<Unstructured>,
  seen: Observed,
  signal: AbortSignal,
): Promise<void> {
  const { name = '', namespace } = seen.metadata;
  const key = { name, ...(namespace ? { namespace } : {}) };
  await member.delete(type, key, { propagationPolicy: 'Background', preconditions: asSeen(seen), signal });
}
