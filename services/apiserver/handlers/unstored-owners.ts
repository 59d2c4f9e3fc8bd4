import { builtinNameOfKind, builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import type { ObjectMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../../shared/apis/resource-type.ts';
import { track } from '../merge/track.ts';
import { fieldManagerOf } from '../registry/field-manager.ts';
import { timestamp } from '../registry/registry.ts';
import type { RequestContext } from '../request.ts';

/** Upstream notes who set which fields also of what it answers and does not store. */
export function unstoredOwners(
  context: RequestContext,
  object: Unstructured,
  subresource = '',
): Pick<ObjectMeta, 'managedFields'> {
  const { group, version } = parseApiVersion(object.apiVersion);
  const schema = builtinSchema(builtinNameOfKind(group, version, object.kind) ?? '') ?? {};
  const now = timestamp(Date.now());
  const typed = { schema, resolve: resolveBuiltin, manager: fieldManagerOf(context.request), subresource, now };
  const { managedFields } = track({ ...typed, before: undefined, after: object }).metadata;
  return managedFields ? { managedFields } : {};
}
