import type { DeleteOptions, KubeObject, ObjectMeta, Unstructured } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../shared/apis/resource-type.ts';
import {
  AGENT_FIELD_MANAGER,
  EXISTED_BEFORE_ANNOTATION,
  type Health,
  MANAGED_LABEL,
  WORK_NAME_ANNOTATION,
  WORK_NAMESPACE_ANNOTATION,
} from '../../shared/apis/work/v1alpha1.ts';
import { joinKey } from '../../shared/controller/store.ts';
import { healthOf } from './health.ts';
import { isKarmadaAgents } from './karmada-takeover.ts';
import { objectId } from './manifest.ts';
import { ownedDigest } from './owned-digest.ts';
import { isLower, isNumber } from './resource-version.ts';
import { statusBody } from './status-body.ts';

/** All that is kept of a live object in the member: who it is, whose it is, what is compared, and what is reported. */
export interface Observed extends KubeObject {
  digest: string;
  health: Health;
  statusBody?: Record<string, unknown>;
  /** Whether our field manager is among its managers. */
  isApplied: boolean;
  /** Whether Karmada's agent still owns something of it. */
  isKarmadaAgents: boolean;
}

export function observe(live: Unstructured): Observed {
  const body = statusBody(live);
  return {
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: trimMetadata(live.metadata),
    digest: ownedDigest(live),
    health: healthOf(live),
    isApplied: live.metadata.managedFields?.some(({ manager }) => manager === AGENT_FIELD_MANAGER) ?? false,
    isKarmadaAgents: isKarmadaAgents(live),
    ...(body ? { statusBody: body } : {}),
  };
}

function trimMetadata(metadata: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, deletionTimestamp, finalizers, labels, annotations } = metadata;
  return {
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(deletionTimestamp ? { deletionTimestamp, ...(finalizers ? { finalizers } : {}) } : {}),
    labels: pick(labels, [MANAGED_LABEL]),
    annotations: pick(annotations, [WORK_NAME_ANNOTATION, WORK_NAMESPACE_ANNOTATION, EXISTED_BEFORE_ANNOTATION]),
  };
}

function pick(from: Record<string, string> | undefined, keys: string[]): Record<string, string> {
  return Object.fromEntries(keys.flatMap((key) => (from?.[key] === undefined ? [] : [[key, from[key]]])));
}

export function observedId(observed: KubeObject): string {
  const { name = '', namespace } = observed.metadata;
  return objectId({ group: parseApiVersion(observed.apiVersion).group, kind: observed.kind, namespace, name });
}

/** The key of the Work that the object says it comes from, if it carries our label and both annotations. */
export function workKeyOf(object: KubeObject): string | undefined {
  const { labels, annotations } = object.metadata;
  const name = annotations?.[WORK_NAME_ANNOTATION];
  const namespace = annotations?.[WORK_NAMESPACE_ANNOTATION];
  return labels?.[MANAGED_LABEL] === 'true' && name && namespace ? joinKey(namespace, name) : undefined;
}

/** Whether the two are one state of one object. */
export function isSameState({ metadata: a }: KubeObject, { metadata: b }: KubeObject): boolean {
  return a.resourceVersion !== undefined && a.resourceVersion === b.resourceVersion && a.uid === b.uid;
}

/** Whether `a` is an older state than `b` of the same object; versions that can't be compared count as not older. */
export function isOlder(a: KubeObject, b: KubeObject): boolean {
  return isLower(a.metadata.resourceVersion, b.metadata.resourceVersion);
}

/** What a watch shows under one name. */
export interface Sight {
  object: Observed | undefined;
  /** The version up to which it has seen everything; undefined before its first list. */
  upTo: string | undefined;
}

/**
 * Whether the watch has not come to where the object was as `applied` says: then what it shows is from before, and says nothing. Without versions that can be compared
 * what it shows counts, and what it doesn't show does not; nor does that of an object from which the member took our label at once.
 */
export function isBehind({ object, upTo }: Sight, applied: Observed): boolean {
  const { resourceVersion, labels } = applied.metadata;
  if (!object && labels?.[MANAGED_LABEL] !== 'true') return true;
  return isNumber(upTo) && isNumber(resourceVersion) ? isLower(upTo, resourceVersion) : !object;
}

/** Holds only as long as the object is the very one, in the very state, that was seen. */
export function asSeen({ metadata: { uid, resourceVersion } }: Observed): NonNullable<DeleteOptions['preconditions']> {
  return { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
}
