import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { IGNORE_FIELDS_ANNOTATION, RETAIN_REPLICAS_LABEL, type Work } from '../../shared/apis/work/v1alpha1.ts';
import { type FieldPath, pathOf, removeAt, setAt, valueAt } from './field-path.ts';

/**
 * Fields that a manifest names and that are left to others once the object is there: those that its annotation lists, and those that Karmada keeps from
 * the member (the wire contract, section 6.5). They count when the object is made. What a manifest does not name needs no such rule: it is not applied.
 */

/** By group and kind. `*` stands for each item of a list. */
const KEPT_BY_KIND: Record<string, string[]> = {
  '/Pod': [
    ...['/spec/nodeName', '/spec/serviceAccountName', '/spec/volumes'],
    ...['/spec/containers/*/volumeMounts', '/spec/initContainers/*/volumeMounts'],
  ],
  '/Service': ['/spec/healthCheckNodePort', '/spec/clusterIP', '/spec/clusterIPs'],
  '/PersistentVolumeClaim': ['/spec/volumeName'],
  '/PersistentVolume': ['/spec/claimRef'],
  'batch/Job': ['/spec/selector/matchLabels', '/spec/template/metadata/labels'],
};
const KEPT_ALWAYS = ['/metadata/finalizers', '/metadata/ownerReferences'];

/** Those of the fields that the manifest has. Throws an Error in words if the annotation is none of pointers. */
export function leftFields(work: Work, object: Unstructured): FieldPath[] {
  const pointers = [...annotated(work), ...annotated(object), ...keptFields(object)];
  return [...new Set(pointers)].flatMap((pointer) => {
    const path = named(object, pointer);
    return path ? [path] : [];
  });
}

function named(object: Unstructured, pointer: string): FieldPath | undefined {
  try {
    return pathOf(object, pointer);
  } catch (error) {
    throw new Error(`annotation ${IGNORE_FIELDS_ANNOTATION}: ${(error as Error).message}`);
  }
}

function annotated({ metadata }: Work | Unstructured): string[] {
  const list = metadata.annotations?.[IGNORE_FIELDS_ANNOTATION] ?? '';
  const pointers = list.split(',').flatMap((pointer) => (pointer.trim() === '' ? [] : [pointer.trim()]));
  const own = pointers.find((pointer) => /^\/(apiVersion|kind|metadata\/(name|namespace)|metadata)$/.test(pointer));
  if (own)
    throw new Error(
      `annotation ${IGNORE_FIELDS_ANNOTATION}: ${own} says which object it is, and can't be left to others`,
    );
  return pointers;
}

function keptFields(object: Unstructured): string[] {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  const kind = `${group}/${object.kind}`;
  const byKind = (KEPT_BY_KIND[kind] ?? []).flatMap((pointer) => expanded(object, pointer));
  const replicas = kind === 'apps/Deployment' && object.metadata.labels?.[RETAIN_REPLICAS_LABEL] === 'true';
  const token = kind === '/Secret' && object['type'] === 'kubernetes.io/service-account-token';
  return [...KEPT_ALWAYS, ...byKind, ...(replicas ? ['/spec/replicas'] : []), ...(token ? ['/data'] : [])];
}

function expanded(object: Unstructured, pointer: string): string[] {
  const [list, rest] = pointer.split('/*');
  if (list === undefined || rest === undefined) return [pointer];
  const items = valueAt(object, list.slice(1).split('/'));
  return Array.isArray(items) ? items.map((_, index) => `${list}/${index}${rest}`) : [];
}

/** The object without those fields. */
export function withoutFields(object: Unstructured, paths: readonly FieldPath[]): Unstructured {
  const kept = structuredClone(object);
  for (const path of paths) removeAt(kept, path);
  return kept;
}

/** The object with those fields as the live one has them: to apply it changes none of them. */
export function withLiveFields(object: Unstructured, live: Unstructured, paths: readonly FieldPath[]): Unstructured {
  const kept = structuredClone(object);
  for (const path of paths) {
    const value = valueAt(live, path);
    if (value === undefined) removeAt(kept, path);
    else setAt(kept, path, structuredClone(value));
  }
  return kept;
}

/** Those fields of the live object and nothing else, for its manager to own. */
export function onlyFields(live: Unstructured, paths: readonly FieldPath[]): Unstructured {
  const { name, namespace } = live.metadata;
  const metadata = { ...(name ? { name } : {}), ...(namespace ? { namespace } : {}) };
  const only: Unstructured = { apiVersion: live.apiVersion, kind: live.kind, metadata };
  for (const path of paths) {
    const value = valueAt(live, path);
    if (value !== undefined) setAt(only, path, structuredClone(value));
  }
  return only;
}
