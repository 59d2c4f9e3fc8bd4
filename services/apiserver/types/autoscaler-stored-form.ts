import { builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import {
  BEHAVIOR,
  CONDITIONS,
  CURRENT_METRICS,
  METRICS,
  readBehavior,
  readConditions,
  readCurrentMetrics,
  readMetrics,
  withoutOwn,
  writeBehavior,
  writeConditions,
  writeCurrentMetrics,
  writeMetrics,
} from './autoscaler-annotations.ts';
import type { Metric } from './autoscaler-metrics.ts';
import { defaultObject } from './defaults/default-object.ts';
import type { StoredForm } from './resource-definition.ts';

/**
 * `autoscaling/v1` HorizontalPodAutoscalers are those of `v2`, which are stored, with one metric of their own: the use of cpu. What else a `v2` one has, `v1` keeps in
 * annotations. Source: Kubernetes' conversion of autoscaling/v1.
 */

interface Spec {
  targetCPUUtilizationPercentage?: number;
  metrics?: Metric[] | null;
  behavior?: unknown;
  [field: string]: unknown;
}

interface Status {
  currentMetrics?: Metric[] | null;
  conditions?: unknown[] | null;
  currentCPUUtilizationPercentage?: number;
  currentReplicas?: number;
}

const statusOf = (object: Unstructured): Status => ({ ...(object['status'] as Status | undefined) });
const specOf = (object: Unstructured): Spec => ({ ...(object['spec'] as Spec | undefined) });

const typed = (version: string) =>
  ({
    source: 'builtin',
    schema: builtinSchema(`io.k8s.api.autoscaling.${version}.HorizontalPodAutoscaler`) ?? {},
    resolve: resolveBuiltin,
  }) as const;

/** Complete, as its version writes it. */
const newer = (object: Unstructured): Unstructured => defaultObject(typed('v2'), autoscalerAsV2(object));
const older = (object: Unstructured): Unstructured => defaultObject(typed('v1'), asV1(object));

/** By version. */
export const autoscalerStoredForms: Readonly<Record<string, StoredForm>> = {
  v1: {
    sameAfter: Number.POSITIVE_INFINITY,
    fromStored: older,
    toStored: newer,
    normalizeSent: (object) => older(autoscalerAsV2(object)),
    keep(stored, before, changed) {
      for (const part of ['spec', 'status']) if (part !== changed) stored[part] = before[part];
    },
    otherForms: () => new Map([['autoscaling/v2', { ...typed('v2'), convert: newer }]]),
  },
  v2: {
    sameAfter: -1,
    fromStored: (object) => object,
    toStored: (object) => object,
    normalizeSent: (object) => ({ ...object, metadata: withAnnotations(object.metadata, {}) }),
    otherForms: () => new Map([['autoscaling/v1', { ...typed('v1'), convert: older }]]),
  },
};

interface CpuPart {
  name?: string;
  target?: { averageUtilization?: number };
  current?: { averageUtilization?: number };
}

function cpuPart({ type, resource }: Metric): CpuPart {
  return type === 'Resource' && resource?.['name'] === 'cpu' ? resource : {};
}

const cpuTarget = (metric: Metric): number | undefined => cpuPart(metric).target?.averageUtilization;
const cpuUse = (metric: Metric): number | undefined => cpuPart(metric).current?.averageUtilization;
const isSet = (value: number | undefined): value is number => value !== undefined;

function asV1(object: Unstructured): Unstructured {
  const { metrics, behavior, ...spec } = specOf(object);
  const { currentMetrics, conditions, ...status } = statusOf(object);
  const [target] = (metrics ?? []).map(cpuTarget).filter(isSet);
  const used = (currentMetrics ?? []).map(cpuUse).filter(isSet).at(-1);
  const others = (metrics ?? []).filter((metric) => !isSet(cpuTarget(metric)));
  const kept = {
    ...(others.length > 0 ? { [METRICS]: writeMetrics(others) } : {}),
    ...(currentMetrics?.length ? { [CURRENT_METRICS]: writeCurrentMetrics(currentMetrics) } : {}),
    ...(behavior ? { [BEHAVIOR]: writeBehavior(behavior) } : {}),
    ...(conditions?.length ? { [CONDITIONS]: writeConditions(conditions) } : {}),
  };
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(object.metadata, kept),
    spec: { ...spec, ...(isSet(target) ? { targetCPUUtilizationPercentage: target } : {}) },
    status: { ...status, ...(isSet(used) ? { currentCPUUtilizationPercentage: used } : {}) },
  };
}

const DEFAULT_TARGET = 80;
const cpuMetric = (values: 'target' | 'current', value: object): Metric => ({
  type: 'Resource',
  resource: { name: 'cpu', [values]: value },
});
const byCpu = (averageUtilization: number): Metric => cpuMetric('target', { type: 'Utilization', averageUtilization });

/** One of `v1` in the fields of `v2`, nothing filled in but a target where there is none. */
export function autoscalerAsV2(object: Unstructured): Unstructured {
  const { targetCPUUtilizationPercentage: target, ...spec } = specOf(object);
  const { currentCPUUtilizationPercentage: used, currentReplicas, ...status } = statusOf(object);
  const { annotations = {} } = object.metadata;
  const metrics = [...(readMetrics(annotations[METRICS]) ?? []), ...(isSet(target) ? [byCpu(target)] : [])];
  const behavior = readBehavior(annotations[BEHAVIOR]);
  const use = isSet(used) ? [cpuMetric('current', { averageUtilization: used })] : undefined;
  const currentMetrics = readCurrentMetrics(annotations[CURRENT_METRICS]) ?? use;
  const conditions = readConditions(annotations[CONDITIONS]);
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(object.metadata, {}),
    spec: {
      ...spec,
      metrics: metrics.length > 0 ? metrics : [byCpu(DEFAULT_TARGET)],
      ...(behavior ? { behavior } : {}),
    },
    status: {
      ...status,
      ...(conditions?.length ? { conditions } : {}),
      ...(currentReplicas ? { currentReplicas } : {}),
      ...(currentMetrics?.length ? { currentMetrics } : {}),
    },
  };
}

/** `more` in place of what stood in those of the conversion. */
function withAnnotations(
  { annotations: given, ...metadata }: Unstructured['metadata'],
  more: Record<string, string>,
): Unstructured['metadata'] {
  const annotations = { ...withoutOwn(given), ...more };
  return Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata;
}
