import { newInternalError } from '../../../shared/apis/meta/status-error.ts';
import type { LabelSelector, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { ownValue, setKey } from '../merge/json-value.ts';
import { customScaleColumns } from '../types/printers/scales.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';

/** The `scale` subresource: an object seen as autoscaling/v1 Scale. Built-in kinds use the paths that CRDs have to name. */
const BUILTIN_PATHS = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.spec.selector',
};

/** As who reads it has it. Throws 500 for a custom resource without replicas, as upstream. */
export function readScale(definition: ResourceDefinition, object: Unstructured): Unstructured {
  if (definition.source === 'crd' && !hasReplicas(definition, object))
    throw newInternalError(`the spec replicas field "${pathsOf(definition).specReplicasPath}" does not exist`);
  return scaleOf(definition, object);
}

export function scaleOf(definition: ResourceDefinition, object: Unstructured): Unstructured {
  const paths = pathsOf(definition);
  const { name = '', namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = valueAt(object, paths.specReplicasPath) ?? 0;
  const selector = paths.labelSelectorPath ? selectorText(valueAt(object, paths.labelSelectorPath)) : '';
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(creationTimestamp ? { creationTimestamp } : {}),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: valueAt(object, paths.statusReplicasPath) ?? 0, ...(selector ? { selector } : {}) },
  };
}

/** The scales of a kind as a kind of their own, for who shows them. */
export function scalesOf({ source, ...definition }: ResourceDefinition): ResourceDefinition {
  const scale = { ...definition, source, group: 'autoscaling', version: 'v1', kind: 'Scale', plural: 'scales' };
  return source === 'crd' ? { ...scale, columns: customScaleColumns } : scale;
}

export const replicasPathOf = (definition: ResourceDefinition): string[] =>
  partsOf(pathsOf(definition).specReplicasPath);

export const hasReplicas = (definition: ResourceDefinition, object: Unstructured): boolean =>
  valueAt(object, pathsOf(definition).specReplicasPath) !== undefined;

export function withReplicas(definition: ResourceDefinition, object: Unstructured, replicas: number): Unstructured {
  const next = structuredClone(object);
  setAt(next, replicasPathOf(definition), replicas);
  return next;
}

function pathsOf({ subresources }: ResourceDefinition) {
  return subresources.find(({ name }) => name === 'scale')?.scalePaths ?? BUILTIN_PATHS;
}

const partsOf = (path: string): string[] => path.replace(/^\./, '').split('.');

function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const part of partsOf(path)) value = isRecord(value) ? ownValue(value, part) : undefined;
  return value;
}

function setAt(object: Record<string, unknown>, [first = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    setKey(object, first, value);
    return;
  }
  const inner = ownValue(object, first);
  const next = isRecord(inner) ? inner : {};
  setKey(object, first, next);
  setAt(next, rest, value);
}

/** A selector as text: that of a custom resource is text already, a ReplicationController's is a map. */
function selectorText(selector: unknown): string {
  if (typeof selector === 'string') return selector;
  if (!isRecord(selector)) return '';
  const { matchLabels, matchExpressions = [] }: LabelSelector = selector;
  const isPlainMap = !('matchLabels' in selector) && !('matchExpressions' in selector);
  const labels = Object.entries(isPlainMap ? selector : (matchLabels ?? {})).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
