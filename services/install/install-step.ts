import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { groupResource, type ResourceType } from '../../shared/apis/resource-type.ts';
import type { ObjectKey } from '../../shared/client/client.ts';

/** Objects that an installation makes, as data: to be made, printed, or taken back. */

export interface InstallItem {
  type: ResourceType;
  object: KubeObject;
  existing: ExistingObject;
}

/**
 * What becomes of an object that is there already: it stays as it is; rules and subjects that it lacks are added; or what ours says is written over it. Labels and
 * annotations of an existing object are never touched.
 */
export type ExistingObject = 'kept' | 'completed' | 'updated';

/** Objects of one step need nothing of each other, only of the steps before. */
export type InstallStep = readonly InstallItem[];

/** On what an installation made, and not on what it found: by this an uninstallation knows what to take back. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'pullet';

export function isOurs({ metadata }: KubeObject): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY;
}

export function newItem<T extends KubeObject>(
  type: ResourceType<T>,
  object: T,
  existing: ExistingObject = 'updated',
): InstallItem {
  const labels = { ...object.metadata.labels, [MANAGED_BY_LABEL]: MANAGED_BY };
  return { type, object: { ...object, metadata: { ...object.metadata, labels } }, existing };
}

export function itemKey({ object }: InstallItem): ObjectKey {
  const { name = '', namespace } = object.metadata;
  return namespace === undefined ? { name } : { name, namespace };
}

/** `role.rbac.authorization.k8s.io/pullet-hub in kube-system`: as kubectl names an object, with its namespace. */
export function describeItem(item: InstallItem): string {
  const { name = '', namespace } = item.object.metadata;
  const kind = groupResource({ group: item.type.group, resource: item.type.kind.toLowerCase() });
  return `${kind}/${name}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
