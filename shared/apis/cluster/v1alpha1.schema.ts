import { Type } from '@sinclair/typebox';

/**
 * cluster.karmada.io/v1alpha1 Cluster as one schema value: the TypeScript type, the CRD and its validation follow from it.
 * Fields and rules: Karmada's API types and validation (the wire contract, section 5.2).
 */

const labelValue = { maxLength: 63, pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$' };
const described = (description: string) => ({ description });

const secretReference = (description: string) =>
  Type.Object({ namespace: Type.String(), name: Type.String() }, { description });

const Taint = Type.Object({
  key: Type.String(),
  value: Type.Optional(Type.String()),
  effect: Type.Unsafe<'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'>({
    type: 'string',
    description: 'NoSchedule, PreferNoSchedule or NoExecute.',
  }),
  timeAdded: Type.Optional(Type.String({ format: 'date-time' })),
});

const IntOrString = Type.Unsafe<number | string>({ 'x-kubernetes-int-or-string': true });
const resourceList = (description: string) =>
  Type.Unsafe<Record<string, string>>({
    type: 'object',
    description,
    additionalProperties: { 'x-kubernetes-int-or-string': true },
  });

const ResourceModel = Type.Object({
  grade: Type.Integer({ minimum: 0 }),
  ranges: Type.Array(Type.Object({ name: Type.String(), min: IntOrString, max: IntOrString })),
});

export const Condition = Type.Object({
  type: Type.String({ maxLength: 316 }),
  status: Type.Unsafe<'True' | 'False' | 'Unknown'>({ type: 'string', enum: ['True', 'False', 'Unknown'] }),
  observedGeneration: Type.Optional(
    Type.Integer({ format: 'int64', minimum: 0, description: 'The metadata.generation that this is about.' }),
  ),
  lastTransitionTime: Type.String({ format: 'date-time', description: 'When the status changed last.' }),
  reason: Type.String({ minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
  message: Type.String({ maxLength: 32768 }),
});

export const ClusterSpecSchema = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        maxLength: 128000,
        description: "The member's own identity: the uid of its Namespace kube-system.",
      }),
    ),
    syncMode: Type.Unsafe<'Push' | 'Pull'>({
      type: 'string',
      enum: ['Push', 'Pull'],
      description: 'Pull: an agent in the member dials the hub. Push: the hub dials the member.',
    }),
    apiEndpoint: Type.Optional(
      Type.String(described("The address of the member's API; the hub dials it in push mode only.")),
    ),
    secretRef: Type.Optional(secretReference('The Secret with which the hub reaches a member of push mode.')),
    impersonatorSecretRef: Type.Optional(
      secretReference("The Secret with a token that may impersonate in the member, for Karmada's cluster proxy."),
    ),
    insecureSkipTLSVerification: Type.Optional(
      Type.Boolean(described('The hub does not verify who answers at apiEndpoint.')),
    ),
    proxyURL: Type.Optional(Type.String(described('The proxy through which the hub reaches a member of push mode.'))),
    proxyHeader: Type.Optional(Type.Record(Type.String(), Type.String(), described('Headers that the proxy is sent.'))),
    provider: Type.Optional(Type.String({ ...labelValue, description: "Who runs the member's machines." })),
    region: Type.Optional(Type.String({ ...labelValue, description: 'Where the member is.' })),
    zone: Type.Optional(Type.String({ ...labelValue, description: 'Deprecated: use zones.' })),
    zones: Type.Optional(Type.Array(Type.String(labelValue), described('The failure zones that the member is in.'))),
    taints: Type.Optional(
      Type.Array(Taint, described('Keep workloads away from the member; the hub adds its own while it is not ready.')),
    ),
    resourceModels: Type.Optional(
      Type.Array(ResourceModel, described('Grades of nodes by size, for schedulers that count them.')),
    ),
  },
  described('What the hub is told of the member.'),
);

export const ClusterStatusSchema = Type.Object(
  {
    kubernetesVersion: Type.Optional(Type.String(described("The version of the member's API."))),
    apiEnablements: Type.Optional(
      Type.Array(
        Type.Object({
          groupVersion: Type.String(),
          resources: Type.Optional(Type.Array(Type.Object({ name: Type.String(), kind: Type.String() }))),
        }),
        described('The kinds that the member serves.'),
      ),
    ),
    conditions: Type.Optional(
      Type.Array(
        Condition,
        described('Ready: the member reports and is healthy; Unknown when it has not been heard of for a while.'),
      ),
    ),
    nodeSummary: Type.Optional(
      Type.Object(
        {
          totalNum: Type.Optional(Type.Integer({ format: 'int32' })),
          readyNum: Type.Optional(Type.Integer({ format: 'int32' })),
        },
        described("The member's nodes, and how many of them are ready."),
      ),
    ),
    resourceSummary: Type.Optional(
      Type.Object(
        {
          allocatable: Type.Optional(resourceList('What the ready nodes have to give.')),
          allocating: Type.Optional(resourceList('What pods ask for that wait for a node.')),
          allocated: Type.Optional(resourceList('What pods ask for that have a node.')),
          allocatableModelings: Type.Optional(
            Type.Array(
              Type.Object({ grade: Type.Integer({ minimum: 0 }), count: Type.Integer() }),
              described('How many nodes there are of each grade.'),
            ),
          ),
        },
        described("The member's resources."),
      ),
    ),
    remedyActions: Type.Optional(Type.Array(Type.String(), described('What Karmada does about a member in trouble.'))),
  },
  described('What the member reports, and what the hub makes of its silence.'),
);
