import { type Static, Type } from '@sinclair/typebox';
import { MAX_CLUSTER_NAME_LENGTH } from '../../../shared/apis/cluster/v1alpha1.ts';
import { WORDS } from '../request-check.ts';
import { PAGE_ANSWER, PAGE_QUERY } from './page.ts';

/** Clusters, with what portals show of them. */

export const ClusterName = Type.String({
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  maxLength: MAX_CLUSTER_NAME_LENGTH,
  description: 'name of a cluster',
  [WORDS]: `must be 1 to ${MAX_CLUSTER_NAME_LENGTH} lower-case letters, digits and '-', beginning and ending with a letter or digit`,
});

export const ClusterParams = Type.Object({ name: ClusterName }, { additionalProperties: false });

export const ClusterQuery = Type.Partial(
  Type.Object(
    { ...PAGE_QUERY, labelSelector: Type.String({ maxLength: 1024, description: "as kubectl's -l, e.g. `env=prod`" }) },
    { additionalProperties: false },
  ),
);

export const RemovalQuery = Type.Partial(
  Type.Object(
    { force: Type.Boolean({ description: "don't wait for a member that is gone; what was delivered stays in it" }) },
    { additionalProperties: false },
  ),
);

const Texts = Type.Record(Type.String(), Type.String());

const Taint = Type.Object(
  { key: Type.String(), value: Type.Optional(Type.String()), effect: Type.String() },
  { title: 'Taint' },
);

const Condition = Type.Object(
  {
    type: Type.String(),
    status: Type.String({ description: 'True, False or Unknown' }),
    reason: Type.String(),
    message: Type.String(),
    lastTransitionTime: Type.String({ format: 'date-time' }),
  },
  { title: 'Condition' },
);

export const ClusterSchema = Type.Object(
  {
    name: ClusterName,
    uid: Type.String(),
    createdAt: Type.String({ format: 'date-time' }),
    removing: Type.Boolean({ description: 'it is being removed' }),
    displayName: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    labels: Texts,
    syncMode: Type.String({ description: 'Pull or Push' }),
    cordoned: Type.Boolean({ description: 'no new workloads are scheduled to it' }),
    taints: Type.Array(Taint),
    provider: Type.Optional(Type.String()),
    region: Type.Optional(Type.String()),
    zones: Type.Optional(Type.Array(Type.String())),
    memberUid: Type.Optional(Type.String({ description: "uid of the member's namespace kube-system" })),
    apiEndpoint: Type.Optional(Type.String()),
    kubernetesVersion: Type.Optional(Type.String()),
    ready: Type.String({ description: 'True, False or Unknown' }),
    conditions: Type.Array(Condition),
    nodes: Type.Optional(Type.Object({ total: Type.Integer(), ready: Type.Integer() })),
    resources: Type.Optional(
      Type.Object({
        allocatable: Type.Optional(Texts),
        allocated: Type.Optional(Texts),
        allocating: Type.Optional(Texts),
      }),
    ),
  },
  { title: 'Cluster' },
);

export const ClusterPage = Type.Object({ items: Type.Array(ClusterSchema), ...PAGE_ANSWER }, { title: 'ClusterPage' });

const textOrNull = (maxLength: number, description: string) =>
  Type.Union([Type.String({ minLength: 1, maxLength }), Type.Null()], {
    description,
    [WORDS]: `must be a text of 1 to ${maxLength} characters, or null to take it away`,
  });

export const ClusterChange = Type.Partial(
  Type.Object({
    cordoned: Type.Boolean({ description: 'whether new workloads are kept away' }),
    labels: Type.Record(
      Type.String({
        pattern: '^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$',
      }),
      Type.Union(
        [Type.String({ pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$', maxLength: 63 }), Type.Null()],
        {
          [WORDS]: 'must be the value of a label, or null to take it away',
        },
      ),
      {
        additionalProperties: false,
        [WORDS]: 'must be keys of labels with their values',
        description: 'labels to set; null takes one away; the others stay',
      },
    ),
    displayName: textOrNull(253, 'the name that people read'),
    description: textOrNull(4096, 'what people should know of it'),
  }),
  { title: 'ClusterChange', additionalProperties: false, minProperties: 1, [WORDS]: 'must name what is to change' },
);

export const Removal = Type.Object({ name: ClusterName, removing: Type.Literal(true) }, { title: 'Removal' });

export type ClusterView = Static<typeof ClusterSchema>;
export type ClusterChangeRequest = Static<typeof ClusterChange>;
