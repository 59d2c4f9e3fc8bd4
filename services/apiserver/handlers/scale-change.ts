import { builtinNameOfKind, builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { newBadRequest, newConflict, newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import { ownersAfterScale, ownersOfScale } from '../merge/scale-owners.ts';
import { isDnsSubdomain } from '../registry/object-names.ts';
import { hasReplicas, replicasPathOf, scaleOf, withReplicas } from '../registry/scale.ts';
import { validateMetadata } from '../registry/validate-metadata.ts';
import { tracked, type WriteRequest } from '../registry/write-request.ts';
import { invalid } from '../types/field-error.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';

/** A write of an object's `scale`: the object is seen as a Scale, that is changed, and its replicas and their owners are taken over. */

type Change = (old: Unstructured | undefined) => Unstructured | Promise<Unstructured>;

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** `newChange` gives the change of the Scale, for a request about Scales; if it does not know of owners, they are found by what it changed. */
export function throughScale(request: WriteRequest, newChange: (scale: WriteRequest) => Change): Change {
  const scaleRequest = aboutScale(request);
  const change = newChange(scaleRequest);
  return async (object) => {
    if (!object) throw new Error('a scale needs an object');
    const old = ownedScale(request, object);
    const next = await change(old);
    checkScale(request, next, object);
    return taken(request, object, next);
  };
}

/** The changed Scale with its owners, for changes that do not write them. */
export function withScaleOwners(request: WriteRequest, change: Change): Change {
  return async (old) => tracked(request, old, await change(old));
}

/** The same request, about a Scale. */
export function aboutScale(request: WriteRequest): WriteRequest {
  const definition: ResourceDefinition = {
    ...request.target.definition,
    ...SCALE,
    source: 'builtin',
    schema: builtinSchema(builtinNameOfKind(SCALE.group, SCALE.version, SCALE.kind) ?? '') ?? {},
    resolve: resolveBuiltin,
    subresources: [],
  };
  return { ...request, target: { ...request.target, definition } };
}

/** What stands for replicas that an object has not. */
const NO_REPLICAS = -2_147_483_648;

function ownedScale({ target: { definition } }: WriteRequest, object: Unstructured): Unstructured {
  const scale = scaleOf(definition, object);
  const managedFields = ownersOfScale(object.metadata.managedFields, replicasPathOf(definition));
  if (managedFields.length > 0) scale.metadata.managedFields = managedFields;
  if (!hasReplicas(definition, object)) scale['spec'] = { replicas: NO_REPLICAS };
  return scale;
}

function checkScale({ target, context }: WriteRequest, scale: Unstructured, { metadata: { uid } }: Unstructured): void {
  const { definition, name, subject } = target;
  const replicas = replicasOf(scale);
  if (definition.source === 'crd') {
    const field = `.${replicasPathOf(definition).join('.')}`;
    if (replicas === NO_REPLICAS) throw newBadRequest(`the spec replicas field "${field}" cannot be empty`);
    return;
  }
  const causes = [
    ...validateMetadata(scale.metadata, isDnsSubdomain),
    ...(replicas < 0 ? [invalid('spec.replicas', replicas, 'must be greater than or equal to 0')] : []),
  ];
  if (causes.length > 0) throw newInvalid({ group: SCALE.group, resource: SCALE.kind, name }, causes);
  const asked = scale.metadata.uid;
  if (context.info.verb === 'patch' && asked && asked !== uid)
    throw newConflict(
      { ...subject, resource: `${subject.resource}/scale` },
      `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${uid}`,
    );
}

function replicasOf(scale: Unstructured): number {
  const { replicas = 0 } = { ...(scale['spec'] as { replicas?: number } | undefined) };
  return replicas;
}

function taken(
  { target: { definition }, context }: WriteRequest,
  object: Unstructured,
  scale: Unstructured,
): Unstructured {
  const next = withReplicas(definition, object, replicasOf(scale));
  const where = { path: replicasPathOf(definition), apiVersion: apiVersionOf(definition) };
  const { managedFields } = object.metadata;
  const owners = ownersAfterScale(managedFields, scale.metadata.managedFields, where);
  if (owners.length > 0) next.metadata.managedFields = owners;
  else delete next.metadata.managedFields;
  const { resourceVersion, uid } = scale.metadata;
  if (context.info.verb === 'update' && uid) next.metadata.uid = uid;
  if (resourceVersion) next.metadata.resourceVersion = resourceVersion;
  else if (definition.source === 'builtin') delete next.metadata.resourceVersion;
  return next;
}
