import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { KubeObject, ListMeta, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { cellsOf, columnsOf } from '../types/printer-columns.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import type { MetaVersion } from './negotiation.ts';
import { partialMetadata } from './partial-metadata.ts';
import type { Registry } from './registry.ts';

/** meta.k8s.io Table: the rows that `kubectl get` prints. */
export interface Table {
  kind: 'Table';
  apiVersion: `meta.k8s.io/${MetaVersion}`;
  metadata: ListMeta;
  /** Absent in all events of a watch but the first. */
  columnDefinitions: object[] | null;
  /** null, as Go writes none, of kinds without columns of their own. */
  rows: { cells: unknown[]; object: KubeObject | null }[] | null;
}

export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The query's `includeObject`. Throws 400. */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  if (value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw newBadRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export interface TableRequest {
  registry: Registry;
  definition: ResourceDefinition;
  objects: Unstructured[];
  meta: ListMeta;
  include: IncludeObject;
  version: MetaVersion | undefined;
  withoutColumns?: boolean;
}

export function newTable(request: TableRequest): Table {
  const { registry, definition, objects, meta, include, version = 'v1', withoutColumns } = request;
  const nowMs = registry.clock.now();
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: meta,
    columnDefinitions: withoutColumns ? null : columnDefinitions(definition),
    rows:
      objects.length === 0 && isPlain(definition)
        ? null
        : objects.map((object) => ({
            cells: cellsOf(definition, object, nowMs),
            ...rowConditions(definition, object),
            object: include === 'None' ? null : include === 'Object' ? object : partialMetadata(object, version),
          })),
  };
}

const ENDS: Record<string, string> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
};

/** Of a pod that has ended. */
function rowConditions({ kind, group }: ResourceDefinition, { status }: Unstructured): object {
  if (group !== '' || kind !== 'Pod') return {};
  const { phase = '' }: { phase?: string } = { ...(status as object | undefined) };
  const message = Object.hasOwn(ENDS, phase) ? ENDS[phase] : undefined;
  return message ? { conditions: [{ type: 'Completed', status: 'True', reason: phase, message }] } : {};
}

/** Kinds without columns of their own are printed by another part of upstream. */
const isPlain = (definition: ResourceDefinition): boolean => columnsOf(definition)[1]?.name === 'Created At';

function columnDefinitions(definition: ResourceDefinition): object[] {
  return columnsOf(definition).map(({ name, type, format = '', description = '', priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
}
