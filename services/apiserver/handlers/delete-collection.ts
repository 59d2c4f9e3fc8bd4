import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { Entry } from '../../storage/backend.ts';
import { deleteObject } from '../registry/delete-object.ts';
import { readDeleteOptions } from '../registry/delete-options.ts';
import { nameOfKey } from '../registry/keys.ts';
import { answerList } from '../registry/list-answer.ts';
import type { Registry } from '../registry/registry.ts';
import { subjectOf, type Target } from '../registry/target.ts';
import { newWriteRequest, type WriteRequest } from '../registry/write-request.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import { listQueryOf, readList } from './list.ts';

/** Deletes under way at once, which are committed together; what goes in two steps goes one after another, so that events have an order. */
const AT_ONCE = 64;

/** DELETE of a collection, or of the part of it that selectors, limit and continue name. Answers with the list of what was found. */
export async function handleDeleteCollection(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  const asked = listQueryOf(target, context.request.query);
  const options = await readDeleteOptions(context);
  const { definition } = target;
  const { entries, meta } = readList(registry, target, asked);
  const request = newWriteRequest(registry, context, target);
  if (options.dryRun?.length) request.options.dryRun = true;
  // What is refused for one keeps those after it.
  const atOnce = request.strategy.graceSeconds || options.preconditions ? 1 : AT_ONCE;
  for (let first = 0; first < entries.length; first += atOnce) {
    // Who has gone away, or ran out of time, does not have the rest deleted.
    if (first > 0) context.signal().throwIfAborted();
    const part = entries.slice(first, first + atOnce);
    await Promise.all(part.map((entry) => deleteIfThere(requestFor(request, entry), options)));
  }
  return answerList({ registry, context, definition, entries, meta });
}

function requestFor(request: WriteRequest, { key }: Entry): WriteRequest {
  const { namespace, name } = nameOfKey(key);
  const subject = subjectOf(request.target.definition, name);
  return { ...request, target: { ...request.target, namespace, name, key, subject } };
}

async function deleteIfThere(request: WriteRequest, options: Parameters<typeof deleteObject>[1]): Promise<void> {
  try {
    await deleteObject(request, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
