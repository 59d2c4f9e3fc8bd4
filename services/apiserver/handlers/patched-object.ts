import {
  isStatusError,
  newBadRequest,
  newInternalError,
  newInvalid,
  type StatusError,
} from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf, parseApiVersion } from '../../../shared/apis/resource-type.ts';
import { goJson } from '../merge/go-json.ts';
import { GO_TYPE_META, goJsonKind } from '../merge/go-json-kind.ts';
import { inKeyOrder, isJsonObject, type JsonObject } from '../merge/json-value.ts';
import { asObject } from '../registry/body.ts';
import { completed } from '../registry/decode-object.ts';
import { dropDuplicateOwners } from '../registry/duplicate-owners.ts';
import { goText } from '../registry/go-text.ts';
import { hasEndless, numberTooLarge } from '../registry/parse-text.ts';
import type { WriteRequest } from '../registry/write-request.ts';
import { convertedTree } from '../types/converted-tree.ts';
import { invalid } from '../types/field-error.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { isUntypedDocument, refuseUntyped } from './untyped-document.ts';

/** What a patch made of an object, read as an object of its kind again. What is wrong with it is told as an invalid patch (422). */

/** Of a JSON or merge patch: the document is decoded like any. `findings`: what was odd about the patch; `text`: that of the patch. */
export function decodedDocument(
  request: WriteRequest,
  document: unknown,
  { findings, text }: { findings: readonly string[]; text: string },
): Unstructured {
  const { definition } = request.target;
  const written = writtenOrder(document);
  const refuse = (why: string): StatusError => newInvalidPatch(goJson(written), why);
  if (!isJsonObject(document)) throw refuse(NOT_OBJECT(document));
  if (definition.source === 'crd') checkCustomType(request, document, refuse);
  else if (isUntypedDocument(document)) throw refuseUntyped(request, document, { findings, refuse });
  const tooLarge = definition.source === 'crd' ? numberTooLarge(text) : undefined;
  if (tooLarge && hasEndless(document)) throw refuse(tooLarge);
  const decoding = isStatusOfCustom(request) ? asWhatItSays(request, document) : request;
  return reworded(refuse, () =>
    completed(decoding, asObject(written, decoding.target.definition), () => [...findings]),
  );
}

/** Through its status a custom resource stays what it is, whatever the document says that it is. */
const isStatusOfCustom = ({ target: { definition, subresource } }: WriteRequest): boolean =>
  definition.source === 'crd' && subresource?.name === 'status';

/** Of another kind nothing is known: its fields are neither refused nor left out. */
function asWhatItSays(request: WriteRequest, { kind, apiVersion }: JsonObject): WriteRequest {
  const { definition } = request.target;
  if (kind === definition.kind && apiVersion === apiVersionOf(definition)) return request;
  const said = { ...parseApiVersion(String(apiVersion)), kind: String(kind) };
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;
  return { ...request, target: { ...request.target, definition: { ...definition, ...said, schema } } };
}

/** Of a strategic patch: the tree is converted, without being written and decoded; it can't change what the object is. */
export function convertedDocument(
  request: WriteRequest,
  parts: { document: Unstructured; old: Unstructured; patch: unknown; findings: readonly string[] },
): Unstructured {
  const { document, old, patch, findings } = parts;
  const { definition } = request.target;
  const refuse = (why: string): StatusError => newInvalidPatch(goText(patch), why);
  const { kind, apiVersion } = document;
  const { why } = convertedTree({ kind, apiVersion }, definition.schema, definition.resolve);
  if (why !== undefined) throw refuse(why);
  const typed = { ...document, kind: old.kind, apiVersion: old.apiVersion };
  const decode = (tree: unknown) => completed(request, asObject(tree, definition), () => [...findings]);
  return decodedTree(typed, definition, { decode, refuse });
}

interface TreeDecoder {
  decode(tree: unknown): Unstructured;
  /** What to throw where the kind has no place for a value. */
  refuse(why: string): Error;
}

