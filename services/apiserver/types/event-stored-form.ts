import { builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { defaultObject } from './defaults/default-object.ts';
import type { StoredForm } from './resource-definition.ts';

/**
 * Events of `events.k8s.io/v1` are those of `v1` under other names: both groups show the same objects, which are stored as `v1`. Source: Kubernetes' conversion of
 * events.k8s.io/v1 Event.
 */

/** From `v1` to `events.k8s.io/v1`. */
const RENAMED: [string, string][] = [
  ['message', 'note'],
  ['involvedObject', 'regarding'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

const NEW_NAMES = new Map(RENAMED);
const OLD_NAMES = new Map(RENAMED.map(([old, recent]): [string, string] => [recent, old]));

/** By group. */
export const eventStoredForms: Record<string, StoredForm> = {
  '': { group: '', sameAfter: -1, fromStored: (object) => object, toStored: (object) => object },
  'events.k8s.io': {
    group: '',
    sameAfter: Number.POSITIVE_INFINITY,
    fromStored: (object) =>
      converted(object, NEW_NAMES, { apiVersion: 'events.k8s.io/v1', schema: 'io.k8s.api.events.v1.Event' }),
    toStored: (object) => coreEvent(object),
  },
};

/** An event of either group as `v1` has it. */
export function coreEvent(object: Unstructured): Unstructured {
  if (object.apiVersion === 'v1') return object;
  return converted(object, OLD_NAMES, { apiVersion: 'v1', schema: 'io.k8s.api.core.v1.Event' });
}

function converted(
  { kind, apiVersion: _, metadata, ...fields }: Unstructured,
  names: Map<string, string>,
  { apiVersion, schema }: { apiVersion: string; schema: string },
): Unstructured {
  const kept = Object.entries(fields).filter(([, value]) => !isZero(value));
  const renamed = Object.fromEntries(kept.map(([name, value]) => [names.get(name) ?? name, value]));
  const typed = { source: 'builtin', schema: builtinSchema(schema) ?? {}, resolve: resolveBuiltin } as const;
  return defaultObject(typed, { kind, apiVersion, metadata, ...renamed });
}

/** What Go writes of a field that is not set comes back with the other type's own rules. */
function isZero(value: unknown): boolean {
  if (value === null || value === '' || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
