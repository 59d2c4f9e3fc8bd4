import type { ResourceDefinition } from '../types/resource-definition.ts';

/** Where objects are in the store: `/<group or "core">/<resource>/<namespace or empty>/<name>`. */

export function resourcePrefix(definition: ResourceDefinition): string {
  const group = definition.storedForm?.group ?? definition.group;
  return `/${group || 'core'}/${definition.plural}/`;
}

/** Keys of one namespace, or of all when it is empty. */
export function listPrefix(definition: ResourceDefinition, namespace: string): string {
  if (!definition.namespaced) return `${resourcePrefix(definition)}/`;
  return namespace === '' ? resourcePrefix(definition) : `${resourcePrefix(definition)}${namespace}/`;
}

export function objectKey(definition: ResourceDefinition, namespace: string, name: string): string {
  return `${resourcePrefix(definition)}${definition.namespaced ? namespace : ''}/${name}`;
}

/** The namespace and name in a key. */
export function nameOfKey(key: string): { namespace: string; name: string } {
  const [namespace = '', name = ''] = key.split('/').slice(-2);
  return { namespace, name };
}
