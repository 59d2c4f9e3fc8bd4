import {
  isNotFound,
  newBadRequest,
  newMethodNotSupported,
  newNotFound,
  newPathNotFound,
  StatusError,
} from '../../shared/apis/meta/status-error.ts';
import { handleCreate } from './handlers/create.ts';
import { handleDelete } from './handlers/delete.ts';
import { handleDeleteCollection } from './handlers/delete-collection.ts';
import { handleGet } from './handlers/get.ts';
import { handleList } from './handlers/list.ts';
import { checkPatchType, handlePatch, PATCH_TYPES } from './handlers/patch.ts';
import { pageNotFound } from './handlers/plain-text.ts';
import { runningPartOf } from './handlers/running-parts.ts';
import { handleUpdate } from './handlers/update.ts';
import { handleWatch } from './handlers/watch.ts';
import { checkRouteAccepts, checkRouteTakes, negotiateFor } from './registry/negotiation.ts';
import type { Registry } from './registry/registry.ts';
import { newMethodNotAllowed, resolveTarget, type Target } from './registry/target.ts';
import { annotate, type Handler, type RequestContext, type ServerResponse } from './request.ts';
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
    const part = runningPartOf(context);
    if (part) return part(registry, context);
    const { group, version, resource } = context.info;
    const definition = registry.catalog.find(group, version, resource);
    if (!definition && !isServed(registry, context)) return pageNotFound;
    const target = targetOf(registry, context, definition);
    if (!target) return pageNotFound;
    const handle = VERBS[context.info.verb];
    if (!handle) throw newMethodNotAllowed();
    negotiateFor(context, target.definition);
    return handle(registry, context, target).catch(asStatusError);
  };
}

/** Undefined for a path that says nothing below a group of custom resources, whose handler is none of the router's. Throws as `resolveTarget`. */
function targetOf(
  registry: Registry,
  context: RequestContext,
  definition: ResourceDefinition | undefined,
): Target | undefined {
  if (definition?.source === 'crd') return customTarget(registry, definition, context);
  try {
    return routedTarget(registry, context);
  } catch (error) {
    const { group } = context.info;
    const isCustom = registry.catalog.list().some((one) => one.group === group && one.source === 'crd');
    if (isCustom && isNotFound(error)) return undefined;
    throw error;
  }
}

/** As upstream's router finds it, which has no deprecated prefixes but to watch objects themselves. Throws 404, 405, 406, 415. */
function routedTarget(registry: Registry, context: RequestContext): Target {
  const { info, request } = context;
  const isWatch = info.verb === 'watch';
  if (info.rest || info.verb === 'proxy' || (isWatch && info.subresource !== '')) throw newPathNotFound();
  const target = resolveTarget(registry, context);
  if (request.method === 'HEAD' || (isWatch && request.method !== 'GET')) throw newMethodNotAllowed();
  if (info.verb === 'create' && info.name !== '' && !target.subresource) throw newMethodNotAllowed();
  if (info.verb === 'patch') checkRouteTakes(request.headers['content-type'] || 'nothing', PATCH_TYPES);
  checkRouteAccepts(request.headers['accept'], { isStreamed: isWatch || info.verb === 'list' });
  warnOfDeprecation(context, target.definition);
  return target;
}

/** Custom resources are refused in the words of their own handler. */
function customTarget(registry: Registry, definition: ResourceDefinition, context: RequestContext): Target | undefined {
  const { group, resource, subresource, name, verb } = context.info;
  if (!isInPlace(definition, context)) return undefined;
  warnOfDeprecation(context, definition);
  const part = subresource === '' ? definition : definition.subresources.find((one) => one.name === subresource);
  if (!part) throw newNotFound({ group, resource, name });
  if (!part.verbs.includes(verb)) throw newMethodNotSupported({ group, resource }, verb);
  if (verb === 'patch') checkPatchType(context, definition);
  if (name === '' && (verb === 'update' || verb === 'patch')) throw newBadRequest('name must be provided');
  if (verb === 'create' && registry.catalog.isTerminating(definition)) throw notWhileTerminating({ group, resource });
  return verb === 'create' ? resolveTarget(registry, withoutName(context)) : resolveTarget(registry, context);
}

function warnOfDeprecation({ warnings, audit }: RequestContext, { deprecationWarning }: ResourceDefinition): void {
  if (!deprecationWarning) return;
  warnings.push(deprecationWarning);
  annotate(audit, 'k8s.io/deprecated', 'true');
}

/** What is created has its name in its body; one in the path says nothing. */
const withoutName = (context: RequestContext): RequestContext => ({ ...context, info: { ...context.info, name: '' } });

function notWhileTerminating(subject: { group: string; resource: string }): StatusError {
  const { status } = newMethodNotSupported(subject, 'create');
  return new StatusError({ ...status, message: 'create not allowed while custom resource definition is terminating' });
}

/** With a namespace where there are some, but to look into all; and without where there are none. */
function isInPlace({ namespaced }: ResourceDefinition, { info }: RequestContext): boolean {
  const isEverywhere = info.namespace === '';
  return namespaced ? !isEverywhere || ['list', 'watch'].includes(info.verb) : isEverywhere;
}

/** Of a resource that is none: a path below a group version that does not exist is no resource at all to upstream's router. */
function isServed({ catalog }: Registry, { info }: RequestContext): boolean {
  if (info.group === '' && info.version !== 'v1') throw newPathNotFound();
  const inGroup = catalog.list().filter(({ group }) => group === info.group);
  const hasVersion = inGroup.some(({ version }) => version === info.version);
  if (!hasVersion && inGroup.some(({ source }) => source === 'builtin')) throw newPathNotFound();
  return hasVersion;
}

function asStatusError(error: unknown): never {
  throw statusOfStorageFailure(error) ?? error;
}
