import { isConflict, StatusError } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { KINDS_WITH_CONTENTS } from '../../shared/apis/work/kinds-with-contents.ts';
import { RECREATE_ANNOTATION, RECREATE_ON_IMMUTABLE, type Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getUnlessGone } from '../../shared/client/ensure-object.ts';
import type { Manifest } from './manifest.ts';
import { asSeen, type Observed } from './observed.ts';
import { refusalWithoutSecretData } from './secret-words.ts';

/** What a manifest changes and the member can't change in place. The object is deleted and made again only where the Work or the manifest asks for it. */

/** What the upstream validations say of such fields. */
const WORDS =
  /\bimmutable\b|updates to .* are forbidden|may not change once set|may not be changed|field can not be changed/i;

/** What was done about it: nothing is deleted where the object is `left`, or where it has `changed` since it was seen and is to be looked at again. */
export type Recreation = 'left' | 'changed' | 'deleted';

export class ImmutableChange extends Error {
  constructor(error: unknown, { object }: Manifest, recreation: Recreation) {
    super(`${error instanceof Error ? error.message : String(error)}; ${WAYS[recreation](object)}`, { cause: error });
    this.name = 'ImmutableChange';
    this.isRecreated = recreation !== 'left';
  }
  /** Or is to be, when it has been looked at again. */
  readonly isRecreated: boolean;
}

const WAYS: Record<Recreation, (object: Unstructured) => string> = {
  left: wayOut,
  changed: () => 'it was to be deleted and made again, but has changed meanwhile: looking again',
  deleted: () => 'it is deleted and will be made again',
};

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
 * never deleted for this. `live` is what is there: it is by what that says that data goes, whatever the manifest makes of it.
 */
export function wantsRecreation(work: Work, { object }: Manifest, live?: Unstructured): boolean {
  if (KINDS_WITH_CONTENTS.has(object.kind)) return false;
  return asks(object) || (asks(work) && !takesData(object) && !(live && takesData(live)));
}

const asks = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[RECREATE_ANNOTATION] === RECREATE_ON_IMMUTABLE;

function takesData({ kind, ...rest }: Unstructured): boolean {
  if (kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume') return true;
  const spec = rest['spec'] as { persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string } } | undefined;
  return kind === 'StatefulSet' && spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
}

export interface ToRecreate {
  work: Work;
  manifest: Manifest;
  type: ResourceType<Unstructured>;
  found: Observed;
}

/**
 * Deletes the very object, as it was seen, and what belongs to it, where that is asked for; when it is gone it is delivered anew. One that has changed since may be
 * another's, or have other data.
 */
export async function deleteToRecreate(
  member: KubeClient,
  { work, manifest, type, found }: ToRecreate,
  signal: AbortSignal,
): Promise<Recreation> {
  const { name = '', namespace } = found.metadata;
  const key = { name, ...(namespace ? { namespace } : {}) };
  if (!wantsRecreation(work, manifest)) return 'left';
  const live = await getUnlessGone(member, type, key, signal);
  if (!wantsRecreation(work, manifest, live)) return 'left';
  try {
    await member.delete(type, key, { propagationPolicy: 'Background', preconditions: asSeen(found), signal });
    return 'deleted';
  } catch (error) {
    if (!isConflict(error)) throw refusalWithoutSecretData(error, live ?? manifest.object);
    return 'changed';
  }
}
