import {
  newBadRequest,
  newConflict,
  newNotFound,
  newPathNotFound,
  type StatusError,
} from '../../../shared/apis/meta/status-error.ts';
import type { ObjectMeta, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import { objectKey } from '../registry/keys.ts';
import { decodeEntry, encodeStored } from '../registry/object-codec.ts';
import { timestamp } from '../registry/registry.ts';
import { keyOf, subjectOf } from '../registry/target.ts';
import { admit, checkPolicies, type WriteRequest } from '../registry/write-request.ts';
import type { RequestContext } from '../request.ts';
import { notSupported, required } from '../types/field-error.ts';
import { withCondition } from './pod-condition.ts';
import { placeIn, readUnstored } from './read-unstored.ts';

/** `pods/<name>/binding`: what a scheduler creates to give a pod its node. */
export async function bindPod(request: WriteRequest, context: RequestContext): Promise<void> {
  const binding = await readBinding(request, context);
  if (binding.metadata.name !== request.target.name)
    throw newBadRequest('name in URL does not match name in Binding object');
  await admitBinding(request, binding);
  await bind(request, binding);
}

/** `bindings`, the older way: the pod's name is in the body alone. */
export async function bindNamedPod(request: WriteRequest, context: RequestContext): Promise<void> {
  const { registry, target } = request;
  const binding = await readBinding(request, context);
  const { name = '' } = binding.metadata;
  const definition = registry.catalog.find('', 'v1', 'pods');
  if (!definition) throw newPathNotFound();
  await admitBinding({ ...request, target: { ...target, name } }, binding);
  const key = objectKey(definition, target.namespace, name);
  await bind(
    { ...request, target: { ...target, definition, name, key, subject: subjectOf(definition, name) } },
    binding,
  );
}

async function readBinding({ target }: WriteRequest, context: RequestContext): Promise<Unstructured> {
  const binding = await readUnstored(context, { group: '', version: 'v1', kind: 'Binding' });
  placeIn(target.namespace, binding);
  return binding;
}

async function admitBinding(request: WriteRequest, binding: Unstructured): Promise<void> {
  checkTarget(targetOf(binding));
  await admit(request, 'CREATE', binding, undefined);
  await checkPolicies(request, 'CREATE', binding, undefined);
}

async function bind(request: WriteRequest, binding: Unstructured): Promise<void> {
  const { registry, target, options } = request;
  for (;;) {
    const entry = registry.storage.get(keyOf(target));
    if (!entry) throw newNotFound(target.subject);
    const pod = decodeEntry(target.definition, entry);
    checkPreconditions(target.name, binding.metadata, pod.metadata);
    const bound = boundPod(pod, binding, timestamp(registry.clock.now()));
    if (options.dryRun) return;
    const encode = (revision: number) => encodeStored(target.definition, bound, revision);
    const result = await registry.storage.put(target.key, entry.modRevision, encode);
    if (result.ok) return;
  }
}

interface BindingTarget {
  kind?: string;
  name?: string;
}

const targetOf = (binding: Unstructured): BindingTarget => ({ ...(binding['target'] as BindingTarget | undefined) });

/** Upstream answers with the bare texts. */
function checkTarget({ kind = '', name = '' }: BindingTarget): void {
  const causes: StatusCause[] = [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(name === '' ? [required('target.name')] : []),
  ];
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  if (texts.length > 0) throw newUnreasonedError(texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? ''));
}

function checkPreconditions(name: string, { uid, resourceVersion }: ObjectMeta, pod: ObjectMeta): void {
  if (uid && uid !== pod.uid)
    throw newBindingConflict(name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.uid}`);
  if (resourceVersion && resourceVersion !== pod.resourceVersion)
    throw newBindingConflict(
      name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${pod.resourceVersion}`,
    );
}

function boundPod(pod: Unstructured, binding: Unstructured, now: string): Unstructured {
  const { name = '', deletionTimestamp } = pod.metadata;
  const spec = { ...(pod['spec'] as { nodeName?: string; schedulingGates?: unknown[] }) };
  if (deletionTimestamp) throw newBindingConflict(name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName) throw newBindingConflict(name, `pod ${name} is already assigned to node "${spec.nodeName}"`);
  if (spec.schedulingGates?.length) throw newBindingConflict(name, `pod ${name} has non-empty .spec.schedulingGates`);
  const { annotations, labels } = binding.metadata;
  const metadata = {
    ...pod.metadata,
    ...(annotations ? { annotations: { ...pod.metadata.annotations, ...annotations } } : {}),
    ...(labels ? { labels: { ...pod.metadata.labels, ...labels } } : {}),
  };
  const status = withCondition(pod['status'], { type: 'PodScheduled', status: 'True' }, now);
  return { ...pod, metadata, spec: { ...spec, nodeName: targetOf(binding).name }, status };
}

function newBindingConflict(name: string, why: string): StatusError {
  return newConflict({ resource: 'pods/binding', name }, why);
}
