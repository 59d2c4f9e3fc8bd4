import {
  isStatusError,
  newBadRequest,
  newInvalid,
  newUnsupportedMediaType,
  type StatusError,
} from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf, parseApiVersion } from '../../../shared/apis/resource-type.ts';
import { apply } from '../merge/apply.ts';
import { newApplyConflict } from '../merge/conflict-status.ts';
import { jsonPatch } from '../merge/json-patch.ts';
import { mergePatch, notMap } from '../merge/merge-patch.ts';
import { ApplyConflictError } from '../merge/merger.ts';
import { strategicMergePatch } from '../merge/strategic-merge-patch.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import { answerObject } from '../registry/answer.ts';
import { asObject, parseDocument } from '../registry/body.ts';
import { completed } from '../registry/decode-object.ts';
import { goText } from '../registry/go-text.ts';
import { jsonErrorText } from '../registry/json-error.ts';
import { newRouteError } from '../registry/negotiation.ts';
import { parseJson } from '../registry/parse-text.ts';
import type { Registry } from '../registry/registry.ts';
import { scaled, scaleOf } from '../registry/scale.ts';
import type { Target } from '../registry/target.ts';
import { updateObject } from '../registry/update-object.ts';
import { newWriteRequest, ownership, type WriteRequest } from '../registry/write-request.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import { forbidden, required } from '../types/field-error.ts';
import { unstructuredErrorText } from '../types/unstructured-error.ts';

/** PATCH of an object or of one of its subresources, by JSON patch, merge patch, strategic merge patch or server-side apply. */

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

export async function handlePatch(
  registry: Registry,
  context: RequestContext,
  target: Target,
): Promise<ServerResponse> {
  const { definition, subresource } = target;
  const type = patchTypeOf(context, target);
  const request = newWriteRequest(registry, context, target);
  const body = await context.request.body();
  const isApply = type === APPLY_PATCH;
  if (!isApply && context.request.query.has('force')) throw newForceForbidden();
  const change = isApply ? applying(request, body) : patching(request, type, parsePatch(body, type));
  const written = await updateObject(request, {
    change,
    mayCreate: isApply && !subresource,
    isApplied: isApply,
  });
  const isScale = subresource?.name === 'scale';
  const object = isScale ? scaleOf(definition, written.object) : written.object;
  const { status, bytes } = written;
  return answerObject({ registry, context, definition, status, object, ...(bytes && !isScale ? { bytes } : {}) });
}

/** Throws 415. */
function patchTypeOf({ request }: RequestContext, { definition }: Target): string {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const isCustom = definition.source === 'crd';
  const served = [JSON_PATCH, MERGE_PATCH, ...(isCustom ? [] : [STRATEGIC_PATCH]), APPLY_PATCH];
  if (served.includes(type)) return type;
  if (!isCustom) throw newRouteError(415);
  throw newUnsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${served.join(', ')}`,
  );
}

function parsePatch(body: Uint8Array, type: string): unknown {
  const text = Buffer.from(body).toString();
  try {
    return parseJson(text);
  } catch (error) {
    const where = type === STRATEGIC_PATCH ? '' : 'error decoding patch: ';
    throw newBadRequest(`${where}${jsonErrorText(error, text)}`);
  }
}

type Change = (old: Unstructured | undefined) => Unstructured;

function patching(request: WriteRequest, type: string, patch: unknown): Change {
  const { definition, subresource } = request.target;
  return (old) => {
    if (!old) throw new Error('a patch needs an object');
    if (subresource?.name === 'scale')
      return scaled(definition, old, patched(request, type, scaleOf(definition, old), patch));
    const next = patchedObject(request, type, old, patch);
    const complete = completedPatch(request, next, type === STRATEGIC_PATCH, patch);
    checkName(request.target, complete);
    checkPlace(request.target, complete);
    return complete;
  };
}

/** What is wrong with the object that a patch of a built-in kind makes is told as an invalid patch. */
function completedPatch(request: WriteRequest, next: Unstructured, isStrategic: boolean, patch: unknown): Unstructured {
  try {
    return completed(request, next);
  } catch (error) {
    if (!isStatusError(error) || error.code !== 400) throw error;
    const isCustom = request.target.definition.source === 'crd';
    if (isCustom && !error.message.includes('strict decoding error')) throw error;
    const why = decodeReason(error.message);
    throw isStrategic
      ? newInvalidPatch(goText(patch), unstructuredErrorText(why))
      : newInvalidPatch(patchText(next), why);
  }
}

const decodeReason = (message: string): string => message.replace(/^.* cannot be handled as an? \S+: /s, '');

/** The document that a patch made: its top level is in order, as what Go's patch library writes. */
function patchText(document: Unstructured): string {
  return JSON.stringify(Object.fromEntries(Object.entries(document).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function newInvalidPatch(shown: string, why: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(shown)}: ${why}`;
  return newInvalid({ resource: '' }, [{ reason: 'FieldValueInvalid', message, field: 'patch' }]);
}

