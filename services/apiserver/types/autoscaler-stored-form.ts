import { builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { defaultObject } from './defaults/default-object.ts';
import { firstMistypedField } from './mistyped-fields.ts';
import type { StoredForm } from './resource-definition.ts';

/**
 * `autoscaling/v1` HorizontalPodAutoscalers are those of `v2`, which are stored, with one metric of their own: the use of cpu. What else a `v2` one has, `v1` keeps in
 * annotations. Source: Kubernetes' conversion of autoscaling/v1.
 */

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';

interface Metric {
  type: string;
  resource?: { name?: string; target?: { type?: string; averageUtilization?: number } };
}

interface Spec {
  targetCPUUtilizationPercentage?: number;
  metrics?: (Metric | null)[] | null;
  behavior?: unknown;
  [field: string]: unknown;
}

interface Status {
  currentMetrics?: ({ resource?: { name?: string; current?: { averageUtilization?: number } } } | null)[] | null;
  conditions?: unknown;
  currentCPUUtilizationPercentage?: number;
  currentReplicas?: number;
}

const statusOf = (object: Unstructured): Status => ({ ...(object['status'] as Status | undefined) });
const specOf = (object: Unstructured): Spec => ({ ...(object['spec'] as Spec | undefined) });

export const autoscalerStoredForm: StoredForm = {
  sameAfter: Number.POSITIVE_INFINITY,
  fromStored: (object) => defaultObject(typed('v1'), asV1(object)),
  toStored: (object) => defaultObject(typed('v2'), asV2(object)),
};

function typed(version: string) {
  const schema = builtinSchema(`io.k8s.api.autoscaling.${version}.HorizontalPodAutoscaler`) ?? {};
  return { source: 'builtin', schema, resolve: resolveBuiltin } as const;
}

const isCpu = (metric: Metric | null): boolean =>
  metric?.type === 'Resource' && metric.resource?.name === 'cpu' && metric.resource.target?.type === 'Utilization';

function asV1(object: Unstructured): Unstructured {
  const { metrics, behavior, ...spec } = specOf(object);
  const cpu = (metrics ?? []).find(isCpu)?.resource?.target?.averageUtilization;
  const others = (metrics ?? []).filter((metric) => !isCpu(metric));
  const { currentMetrics, conditions, ...status } = statusOf(object);
  const kept = {
    ...(conditions ? { [CONDITIONS]: JSON.stringify(conditions) } : {}),
    ...(others.length > 0 ? { [METRICS]: JSON.stringify(others) } : {}),
    ...(behavior ? { [BEHAVIOR]: JSON.stringify(behavior) } : {}),
  };
  const current = currentMetrics ?? [];
  const used = current.find((metric) => metric?.resource?.name === 'cpu')?.resource?.current?.averageUtilization;
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(object.metadata, kept),
    spec: { ...spec, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    status: { ...status, ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }) },
  };
}

function asV2(object: Unstructured): Unstructured {
  const { targetCPUUtilizationPercentage: averageUtilization, ...spec } = specOf(object);
  const { annotations: given = {}, ...metadata } = object.metadata;
  const { [METRICS]: metrics, [BEHAVIOR]: behavior, [CONDITIONS]: conditions, ...annotations } = given;
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
  const all = [...metricsIn(metrics), ...(averageUtilization === undefined ? [] : [cpu])];
  const { currentCPUUtilizationPercentage: used, currentReplicas, ...status } = statusOf(object);
  const current = {
    type: 'Resource',
    resource: { name: 'cpu', current: { averageUtilization: used, averageValue: '0' } },
  };
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(metadata, annotations),
    spec: { ...spec, ...(all.length > 0 ? { metrics: all } : {}), ...parsedField('spec', 'behavior', behavior) },
    status: {
      ...status,
      ...parsedField('status', 'conditions', conditions),
      ...(currentReplicas ? { currentReplicas } : {}),
      ...(used === undefined ? {} : { currentMetrics: [current] }),
    },
  };
}

function withAnnotations(metadata: Unstructured['metadata'], more: Record<string, string>): Unstructured['metadata'] {
  const annotations = { ...metadata.annotations, ...more };
  return Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata;
}

/** As Go reads them: what is null is one of which nothing is said. */
function metricsIn(text: string | undefined): Metric[] {
  const metrics = annotated('spec', 'metrics', text);
  return Array.isArray(metrics) ? metrics.map((metric) => (metric ?? {}) as Metric) : [];
}

function parsedField(part: 'spec' | 'status', name: string, text: string | undefined): object {
  const value = annotated(part, name, text);
  return value === undefined || value === null ? {} : { [name]: value };
}

/** Anybody may have written what stands there: what is no value of the field is left out, as upstream does. */
function annotated(part: 'spec' | 'status', name: string, text: string | undefined): unknown {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    const { schema, resolve } = typed('v2');
    return firstMistypedField({ [part]: { [name]: value } }, schema, resolve) === undefined ? value : undefined;
  } catch {
    return undefined;
  }
}
