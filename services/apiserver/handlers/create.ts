import { answerObject } from '../registry/answer.ts';
import { readBody } from '../registry/body.ts';
import { createObject } from '../registry/create-object.ts';
import { completed } from '../registry/decode-object.ts';
import type { Registry } from '../registry/registry.ts';
import { newMethodNotAllowed, type Target } from '../registry/target.ts';
import { newWriteRequest } from '../registry/write-request.ts';
import type { RequestContext, ServerResponse } from '../request.ts';

/** POST to a collection. */
export async function handleCreate(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  if (target.subresource || target.name !== '') throw newMethodNotAllowed();
  const { definition } = target;
  const request = newWriteRequest(registry, context, target);
  const body = await readBody(context, definition);
  const object = completed(request, body.object, body.duplicates);
  return answerObject({ registry, context, definition, ...(await createObject(request, object)) });
}
