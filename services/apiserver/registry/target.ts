import { newBadRequest, newPathNotFound, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { RequestContext } from '../request.ts';
import type { ResourceDefinition, SubresourceDefinition } from '../types/resource-definition.ts';
import { objectKey } from './keys.ts';
import { isPathSegment } from './object-names.ts';
import type { Registry } from './registry.ts';

/** What a request is about: a served resource or one of its subresources, and the object's place. */
export interface Target {
  definition: ResourceDefinition;
  /** Absent: the object itself. */
  subresource?: SubresourceDefinition;
  /** Empty for cluster-scoped resources and for all namespaces. */
  namespace: string;
  /** Empty for collections. */
  name: string;
  /** What is of a client's making is asked for with `keyOf`. */
  key: string;
  /** How messages name it. */
  subject: { group: string; resource: string; name: string };
}

/** Throws 404 for what is not served and 405 for verbs that are not. */
export function resolveTarget(registry: Registry, { info }: RequestContext): Target {
  const definition = registry.catalog.find(info.group, info.version, info.resource);
  if (!definition) throw newPathNotFound();
  const subresource = definition.subresources.find((candidate) => candidate.name === info.subresource);
  if (info.subresource !== '' && !subresource) throw newPathNotFound();
  if (isNeverNamed(definition, info)) throw newPathNotFound();
  if (info.name === '' && (info.verb === 'update' || info.verb === 'patch')) throw newMethodNotAllowed();
  const isMisplaced = !definition.namespaced && info.namespace !== '' && definition.plural !== 'namespaces';
  if (isMisplaced) throw newPathNotFound();
  const spansNamespaces = info.verb === 'list' || info.verb === 'watch';
  const isUnplaced = definition.namespaced && info.namespace === '' && !spansNamespaces;
  const isOpen = isUnplaced && hasNamespaces(info);
  if (isUnplaced && !isOpen && info.name !== '') throw newPathNotFound();
  if (!(subresource ?? definition).verbs.includes(info.verb)) throw newMethodNotAllowed();
  if (isUnplaced && (!isOpen || info.verb === 'deletecollection')) throw newMethodNotAllowed();
  const namespace = definition.namespaced ? info.namespace : '';
  return {
    definition,
    ...(subresource ? { subresource } : {}),
    namespace,
    name: info.name,
    key: objectKey(definition, namespace, info.name),
    subject: subjectOf(definition, info.name),
  };
}

/** What can only be created has no paths below that of its collection. */
function isNeverNamed({ verbs }: ResourceDefinition, { name, subresource, verb }: RequestContext['info']): boolean {
  if (name === '' || subresource !== '' || verb === 'list' || verb === 'watch') return false;
  return !NAMED_VERBS.some((one) => verbs.includes(one));
}

const NAMED_VERBS = ['get', 'update', 'patch', 'delete'];

/** Whether the path speaks of a namespace, if only of one without a name (`namespaces//pods`). */
export function hasNamespaces({ path, group }: RequestContext['info']): boolean {
  return path.split('/')[group === '' ? 3 : 4] === 'namespaces';
}

/** Where the object is in the store. Throws 400 where it could not be: without its namespace, or by a name that would lead elsewhere. */
export function keyOf({ definition, namespace, name, key }: Target): string {
  if (definition.namespaced && namespace === '') throw newNamespaceRequired();
  const [why] = isPathSegment(name);
  if (why) throw newBadRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${why}`);
  return key;
}

export const newNamespaceRequired = (): StatusError => newBadRequest('Namespace parameter required.');

export function subjectOf(definition: ResourceDefinition, name: string): Target['subject'] {
  return { group: definition.group, resource: definition.plural, name };
}

/** As upstream's router says it, before a resource is asked. */
export function newMethodNotAllowed(): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server does not allow this method on the requested resource',
    reason: 'MethodNotAllowed',
    details: {},
    code: 405,
  });
}
