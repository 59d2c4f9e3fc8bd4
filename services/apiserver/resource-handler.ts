import { isNotFound, newNotFound, newPathNotFound } from '../../shared/apis/meta/status-error.ts';
import { handleCreate } from './handlers/create.ts';
import { handleDelete } from './handlers/delete.ts';
import { handleDeleteCollection } from './handlers/delete-collection.ts';
import { handleGet } from './handlers/get.ts';
import { handleList } from './handlers/list.ts';
import { handlePatch } from './handlers/patch.ts';
import { pageNotFound } from './handlers/plain-text.ts';
import { handleUpdate } from './handlers/update.ts';
import { handleWatch } from './handlers/watch.ts';
import type { Registry } from './registry/registry.ts';
import { newMethodNotAllowed, resolveTarget, type Target } from './registry/target.ts';
import type { Handler, RequestContext, ServerResponse } from './request.ts';
import { statusOfStorageFailure } from './storage-failure.ts';
import type { ResourceDefinition } from './types/resource-definition.ts';

type VerbHandler = (registry: Registry, context: RequestContext, target: Target) => Promise<ServerResponse>;

const VERBS: Record<string, VerbHandler> = {
  get: handleGet,
  list: handleList,
  watch: handleWatch,
  create: handleCreate,
  update: handleUpdate,
  patch: handlePatch,
  delete: handleDelete,
  deletecollection: handleDeleteCollection,
};

/** Answers requests about resources (`info.isResource`). Throws a `StatusError` for everything that is refused. */
export function newResourceHandler(registry: Registry): Handler {
  return async (context) => {
    if (!isServed(registry, context)) return pageNotFound;
    const target = targetOf(registry, context);
    if (!target) return pageNotFound;
    const handle = VERBS[context.info.verb];
    if (!handle) throw newMethodNotAllowed();
    return handle(registry, context, target).catch(asStatusError);
  };
}

/** A path below a group version that does not exist is no resource at all to upstream's router. */
/** Undefined for a path that says nothing below a group of custom resources, whose handler is none of the router's. Throws as `resolveTarget`. */
function targetOf(registry: Registry, context: RequestContext): Target | undefined {
  try {
    return resolveTarget(registry, context);
  } catch (error) {
    const { group, version, resource, name, subresource } = context.info;
    const definition = registry.catalog.find(group, version, resource);
    if (definition?.source === 'crd' && subresource && isInPlace(definition, context)) {
      throw newNotFound({ group, resource, name });
    }
    const isCustom = registry.catalog.list().some((one) => one.group === group && one.source === 'crd');
    if (isCustom && isNotFound(error)) return undefined;
    throw error;
  }
}

/** With a namespace where there are some, and without where there are none. */
function isInPlace({ namespaced }: ResourceDefinition, { info }: RequestContext): boolean {
  return namespaced === (info.namespace !== '');
}

function isServed({ catalog }: Registry, { info }: RequestContext): boolean {
  if (catalog.find(info.group, info.version, info.resource)) return true;
  if (info.group === '' && info.version !== 'v1') throw newPathNotFound();
  return catalog.list().some(({ group, version }) => group === info.group && version === info.version);
}

function asStatusError(error: unknown): never {
  throw statusOfStorageFailure(error) ?? error;
}