/** The patched document as an object of its kind. Of a built-in kind a strategic patch can't change what it is. */
function patchedObject(request: WriteRequest, type: string, old: Unstructured, patch: unknown): Unstructured {
  const { definition } = request.target;
  const document = patched(request, type, old, patch);
  const isStrategic = type === STRATEGIC_PATCH;
  if (isStrategic) Object.assign(document, { kind: old.kind, apiVersion: old.apiVersion });
  try {
    return asObject(document, definition);
  } catch (error) {
    if (!isStatusError(error) || error.code !== 400 || definition.source === 'crd') throw error;
    const why = decodeReason(error.message);
    throw isStrategic
      ? newInvalidPatch(goText(patch), unstructuredErrorText(why))
      : newInvalidPatch(patchText(document), why);
  }
}

function patched({ target }: WriteRequest, type: string, live: Unstructured, patch: unknown): Unstructured {
  if (type === JSON_PATCH) return jsonPatch(live, patch);
  if (type === MERGE_PATCH) return mergePatch(live, patch);
  return strategicMergePatch(live, patch ?? {}, target.definition);
}

function checkName({ name }: Target, { metadata }: Unstructured): void {
  if (!metadata.name)
    throw newBadRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name === name) return;
  throw newBadRequest(`the name of the object (${metadata.name ?? ''}) does not match the name on the URL (${name})`);
}

function checkPlace({ definition, namespace }: Target, { metadata }: Unstructured): void {
  if (definition.namespaced && metadata.namespace && metadata.namespace !== namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** Server-side apply: the merged object, ownership included. Throws 400, 409, 422. */
function applying(request: WriteRequest, body: Uint8Array): Change {
  const { target, context } = request;
  const { query } = context.request;
  if (!query.get('fieldManager')) throw newManagerRequired();
  const force = query.get('force') === 'true';
  const configuration = checkedConfiguration(
    request,
    asConfiguration(body.length === 0 ? undefined : parseDocument(body, 'yaml', target.definition.kind), target),
  );
  return (live) => {
    const applied = structuredClone(configuration);
    const { resourceVersion } = applied.metadata;
    delete applied.metadata.resourceVersion;
    const merged = merge(request, { live: structuredClone(live), applied, force });
    if (resourceVersion) merged.metadata.resourceVersion = resourceVersion;
    else if (live) merged.metadata.resourceVersion = live.metadata.resourceVersion ?? '';
    return completedApply(request, merged, configuration);
  };
}

/** A value that fits the schema but not the Go type is found only when the merged object is converted. */
function completedApply(request: WriteRequest, merged: Unstructured, { metadata }: Unstructured): Unstructured {
  const { definition, name } = request.target;
  try {
    return completed(quiet(request), merged);
  } catch (error) {
    if (definition.source === 'crd' || !isStatusError(error) || error.code !== 400) throw error;
    const type = `${definition.group ? definition.group : ''}/${definition.version}, Kind=${definition.kind}`;
    const why = unstructuredErrorText(decodeReason(error.message));
    throw newUnreasonedError(
      `failed to convert new object (${metadata.namespace ?? ''}/${name}; ${type}) to proper version: unable to convert unstructured object to ${type}: ${why}`,
    );
  }
}

/** A configuration says what it is. */
function asConfiguration(document: unknown, { definition }: Target): Unstructured {
  const isNothing = document === undefined || document === null;
  if (!isNothing && (typeof document !== 'object' || Array.isArray(document)))
    throw newBadRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${notMap(document)}`);
  const { apiVersion = '', kind = '' }: Partial<Unstructured> = { ...(document as object) };
  const { group, version } = parseApiVersion(apiVersion);
  if (kind !== definition.kind || apiVersion !== apiVersionOf(definition))
    throw newBadRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  return asObject(document, definition);
}

function checkedConfiguration(request: WriteRequest, applied: Unstructured): Unstructured {
  const { target } = request;
  if (applied.metadata.managedFields) throw newBadRequest('metadata.managedFields must be nil');
  if (!applied.metadata.name && !request.registry.storage.get(target.key))
    throw newBadRequest(
      `the name of the object (${target.name} based on URL) was undeterminable: name must be provided`,
    );
  applied.metadata.name ??= target.name;
  checkName(target, applied);
  return applied;
}

/** The merged object is completed again, but its fields were told about with the configuration. */
const quiet = (request: WriteRequest): WriteRequest => ({
  ...request,
  options: { ...request.options, fieldValidation: 'Ignore' },
});

function merge(
  request: WriteRequest,
  parts: { live: Unstructured | undefined; applied: Unstructured; force: boolean },
) {
  try {
    return apply({ ...ownership(request), ...parts });
  } catch (error) {
    throw error instanceof ApplyConflictError ? newApplyConflict(error) : error;
  }
}

const PATCH_OPTIONS = { group: 'meta.k8s.io', resource: 'PatchOptions' };

const newManagerRequired = () => newInvalid(PATCH_OPTIONS, [required('fieldManager', 'is required for apply patch')]);

const newForceForbidden = () =>
  newInvalid(PATCH_OPTIONS, [forbidden('force', 'may not be specified for non-apply patch')]);
