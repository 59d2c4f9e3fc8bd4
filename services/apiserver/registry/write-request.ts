import { isStatusError, newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import { typeOf } from '../merge/atom.ts';
import { fitsType } from '../merge/fits-type.ts';
import type { TypedSchema } from '../merge/merger.ts';
import { resetFieldsOf } from '../merge/reset-fields.ts';
import { track } from '../merge/track.ts';
import { annotate, type RequestContext } from '../request.ts';
import { strategyOf } from '../resources/strategies.ts';
import { hasStatus } from './generation.ts';
import { type AdmissionContext, type Operation, type Registry, timestamp } from './registry.ts';
import { scaleOf } from './scale.ts';
import type { Strategy, WriteContext } from './strategy.ts';
import type { Target } from './target.ts';
import { type WriteOptions, writeOptionsOf } from './write-options.ts';

/** One write as the functions that do it see it. */
export interface WriteRequest {
  registry: Registry;
  context: RequestContext;
  target: Target;
  options: WriteOptions;
  strategy: Strategy;
  write: WriteContext;
  /** It follows from something that was admitted: nobody is asked again. */
  isAdmitted?: true;
  /** The write is over; what it held while it was under way is free again. May be called twice. */
  end?: () => void;
}

/** What a write left: the object, its stored bytes where it was stored, and the answer's status. */
export interface Written {
  object: Unstructured;
  bytes?: Uint8Array;
  status: 200 | 201;
}

/** Throws 400 and 422 for options that make no sense. */
export function newWriteRequest(registry: Registry, context: RequestContext, target: Target): WriteRequest {
  const { definition } = target;
  const options = writeOptionsOf(context);
  const endings: (() => void)[] = [];
  const write = {
    registry,
    user: context.user,
    definition,
    subresource: target.subresource?.name ?? '',
    verb: context.info.verb,
    namespace: target.namespace,
    nowMs: registry.clock.now(),
    isDryRun: options.dryRun === true,
    whenDone: (release: () => void) => void endings.push(release),
  };
  const end = () => {
    for (const release of endings.splice(0)) release();
  };
  return { registry, context, target, options, strategy: strategyOf(definition), write, end };
}

/** Throws 422 if there is anything wrong. */
export function checkValid({ target }: WriteRequest, name: string, causes: StatusCause[]): void {
  const { kind, storedForm } = target.definition;
  const group = storedForm?.group ?? target.definition.group;
  if (causes.length > 0) throw newInvalid({ group, resource: kind, name }, causes);
}

/** The object with `managedFields` as they are after this write. */
export function tracked(request: WriteRequest, before: Unstructured | undefined, after: Unstructured): Unstructured {
  try {
    if (isOfAnotherKind(request, after)) throw new Error('what is of another kind has no fields of this one');
    const owned = ownership(request);
    if (request.target.definition.source === 'crd') checkFits(owned, before, after);
    return ownedHere(request, track({ ...owned, before, after }));
  } catch (error) {
    // An object that can't be tracked (an item without its key, a value that the schema has come to refuse) is refused by its validation, or goes on without owners.
    if (isStatusError(error)) throw error;
    const { managedFields: _, ...metadata } = after.metadata;
    return { ...after, metadata };
  }
}

/** Before or after the write, it need not be of its definition's type: unlike kinds that are built in these change. */
function checkFits({ schema, resolve }: TypedSchema, ...objects: (Unstructured | undefined)[]): void {
  const type = typeOf(schema, resolve);
  if (!objects.every((object) => fitsType(type, object))) throw new Error('not of the type of its definition');
}

/** As a document says it that is written to the status of a custom resource. */
const isOfAnotherKind = ({ target: { definition } }: WriteRequest, { kind, apiVersion }: Unstructured): boolean =>
  definition.source === 'crd' && (kind !== definition.kind || apiVersion !== apiVersionOf(definition));

/** Who wrote an object through another group owned fields that this one does not have by name. */
function ownedHere({ target: { definition } }: WriteRequest, object: Unstructured): Unstructured {
  const { managedFields } = object.metadata;
  if (definition.storedForm?.group === undefined || !managedFields) return object;
  const kept = managedFields.filter(({ apiVersion }) => apiVersion === apiVersionOf(definition));
  return { ...object, metadata: { ...object.metadata, managedFields: kept } };
}

/** What ownership of fields depends on, for apply and for every other write. */
export function ownership({ target, options, write }: WriteRequest) {
  const { schema, resolve } = target.definition;
  const { subresource, nowMs } = write;
  const { kind, source } = target.definition;
  const ignored = resetFieldsOf({ kind, source, hasStatus: hasStatus(target.definition), subresource });
  const forms = target.definition.storedForm?.otherForms?.();
  return {
    schema,
    resolve,
    manager: options.manager,
    subresource,
    now: timestamp(nowMs),
    ignored,
    ...(forms ? { forms } : {}),
  };
}

function admissionContext(request: WriteRequest, operation: Operation): AdmissionContext {
  const { target, write, options, context } = request;
  const { definition, namespace, name } = target;
  return {
    user: context.user,
    definition,
    operation,
    subresource: write.subresource,
    namespace,
    name,
    dryRun: options.dryRun,
    warn: (text) => void context.warnings.push(text),
    annotate: (key, value) => annotate(context.audit, key, value),
  };
}

/** The user's policies, which come last. Throws what they deny with. */
export function checkPolicies(
  request: WriteRequest,
  operation: Operation,
  object: Unstructured | undefined,
  old: Unstructured | undefined,
): void | Promise<void> {
  if (request.isAdmitted) return;
  const { definition, subresource } = request.target;
  const seen = (one: Unstructured | undefined) =>
    one && subresource?.name === 'scale' ? scaleOf(definition, one) : one;
  return request.registry.policies?.(policyContext(request, operation), seen(object), seen(old));
}

/** A Namespace is in itself, and what goes with its collection is not named, as upstream has it. */
function policyContext(request: WriteRequest, operation: Operation): AdmissionContext {
  const context = admissionContext(request, operation);
  const { definition, subresource } = request.target;
  const isNamespace = definition.group === '' && definition.plural === 'namespaces';
  return {
    ...context,
    ...(subresource ? { kind: subresource } : {}),
    ...(isNamespace ? { namespace: context.name } : {}),
    ...(request.context.info.verb === 'deletecollection' ? { name: '' } : {}),
  };
}

export async function admit(
  request: WriteRequest,
  operation: Operation,
  object: Unstructured | undefined,
  old: Unstructured | undefined,
): Promise<void> {
  if (request.isAdmitted) return;
  const { registry, target, context } = request;
  const { definition } = target;
  const asked = admissionContext(request, operation);
  for (const check of registry.admission) {
    const checking = check(asked, object, old);
    if (checking) await checking; // Most look and are done.
  }
  const isRbac = definition.group === 'rbac.authorization.k8s.io';
  if (!isRbac || !object || operation === 'DELETE') return;
  await registry.checkEscalation({ user: context.user, name: context.info.name }, object, old);
}
