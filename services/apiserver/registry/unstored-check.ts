import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { RequestContext } from '../request.ts';
import type { Registry } from './registry.ts';
import { resolveTarget } from './target.ts';
import { checkPolicies, newWriteRequest } from './write-request.ts';

/** Throws what the user's policies deny something with that is answered and not stored. */
export type UnstoredCheck = (context: RequestContext, object: Unstructured) => void | Promise<void>;

export const newUnstoredCheck =
  (registry: Registry): UnstoredCheck =>
  (context, object) =>
    checkPolicies(newWriteRequest(registry, context, resolveTarget(registry, context)), 'CREATE', object, undefined);
