import { answerObject, answerWith } from '../registry/answer.ts';
import { readBody } from '../registry/body.ts';
import { createObject } from '../registry/create-object.ts';
import { completed } from '../registry/decode-object.ts';
import { dropDuplicateOwners } from '../registry/duplicate-owners.ts';
import { bodyFormat, negotiateUnstored } from '../registry/negotiation.ts';
import type { Registry } from '../registry/registry.ts';
import { newMethodNotAllowed, type Target } from '../registry/target.ts';
import { newWriteRequest, type WriteRequest } from '../registry/write-request.ts';
import { noteObject, type RequestContext, type ServerResponse } from '../request.ts';
import { bindNamedPod, bindPod } from './pod-binding.ts';
import { evictPod } from './pod-eviction.ts';

type Action = (request: WriteRequest, context: RequestContext) => Promise<void>;

/** What is created to have something done, and not stored. */
const ACTIONS: Record<string, Action> = {
  'pods/binding': bindPod,
  'pods/eviction': evictPod,
  bindings: bindNamedPod,
};

async function act(
  action: Action,
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  const { format } = negotiateUnstored(context);
  bodyFormat(context.request.headers['content-type']);
  await action(newWriteRequest(registry, context, target), context);
  return answerWith(format, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

/** POST to a collection, or to what of an object is done by creating something. */
export async function handleCreate(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  const { definition } = target;
  const action = ACTIONS[[definition.plural, target.subresource?.name].filter(Boolean).join('/')];
  if (action && definition.group === '') return act(action, registry, context, target);
  if (target.subresource || target.name !== '') throw newMethodNotAllowed();
  bodyFormat(context.request.headers['content-type']);
  const request = newWriteRequest(registry, context, target);
  const body = await readBody(context, definition);
  const object = completed(request, body.object, body.duplicates);
  noteObject(context.audit, object);
  dropDuplicateOwners(object, context, '');
  return answerObject({ registry, context, definition, ...(await createObject(request, object)) });
}
