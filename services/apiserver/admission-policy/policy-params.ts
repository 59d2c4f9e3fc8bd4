import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../../shared/apis/resource-type.ts';
import { listPrefix, objectKey } from '../registry/keys.ts';
import { matchesSelector } from '../registry/match-selector.ts';
import { decodeEntry } from '../registry/object-codec.ts';
import type { Registry } from '../registry/registry.ts';
import type { BoundPolicy } from './policy-reader.ts';

/**
 * The objects that a binding names as its policy's parameters: `[undefined]` for a policy without, none where it lets a write pass that has none.
 * Throws an Error where there are none and have to be.
 */
export function paramsOf(
  registry: Registry,
  { policy, binding }: BoundPolicy,
  namespace: string,
): (Unstructured | undefined)[] {
  const { paramKind } = policy.spec ?? {};
  const { paramRef } = binding.spec ?? {};
  if (!paramKind || !paramRef) return [undefined];
  const { group, version } = parseApiVersion(paramKind.apiVersion ?? '');
  const definition = registry.catalog.findKind(group, version, paramKind.kind ?? '');
  if (!definition)
    throw new Error(
      `failed to find resource referenced by paramKind: '${paramKind.apiVersion}, Kind=${paramKind.kind}'`,
    );
  const place = definition.namespaced ? (paramRef.namespace ?? namespace) : '';
  const prefix = paramRef.name ? objectKey(definition, place, paramRef.name) : listPrefix(definition, place);
  const found = registry.storage
    .list({ prefix })
    .entries.map((entry) => decodeEntry(definition, entry))
    .filter(({ metadata }) =>
      paramRef.name ? metadata.name === paramRef.name : matchesSelector(paramRef.selector, metadata.labels ?? {}),
    );
  if (found.length === 0 && paramRef.parameterNotFoundAction !== 'Allow')
    throw new Error('no params found for policy binding with `Deny` parameterNotFoundAction');
  return found;
}
