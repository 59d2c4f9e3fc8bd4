import { builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { defaultObject } from './defaults/default-object.ts';
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
  metrics?: Metric[] | null;
  behavior?: unknown;
  [field: string]: unknown;
}

interface Status {
  currentMetrics?: { resource?: { name?: string; current?: { averageUtilization?: number } } }[] | null;
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

const isCpu = ({ type, resource }: Metric): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target?.type === 'Utilization';

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
  const used = current.find(({ resource }) => resource?.name === 'cpu')?.resource?.current?.averageUtilization;
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
  const all = [...parsed<Metric[]>(metrics, []), ...(averageUtilization === undefined ? [] : [cpu])];
  const { currentCPUUtilizationPercentage: used, currentReplicas, ...status } = statusOf(object);
  const current = {
    type: 'Resource',
    resource: { name: 'cpu', current: { averageUtilization: used, averageValue: '0' } },
  };
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(metadata, annotations),
    spec: { ...spec, ...(all.length > 0 ? { metrics: all } : {}), ...parsedField('behavior', behavior) },
    status: {
      ...status,
      ...parsedField('conditions', conditions),
      ...(currentReplicas ? { currentReplicas } : {}),
      ...(used === undefined ? {} : { currentMetrics: [current] }),
    },
  };
}

function withAnnotations(metadata: Unstructured['metadata'], more: Record<string, string>): Unstructured['metadata'] {
  const annotations = { ...metadata.annotations, ...more };
  return Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata;
}

/** What somebody else has written there is not ours to judge. */
function parsed<T>(text: string | undefined, otherwise: T): T {
  try {
    return text === undefined ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

function parsedField(name: string, text: string | undefined): object {
  const value = parsed<unknown>(text, undefined);
  return value === undefined ? {} : { [name]: value };
}
