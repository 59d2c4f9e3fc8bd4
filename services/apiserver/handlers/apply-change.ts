import { isStatusError, newBadRequest, newConflict } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf, parseApiVersion } from '../../../shared/apis/resource-type.ts';
import { apply } from '../merge/apply.ts';
import { newApplyConflict } from '../merge/conflict-status.ts';
import { isJsonObject, type JsonObject } from '../merge/json-value.ts';
import { notMap } from '../merge/merge-patch.ts';
import { ApplyConflictError } from '../merge/merger.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import { completedMerge } from '../registry/decode-object.ts';
import { jsonInYaml, parseYaml } from '../registry/parse-text.ts';
import { isQueryTrue } from '../registry/query-values.ts';
import { ownership, type WriteRequest } from '../registry/write-request.ts';
import { duplicateKeys, yamlErrors } from '../registry/yaml-duplicates.ts';
import { duplicateFields } from '../types/duplicate-fields.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { checkPlace, decodedTree } from './patched-object.ts';

/** Server-side apply: what the stored object becomes, ownership included; absent, what is made. Throws 400, 409, 422, 500. */
export function applying(request: WriteRequest, body: Uint8Array): (live: Unstructured | undefined) => Unstructured {
  const text = Buffer.from(body).toString();
  return (live) => {
    const applied = readConfiguration(text, request.target.definition);
    const { resourceVersion, ...metadata } = { ...applied.metadata };
    // What is no metadata is left for the check of types.
    const merged = merge(request, live, isJsonObject(applied.metadata ?? {}) ? { ...applied, metadata } : applied);
    if (resourceVersion) merged.metadata.resourceVersion = resourceVersion;
    else if (live) merged.metadata.resourceVersion = live.metadata.resourceVersion ?? '';
    const next = converted(request, merged, applied);
    tellDuplicates(request, text);
    const { uid } = next.metadata;
    if (!live && uid)
      throw newConflict(
        request.target.subject,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
    checkPlace(request, next);
    return next;
  };
}

/** A configuration says what it is, and nothing of who owns what. */
function readConfiguration(text: string, definition: ResourceDefinition): Unstructured {
  const document = parseConfiguration(text);
  const { kind, apiVersion } = typeOf(document);
  const { group, version } = parseApiVersion(apiVersion);
  if (kind !== definition.kind || apiVersion !== apiVersionOf(definition))
    throw newBadRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  const { metadata } = document;
  if (isJsonObject(metadata) && Array.isArray(metadata['managedFields']))
    throw newBadRequest('metadata.managedFields must be nil');
  return document as Unstructured;
}

/** As far as it can be told. */
function typeOf({ kind, apiVersion }: JsonObject): { kind: string; apiVersion: string } {
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  if (version.split('/').length > 2) return { kind: '', apiVersion: '' };
  return { kind: typeof kind === 'string' ? kind : '', apiVersion: version };
}

function parseConfiguration(text: string): JsonObject {
  let document: unknown;
  try {
    document = text.trim() === '' ? {} : (jsonInYaml(text) ?? parseYaml(text) ?? {});
  } catch (error) {
    if (isStatusError(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw newBadRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${why}`);
  }
  if (isJsonObject(document)) return document;
  throw newBadRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${notMap(document)}`);
}

function merge(request: WriteRequest, live: Unstructured | undefined, applied: Unstructured): Unstructured {
  const force = isQueryTrue(request.context.request.query.get('force'));
  try {
    return apply({ ...ownership(request), live: structuredClone(live), applied, force });
  } catch (error) {
    throw error instanceof ApplyConflictError ? newApplyConflict(error) : error;
  }
}

/** A value that fits the schema but not the Go type is found only when the merged object is converted. */
function converted(request: WriteRequest, merged: Unstructured, { metadata }: Unstructured): Unstructured {
  const { definition } = request.target;
  if (definition.source === 'crd') dropWrongTimes(merged);
  const decode = (tree: unknown): Unstructured => completedMerge(request, tree as Unstructured);
  if (definition.source === 'crd') return decode(merged);
  const type = `${definition.group ? definition.group : ''}/${definition.version}, Kind=${definition.kind}`;
  const refuse = (why: string): Error =>
    newUnreasonedError(
      `failed to convert new object (${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${type}) to proper version: unable to convert unstructured object to ${type}: ${why}`,
    );
  return decodedTree(merged, definition, { decode, refuse });
}

/** A custom resource's metadata is not converted: times that are none are not there. */
function dropWrongTimes({ metadata }: Unstructured): void {
  for (const field of ['creationTimestamp', 'deletionTimestamp'] as const)
    if (Number.isNaN(Date.parse(metadata[field] ?? ''))) delete metadata[field];
}

/** Of JSON it is seldom that there are any, which is quickly told. */
function duplicatesIn(text: string): string[] {
  const json = jsonInYaml(text);
  return json !== undefined && duplicateFields(text, json).length === 0 ? [] : duplicateKeys(text);
}

function tellDuplicates({ options: { fieldValidation }, context }: WriteRequest, text: string): void {
  const twice = fieldValidation === 'Ignore' ? [] : duplicatesIn(text);
  if (twice.length === 0) return;
  if (fieldValidation !== 'Warn')
    throw newBadRequest(`error strict decoding YAML: error converting YAML to JSON: ${yamlErrors(twice)}`);
  for (const line of twice) context.warnings.push(line);
}
