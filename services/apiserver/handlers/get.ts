import { newNotFound } from '../../../shared/apis/meta/status-error.ts';
import { answerObject } from '../registry/answer.ts';
import { negotiateFor } from '../registry/negotiation.ts';
import { bytesAs, decodeEntry } from '../registry/object-codec.ts';
import type { Registry } from '../registry/registry.ts';
import { checkReached, resourceVersionOf } from '../registry/resource-version.ts';
import { readScale } from '../registry/scale.ts';
import { keyOf, type Target } from '../registry/target.ts';
import type { RequestContext, ServerResponse } from '../request.ts';

/** GET of one object or of one of its subresources. Reads are always of the newest state, which is "not older than" any resourceVersion that exists. */
export async function handleGet(registry: Registry, context: RequestContext, target: Target): Promise<ServerResponse> {
  const { definition, subresource } = target;
  negotiateFor(context, definition);
  const key = keyOf(target);
  checkReached(registry.storage, resourceVersionOf(context.request.query));
  const entry = registry.storage.get(key);
  if (!entry) throw newNotFound(target.subject);
  const object = decodeEntry(definition, entry);
  if (subresource?.name === 'scale')
    return answerObject({ registry, context, definition, status: 200, object: readScale(definition, object) });
  const bytes = bytesAs(definition, entry);
  return answerObject({ registry, context, definition, status: 200, object, bytes });
}
