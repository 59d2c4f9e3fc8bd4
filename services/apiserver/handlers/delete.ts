import { answerObject, answerWith } from '../registry/answer.ts';
import { deletedStatus, deleteObject } from '../registry/delete-object.ts';
import { readDeleteOptions } from '../registry/delete-options.ts';
import { negotiateFor } from '../registry/negotiation.ts';
import type { Registry } from '../registry/registry.ts';
import { newMethodNotAllowed, type Target } from '../registry/target.ts';
import { newWriteRequest } from '../registry/write-request.ts';
import type { RequestContext, ServerResponse } from '../request.ts';

/** DELETE of one object. */
export async function handleDelete(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  if (target.subresource) throw newMethodNotAllowed();
  const options = await readDeleteOptions(context);
  const request = newWriteRequest(registry, context, target);
  if (options.dryRun?.length) request.options.dryRun = true;
  const { object, isGone } = await deleteObject(request, options);
  if (isGone && !request.strategy.returnsDeletedObject) {
    const { format } = negotiateFor(context, target.definition);
    return answerWith(format, 200, deletedStatus(request, object));
  }
  return answerObject({ registry, context, definition: target.definition, status: 200, object });
}
