import { newNotAcceptable, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { objectJson } from '../../../shared/apis/object-json.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import { encodeProtobuf } from '../protobuf/encode-object.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { negotiateFor, type Representation } from './negotiation.ts';
import { partialMetadata } from './partial-metadata.ts';
import type { Registry } from './registry.ts';
import { scalesOf } from './scale.ts';
import { includeObjectOf, newTable } from './table.ts';
import { toYaml } from './yaml-writer.ts';

/** Objects to responses, in the representation that the client asked for. */

const CONTENT_TYPES = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
} as const;

export function answerWith(format: Representation['format'], status: number, value: object): ServerResponse {
  return { status, headers: { 'content-type': CONTENT_TYPES[format] }, body: encoded(format, value) };
}

function encoded(format: Representation['format'], value: object): string | Uint8Array {
  switch (format) {
    case 'json':
      return `${objectJson(value)}\n`;
    case 'yaml':
      return toYaml(value);
    case 'protobuf':
      return encodeProtobuf(value);
  }
}

/** In Go's words, its type included. */
export function newNoList({ group, kind, source }: Pick<ResourceDefinition, 'group' | 'kind' | 'source'>): StatusError {
  if (source === 'crd') return newUnreasonedError('content is not a list');
  const type = `${group.split('.')[0] || 'core'}.${kind}`;
  return newNotAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (*${type})`);
}

/** JSON that exists as bytes already. */
export function answerBytes(status: number, bytes: readonly (Uint8Array | string)[]): ServerResponse {
  const body = Buffer.concat([...bytes, '\n'].map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return { status, headers: { 'content-type': CONTENT_TYPES.json }, body };
}

export interface ObjectAnswer {
  registry: Registry;
  context: RequestContext;
  definition: ResourceDefinition;
  status: number;
  object: Unstructured;
  /** The object's stored bytes, if they are known and say the same. */
  bytes?: Uint8Array;
}

/** One object. Throws 406. */
export function answerObject({ registry, context, definition, status, object, bytes }: ObjectAnswer): ServerResponse {
  const { format, as, metaVersion: version } = negotiateFor(context, definition);
  switch (as) {
    case 'Table': {
      const include = includeObjectOf(context.request.query);
      const meta = { resourceVersion: object.metadata.resourceVersion ?? '' };
      const shown = context.info.subresource === 'scale' ? scalesOf(definition) : definition;
      return answerWith(
        format,
        status,
        newTable({ registry, definition: shown, objects: [object], meta, include, version }),
      );
    }
    case 'PartialObjectMetadata':
      return answerWith(format, status, partialMetadata(object, version));
    case 'PartialObjectMetadataList':
      throw newNoList(definition);
    default:
      return format === 'json' && bytes ? answerBytes(status, [bytes]) : answerWith(format, status, object);
  }
}
