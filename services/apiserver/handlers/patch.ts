import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { answerObject } from '../registry/answer.ts';
import { newUnknownFormat } from '../registry/negotiation.ts';
import type { Registry } from '../registry/registry.ts';
import { warnOfRounding } from '../registry/rounded-integers.ts';
import { scaleOf } from '../registry/scale.ts';
import type { Target } from '../registry/target.ts';
import { updateObject } from '../registry/update-object.ts';
import { newWriteRequest, type WriteRequest } from '../registry/write-request.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { applying } from './apply-change.ts';
import { type PatchWay, patching } from './patch-change.ts';
import { throughScale, withScaleOwners } from './scale-change.ts';

/** PATCH of an object or of one of its subresources, by JSON patch, merge patch, strategic merge patch or server-side apply. */

const WAYS: Record<string, PatchWay | 'apply'> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** Of built-in kinds. */
export const PATCH_TYPES = Object.keys(WAYS);

export async function handlePatch(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  const { definition, subresource } = target;
  const way = wayOf(context, target.definition);
  const request = newWriteRequest(registry, context, target);
  const body = await context.request.body();
  warnOfRounding(Buffer.from(body).toString(), context.warnings);
  const isScale = subresource?.name === 'scale';
  const written = await updateObject(request, {
    change: isScale ? throughScale(request, (scale) => scaling(scale, way, body)) : changing(request, way, body),
    mayCreate: way === 'apply' && (!subresource || (request.strategy.createsThroughStatus ?? false)),
    isApplied: way === 'apply' || isScale,
  });
  const object = isScale ? scaleOf(definition, written.object) : written.object;
  const { status, bytes } = written;
  return answerObject({ registry, context, definition, status, object, ...(bytes && !isScale ? { bytes } : {}) });
}

function scaling(request: WriteRequest, way: PatchWay | 'apply', body: Uint8Array) {
  const change = changing(request, way, body);
  return way === 'apply' ? change : withScaleOwners(request, change);
}

function changing(request: WriteRequest, way: PatchWay | 'apply', body: Uint8Array) {
  if (way === 'apply') return applying(request, body);
  const change = patching(request, way, body);
  return (old: Unstructured | undefined): Unstructured => {
    if (!old) throw new Error('a patch needs an object');
    return change(old);
  };
}

/** Before anything else is looked at. Throws 415. */
export function checkPatchType(context: RequestContext, definition: ResourceDefinition): void {
  wayOf(context, definition);
}

/** Throws 415. */
function wayOf({ request }: RequestContext, definition: ResourceDefinition): PatchWay | 'apply' {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  const served = PATCH_TYPES.filter((one) => definition.source !== 'crd' || WAYS[one] !== 'strategic');
  const way = served.includes(type) ? WAYS[type] : undefined;
  if (!way) throw newUnknownFormat(served);
  return way;
}
