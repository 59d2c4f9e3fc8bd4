import { Type } from '@sinclair/typebox';
import { Condition } from '../cluster/v1alpha1.schema.ts';
import type { Unstructured } from '../meta/v1.ts';

/** work.karmada.io/v1alpha1 Work as one schema value; fields: the wire contract, section 6.1. */

const Manifest = Type.Unsafe<Unstructured>({
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
});

export const WorkSpecSchema = Type.Object({
  workload: Type.Optional(Type.Object({ manifests: Type.Optional(Type.Array(Manifest)) })),
  suspendDispatching: Type.Optional(Type.Boolean()),
  preserveResourcesOnDeletion: Type.Optional(Type.Boolean()),
});

export const ManifestStatusSchema = Type.Object({
  identifier: Type.Object({
    ordinal: Type.Integer(),
    group: Type.Optional(Type.String()),
    version: Type.String(),
    kind: Type.String(),
    resource: Type.String(),
    namespace: Type.Optional(Type.String()),
    name: Type.String(),
  }),
  status: Type.Optional(
    Type.Unsafe<Record<string, unknown>>({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
  ),
  health: Type.Optional(
    Type.Unsafe<'Healthy' | 'Unhealthy' | 'Unknown'>({ type: 'string', enum: ['Healthy', 'Unhealthy', 'Unknown'] }),
  ),
});

export const WorkStatusSchema = Type.Object({
  conditions: Type.Optional(Type.Array(Condition)),
  manifestStatuses: Type.Optional(Type.Array(ManifestStatusSchema)),
});
