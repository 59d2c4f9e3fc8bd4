import { isStatusError, newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { copyOf } from '../merge/json-value.ts';
import { answerObject } from '../registry/answer.ts';
import { type Body, type ExpectedKind, readBody } from '../registry/body.ts';
import { completed } from '../registry/decode-object.ts';
import { dropDuplicateOwners } from '../registry/duplicate-owners.ts';
import type { Registry } from '../registry/registry.ts';
import { repeatedUpdate } from '../registry/repeated-update.ts';
import { scaleOf } from '../registry/scale.ts';
import type { Target } from '../registry/target.ts';
import { updateObject } from '../registry/update-object.ts';
import { newWriteRequest, type WriteRequest, type Written } from '../registry/write-request.ts';
import { noteObject, type RequestContext, type ServerResponse } from '../request.ts';
import { aboutScale, throughScale, withScaleOwners } from './scale-change.ts';

/** PUT of an object or of one of its subresources. */
export async function handleUpdate(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  const { definition, subresource } = target;
  const request = newWriteRequest(registry, context, target);
  if (subresource?.name === 'scale') return updateScale(request, subresource);
  const body = await readBody(context, definition);
  const repetition = repeatedUpdate(request, body);
  const again = await repetition?.store?.();
  if (again) noteObject(context.audit, body.object);
  if (again) return answerObject({ registry, context, definition, ...again });
  const written = await replaceObject(request, repetition?.store ? await readBody(context, definition) : body);
  repetition?.note(written);
  return answerObject({ registry, context, definition, ...written });
}

function replaceObject(request: WriteRequest, body: Body): Promise<Written> {
  const given = placed(request, completed(request, body.object, body.duplicates));
  return updateObject(request, { change: () => copyOf(given), mayCreate: mayCreate(request) });
}

async function updateScale(request: WriteRequest, expected: ExpectedKind): Promise<ServerResponse> {
  const { registry, context, target } = request;
  const { definition } = target;
  const given = placed(request, await readScaleOf(request, expected));
  const change = throughScale(request, (scale) => withScaleOwners(scale, () => copyOf(given)));
  const { status, object } = await updateObject(request, { change, mayCreate: mayCreate(request), isApplied: true });
  return answerObject({ registry, context, definition, status, object: scaleOf(definition, object) });
}

/** What is given for the object at the URL. Changes it. Throws 400. */
function placed({ target, context }: WriteRequest, given: Unstructured): Unstructured {
  noteObject(context.audit, given);
  checkPlace(target, given);
  dropDuplicateOwners(given, context, '');
  return given;
}

/** Of a custom resource whatever is wrong with it is told in the same words: upstream does not find the name of what it reads. */
async function readScaleOf(request: WriteRequest, expected: ExpectedKind): Promise<Unstructured> {
  const scale = aboutScale(request);
  const read = readBody(request.context, expected).then(({ object, duplicates }) =>
    completed(scale, object, duplicates),
  );
  if (request.target.definition.source === 'builtin') return read;
  return read.catch((error: unknown) => {
    if (!isStatusError(error) || error.code !== 400) throw error;
    throw newBadRequest('no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"');
  });
}

/** Whether a PUT makes what is not there. */
function mayCreate({ target: { subresource }, strategy }: WriteRequest): boolean {
  if (!subresource) return strategy.allowsCreateOnUpdate ?? false;
  return subresource.name === 'status' && (strategy.createsThroughStatus ?? false);
}

/** The body must be the object that the URL names; a namespace where there is none is not looked at. */
function checkPlace({ name, namespace, definition }: Target, { metadata }: Unstructured): void {
  if (!metadata.name)
    throw newBadRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name)
    throw newBadRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  if (definition.namespaced && metadata.namespace && metadata.namespace !== namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (!definition.namespaced) delete metadata.namespace;
}
