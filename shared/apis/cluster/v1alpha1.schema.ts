import { Type } from '@sinclair/typebox';

/**
 * cluster.karmada.io/v1alpha1 Cluster as one schema value: the TypeScript type, the CRD and its validation follow from it.
 * Fields and rules: Karmada's API types and validation (the wire contract, section 5.2).
 */

const labelValue = { maxLength: 63, pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$' };

const LocalSecretReference = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
});

const Taint = Type.Object({
  key: Type.String(),
  value: Type.Optional(Type.String()),
  effect: Type.Unsafe<'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'>({ type: 'string' }),
  timeAdded: Type.Optional(Type.String({ format: 'date-time' })),
});

const IntOrString = Type.Unsafe<number | string>({ 'x-kubernetes-int-or-string': true });
const ResourceList = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: { 'x-kubernetes-int-or-string': true },
});

const ResourceModel = Type.Object({
  grade: Type.Integer({ minimum: 0 }),
  ranges: Type.Array(Type.Object({ name: Type.String(), min: IntOrString, max: IntOrString })),
});

export const Condition = Type.Object({
  type: Type.String({ maxLength: 316 }),
  status: Type.Unsafe<'True' | 'False' | 'Unknown'>({ type: 'string', enum: ['True', 'False', 'Unknown'] }),
  observedGeneration: Type.Optional(Type.Integer({ format: 'int64', minimum: 0 })),
  lastTransitionTime: Type.String({ format: 'date-time' }),
  reason: Type.String({ minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
  message: Type.String({ maxLength: 32768 }),
});

export const ClusterSpecSchema = Type.Object({
  id: Type.Optional(Type.String({ maxLength: 128000 })),
  syncMode: Type.Unsafe<'Push' | 'Pull'>({ type: 'string', enum: ['Push', 'Pull'] }),
  apiEndpoint: Type.Optional(Type.String()),
  secretRef: Type.Optional(LocalSecretReference),
  impersonatorSecretRef: Type.Optional(LocalSecretReference),
  insecureSkipTLSVerification: Type.Optional(Type.Boolean()),
  proxyURL: Type.Optional(Type.String()),
  proxyHeader: Type.Optional(Type.Record(Type.String(), Type.String())),
  provider: Type.Optional(Type.String(labelValue)),
  region: Type.Optional(Type.String(labelValue)),
  zone: Type.Optional(Type.String(labelValue)),
  zones: Type.Optional(Type.Array(Type.String(labelValue))),
  taints: Type.Optional(Type.Array(Taint)),
  resourceModels: Type.Optional(Type.Array(ResourceModel)),
});

export const ClusterStatusSchema = Type.Object({
  kubernetesVersion: Type.Optional(Type.String()),
  apiEnablements: Type.Optional(
    Type.Array(
      Type.Object({
        groupVersion: Type.String(),
        resources: Type.Optional(Type.Array(Type.Object({ name: Type.String(), kind: Type.String() }))),
      }),
    ),
  ),
  conditions: Type.Optional(Type.Array(Condition)),
  nodeSummary: Type.Optional(
    Type.Object({
      totalNum: Type.Optional(Type.Integer({ format: 'int32' })),
      readyNum: Type.Optional(Type.Integer({ format: 'int32' })),
    }),
  ),
  resourceSummary: Type.Optional(
    Type.Object({
      allocatable: Type.Optional(ResourceList),
      allocating: Type.Optional(ResourceList),
      allocated: Type.Optional(ResourceList),
      allocatableModelings: Type.Optional(
        Type.Array(Type.Object({ grade: Type.Integer({ minimum: 0 }), count: Type.Integer() })),
      ),
    }),
  ),
  remedyActions: Type.Optional(Type.Array(Type.String())),
});
