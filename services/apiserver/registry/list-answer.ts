import { newNotAcceptable } from '../../../shared/apis/meta/status-error.ts';
import type { ListMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import type { Entry } from '../../storage/backend.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { answerBytes, answerWith } from './answer.ts';
import { negotiateFor } from './negotiation.ts';
import { itemBytes } from './object-codec.ts';
import { partialMetadata } from './partial-metadata.ts';
import { decoded } from './read-page.ts';
import type { Registry } from './registry.ts';
import { includeObjectOf, newTable } from './table.ts';

export interface ListAnswer {
  registry: Registry;
  context: RequestContext;
  definition: ResourceDefinition;
  entries: Entry[];
  meta: ListMeta;
}

/** A collection, in the representation that the client asked for. Throws 406. */
export function answerList({ registry, context, definition, entries, meta }: ListAnswer): ServerResponse {
  const { format, as, metaVersion: version = 'v1' } = negotiateFor(context, definition);
  const objects = () => decoded(definition, entries);
  switch (as) {
    case 'Table': {
      const include = includeObjectOf(context.request.query);
      return answerWith(format, 200, newTable({ registry, definition, objects: objects(), meta, include, version }));
    }
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList': {
      const head = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata: meta };
      if (as === 'PartialObjectMetadata') throw newListNotAcceptable(definition);
      const items = objects().map((object) => partialMetadata(object, version));
      return answerWith(format, 200, { ...head, items: entries.length > 0 ? items : null });
    }
    default:
      return format === 'json' ? answerItems(definition, entries, meta) : answerWith(format, 200, listOf());
  }

  function listOf() {
    return { ...listHead(definition, meta), items: objects().map((object) => asItem(definition, object)) };
  }
}

/** In Go's words, its type included. */
function newListNotAcceptable({ group, listKind, source }: ResourceDefinition) {
  const type = source === 'crd' ? 'unstructured.UnstructuredList' : `${group.split('.')[0] || 'core'}.${listKind}`;
  return newNotAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (*${type})`);
}

/** The stored bytes of the items, joined: nothing is parsed. */
function answerItems(definition: ResourceDefinition, entries: Entry[], meta: ListMeta): ServerResponse {
  const head = JSON.stringify(listHead(definition, meta));
  const items = entries.flatMap((entry, index) => [index === 0 ? '' : ',', itemBytes(definition, entry)]);
  return answerBytes(200, [`${head.slice(0, -1)},"items":[`, ...items, ']}']);
}

/** Of built-in kinds without kind and apiVersion, as upstream. */
function asItem({ source }: ResourceDefinition, object: Unstructured): object {
  const { kind: _, apiVersion: __, ...item } = object;
  return source === 'crd' ? object : item;
}

function listHead(definition: ResourceDefinition, metadata: ListMeta) {
  // Lists of custom resources always have `continue`, as upstream's untyped lists do.
  const empty = definition.source === 'crd' ? { continue: '' } : {};
  return { kind: definition.listKind, apiVersion: apiVersionOf(definition), metadata: { ...empty, ...metadata } };
}
