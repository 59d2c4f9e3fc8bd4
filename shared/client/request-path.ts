import type { KubeObject } from '../apis/meta/v1.ts';
import type { ResourceType } from '../apis/resource-type.ts';
import type { ListOptions, PatchOptions, WatchOptions, WriteOptions } from './client.ts';

/** Paths and query strings as the Kubernetes API has them. */

export interface Target {
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: string | undefined;
}

/** `/api/v1/namespaces/ns/pods/name/status`, `/apis/apps/v1/deployments`. A name must be given where one object is meant. */
export function pathOf<T extends KubeObject>(type: ResourceType<T>, target: Target): string {
  const segments = type.group === '' ? ['api', type.version] : ['apis', type.group, type.version];
  if (type.namespaced && target.namespace) segments.push('namespaces', target.namespace);
  segments.push(type.resource);
  if (target.name !== undefined) segments.push(target.name);
  if (target.subresource) segments.push(target.subresource);
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

/** Path of one object; throws where the name, or the namespace of a namespaced resource, is missing: the path would mean the whole list. */
export function objectPath<T extends KubeObject>(type: ResourceType<T>, target: Target): string {
  if (!target.name) throw new Error(`a ${type.kind} without a name can't be asked for`);
  if (type.namespaced && !target.namespace) throw new Error(`${type.kind} "${target.name}": its namespace is missing`);
  return pathOf(type, target);
}

export function withQuery(path: string, query: Record<string, string | number | boolean | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '' && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

export function listQuery(options: ListOptions): Record<string, string | number | undefined> {
  const { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch } = options;
  return { labelSelector, fieldSelector, limit, continue: options.continue, resourceVersion, resourceVersionMatch };
}

export function watchQuery(options: WatchOptions): Record<string, string | number | boolean | undefined> {
  const { namespace: _, ...query } = options;
  return { watch: true, ...query };
}

export function writeQuery(options: PatchOptions | WriteOptions): Record<string, string | boolean | undefined> {
  const { fieldManager, fieldValidation, dryRun } = options;
  return {
    fieldManager,
    fieldValidation,
    dryRun: dryRun ? 'All' : undefined,
    force: 'force' in options ? options.force : undefined,
  };
}
