import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { Entry } from '../../storage/backend.ts';
import { deleteObject } from '../registry/delete-object.ts';
import { readDeleteOptions } from '../registry/delete-options.ts';
import { nameOfKey } from '../registry/keys.ts';
import { answerList } from '../registry/list-answer.ts';
import { readPage } from '../registry/read-page.ts';
import type { Registry } from '../registry/registry.ts';
import { selectionOf } from '../registry/selection.ts';
import { subjectOf, type Target } from '../registry/target.ts';
import { newWriteRequest, type WriteRequest } from '../registry/write-request.ts';
import type { RequestContext, ServerResponse } from '../request.ts';

/** Deletes under way at once. They are committed together. */
const AT_ONCE = 64;

/** DELETE of a collection, or of the part of it that selectors name. Answers with the list of what was found. */
export async function handleDeleteCollection(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  const options = await readDeleteOptions(context);
  const selection = selectionOf(target, context.request.query);
  const { definition } = target;
  const { entries, revision } = readPage({ storage: registry.storage, definition, selection });
  const request = newWriteRequest(registry, context, target);
  if (options.dryRun?.length) request.options.dryRun = true;
  for (let first = 0; first < entries.length; first += AT_ONCE) {
    const part = entries.slice(first, first + AT_ONCE);
    await Promise.all(part.map((entry) => deleteIfThere(requestFor(request, entry), options)));
  }
  return answerList({ registry, context, definition, entries, meta: { resourceVersion: String(revision) } });
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
