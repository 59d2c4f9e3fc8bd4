import { Type } from '@sinclair/typebox';
import { Condition } from '../cluster/v1alpha1.schema.ts';
import type { Unstructured } from '../meta/v1.ts';

/** work.karmada.io/v1alpha1 Work as one schema value; fields: the wire contract, section 6.1. */

const described = (description: string) => ({ description });

const Manifest = Type.Unsafe<Unstructured>({
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
});

export const WorkSpecSchema = Type.Object(
  {
    workload: Type.Optional(
      Type.Object({
        manifests: Type.Optional(Type.Array(Manifest, described('Whole objects, of any kind that the member serves.'))),
      }),
    ),
    suspendDispatching: Type.Optional(
      Type.Boolean(described('The agent applies nothing of this Work until it is false again; what is there stays.')),
    ),
    preserveResourcesOnDeletion: Type.Optional(
      Type.Boolean(described('What was applied stays in the member when the Work is deleted.')),
    ),
  },
  described('What is to be in the member whose execution space this Work is in.'),
);

export const ManifestStatusSchema = Type.Object({
  identifier: Type.Object(
    {
      ordinal: Type.Integer(described('The place of the manifest in the list, from 0.')),
      group: Type.Optional(Type.String()),
      version: Type.String(),
      kind: Type.String(),
      resource: Type.String(),
      namespace: Type.Optional(Type.String()),
      name: Type.String(),
    },
    described('Which manifest this is about.'),
  ),
  status: Type.Optional(
    Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      description: "The object's status in the member.",
    }),
  ),
  health: Type.Optional(
    Type.Unsafe<'Healthy' | 'Unhealthy' | 'Unknown'>({
      type: 'string',
      enum: ['Healthy', 'Unhealthy', 'Unknown'],
      description: 'Whether the object does what it is for, as far as its kind tells.',
    }),
  ),
});

export const WorkStatusSchema = Type.Object(
  {
    conditions: Type.Optional(
      Type.Array(Condition, described('Applied: every manifest is in the member as it is written here, or why not.')),
    ),
    manifestStatuses: Type.Optional(Type.Array(ManifestStatusSchema, described('What became of each manifest.'))),
  },
  described('What the agent reports.'),
);