/** A tree is decoded as a document is, unless that fails: then it is converted first. Throws also what decoding throws. */
export function decodedTree(
  tree: unknown,
  { schema, resolve }: ResourceDefinition,
  { decode, refuse }: TreeDecoder,
): Unstructured {
  try {
    return decode(tree);
  } catch (error) {
    if (!isStatusError(error) || error.code !== 400) throw error;
    const converted = convertedTree(tree, schema, resolve);
    if (converted.why !== undefined) throw refuse(converted.why);
    if (converted.value === tree) throw refuse(decodeReason(error.message));
    return decode(converted.value);
  }
}

function reworded(refuse: (why: string) => StatusError, decode: () => Unstructured): Unstructured {
  try {
    return decode();
  } catch (error) {
    if (!isStatusError(error) || error.code !== 400) throw error;
    throw refuse(decodeReason(error.message));
  }
}

/** Why something could not be decoded, without what it was to be. */
const decodeReason = (message: string): string =>
  message
    .replace(/^.* cannot be handled as an? \S+: /s, '')
    .replace(/^the object provided is unrecognized \(must be of type \S+\): (.*) \(.*\)$/s, '$1');

function newInvalidPatch(shown: string, why: string): StatusError {
  return newInvalid({ resource: '' }, [invalid('patch', shown, why)]);
}

/** As Go's patch library writes it: the top level in order. So it is shown, and read: of several mistakes the first is told. */
const writtenOrder = (document: unknown): unknown => {
  if (!isJsonObject(document)) return document;
  const { metadata } = document;
  return inOrder(isJsonObject(metadata) ? { ...document, metadata: inOrder(metadata) } : document);
};

const inOrder = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

const NOT_OBJECT = (document: unknown): string =>
  `couldn't get version/kind; json parse error: json: cannot unmarshal ${goJsonKind(document)} into Go value of type ${GO_TYPE_META}`;

/** Custom resources have to say what they are. Throws 422, and 500 as upstream where the version is missing. */
function checkCustomType(request: WriteRequest, document: JsonObject, refuse: (why: string) => StatusError): void {
  const { definition } = request.target;
  const { kind, apiVersion, metadata } = document;
  for (const [field, value] of Object.entries({ apiVersion, kind }))
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw refuse(
        `couldn't get version/kind; json parse error: json: cannot unmarshal ${goJsonKind(value)} into Go struct field .${field} of type string`,
      );
  if (typeof apiVersion === 'string' && apiVersion.split('/').length > 2)
    throw refuse(`unexpected GroupVersion string: ${apiVersion}`);
  if (!kind) throw refuse(`Object 'Kind' is missing in '${goJson(inKeyOrder(document))}'`);
  if (!apiVersion) throw newInternalError("Object 'apiVersion' is missing in 'object has no apiVersion field'");
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata))
    throw refuse(`json: cannot unmarshal ${goJsonKind(metadata)} into Go value of type v1.ObjectMeta`);
  if (isStatusOfCustom(request)) return;
  const causes: StatusCause[] = [
    ...(kind === definition.kind ? [] : [invalid('kind', kind, `must be ${definition.kind}`)]),
    ...(apiVersion === apiVersionOf(definition)
      ? []
      : [invalid('apiVersion', apiVersion, `must be ${apiVersionOf(definition)}`)]),
  ];
  const { group } = parseApiVersion(String(apiVersion));
  const name = isJsonObject(metadata) ? String(metadata['name'] ?? '') : '';
  if (causes.length > 0) throw newInvalid({ group, resource: String(kind), name }, causes);
}

/** Throws 400 unless the object is the one that the URL names; a namespace where there is none is not looked at, and an owner counts once. */
export function checkPlace({ target, context }: WriteRequest, object: Unstructured): void {
  const { definition, namespace, name } = target;
  const { metadata } = object;
  dropDuplicateOwners(object, context, ' after mutating admission happens');
  if (!definition.namespaced) delete metadata.namespace;
  if (definition.namespaced && metadata.namespace && metadata.namespace !== namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (!metadata.name)
    throw newBadRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name)
    throw newBadRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}
