import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../../shared/apis/resource-type.ts';
import { listPrefix, objectKey } from '../registry/keys.ts';
import { matchesSelector } from '../registry/match-selector.ts';
import { decodeEntry } from '../registry/object-codec.ts';
import type { Registry } from '../registry/registry.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import type { BoundPolicy } from './policy-reader.ts';
import type { ParamRef } from './policy-types.ts';

/** A policy or a binding that can't be asked as it is; the message says of which. It is denied for, whatever the binding's actions are. */
export class ConfigurationError extends Error {
  /** It is the policy that is wrong, whatever its binding says. */
  readonly isOfPolicy: boolean;

  constructor(of: 'policy' | 'binding', why: string) {
    super(`failed to configure ${of}: ${why}`);
    this.name = 'ConfigurationError';
    this.isOfPolicy = of === 'policy';
  }
}

/**
 * The objects that a binding names as its policy's parameters: `[undefined]` for a policy without, none where it lets a write pass that has none.
 * Throws a ConfigurationError where there are none and have to be, and where nobody can tell in which namespace they are.
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
    throw new ConfigurationError(
      'policy',
      `failed to find resource referenced by paramKind: '${paramKind.apiVersion}, Kind=${paramKind.kind}'`,
    );
  const place = placeOf(definition, paramRef, namespace);
  const prefix = paramRef.name ? objectKey(definition, place, paramRef.name) : listPrefix(definition, place);
  const found = registry.storage
    .list({ prefix })
    .entries.map((entry) => decodeEntry(definition, entry))
    .filter(({ metadata }) =>
      paramRef.name ? metadata.name === paramRef.name : matchesSelector(paramRef.selector, metadata.labels ?? {}),
    );
  if (found.length === 0 && paramRef.parameterNotFoundAction !== 'Allow')
    throw new ConfigurationError('binding', 'no params found for policy binding with `Deny` parameterNotFoundAction');
  return found;
}

/** The namespace of parameters: none where their kind has none. */
function placeOf({ namespaced }: ResourceDefinition, { namespace: own }: ParamRef, ofRequest: string): string {
  if (own && !namespaced)
    throw new ConfigurationError('binding', 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  if (!namespaced) return '';
  if (own || ofRequest) return own || ofRequest;
  throw new ConfigurationError(
    'binding',
    'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  );
}
