import type { Static } from '@sinclair/typebox';
import type { KubeObject } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';
import type { ManifestStatusSchema, WorkSpecSchema, WorkStatusSchema } from './v1alpha1.schema.ts';

/**
 * work.karmada.io/v1alpha1: manifests addressed to one member, and what became of them; with every name on the wire that
 * belongs to delivery. Source: the wire contract, section 6.
 */

export type WorkSpec = Static<typeof WorkSpecSchema>;
export type WorkStatus = Static<typeof WorkStatusSchema>;
export type ManifestStatus = Static<typeof ManifestStatusSchema>;
export type Health = NonNullable<ManifestStatus['health']>;

export interface Work extends KubeObject {
  spec: WorkSpec;
  status?: WorkStatus;
}

export const WORK_GROUP = 'work.karmada.io';

export const works: ResourceType<Work> = {
  group: WORK_GROUP,
  version: 'v1alpha1',
  resource: 'works',
  kind: 'Work',
  namespaced: true,
};

export const EXECUTION_FINALIZER = 'karmada.io/execution-controller';

export const CONDITION_APPLIED = 'Applied';
export const CONDITION_DISPATCHING = 'Dispatching';
/** Whether everything that the Work names is applied and healthy in the member. */
export const CONDITION_AVAILABLE = 'Available';
/** Whether somebody in the member keeps taking fields back that the Work names. */
export const CONDITION_DEGRADED = 'Degraded';
/** Only as long as something that the Work delivered has to go and is not gone. */
export const CONDITION_PROGRESSING = 'Progressing';

/** Only where the hub has no room for the whole status: what was left out. */
export const CONDITION_STATUS_SHORTENED = 'StatusShortened';
/** The reasons of that condition. */
export const STATUS_SHORTENED = {
  /** The status of every manifest; its health is told. */
  statuses: 'StatusesLeftOut',
  /** Moreover all manifests that are healthy. */
  healthy: 'HealthyLeftOut',
  /** All manifests, and the ends of long messages. */
  manifests: 'ManifestsLeftOut',
  /** On the Work that tells of orphaned objects: those that it has no room for. */
  orphans: 'OrphansLeftOut',
} as const;

export const WORK_REASONS = {
  dispatching: { reason: 'Dispatching', message: 'Work is being dispatched to member clusters.' },
  suspended: { reason: 'SuspendDispatching', message: 'Work dispatching is in a suspended state.' },
  applied: { reason: 'AppliedSuccessful', message: 'Manifest has been successfully applied' },
  /** Message: `Failed to apply all manifests (ok/total): …`. */
  appliedFailed: { reason: 'AppliedFailed', message: 'Failed to apply all manifests' },
  available: { reason: 'ManifestsHealthy', message: 'All manifests are applied and healthy' },
  /** Message: `These are not healthy: …`. */
  unhealthy: { reason: 'ManifestsNotHealthy', message: 'These are not healthy' },
  /** Message: `These are not applied: …`, as `failed-manifests.ts` has it. */
  notApplied: { reason: 'ManifestsNotApplied', message: 'These are not applied' },
  uncontested: { reason: 'FieldsUncontested', message: 'Nobody takes back what the manifests name' },
  /** Message: what, who and which fields, one sentence an object and manager. */
  contested: { reason: 'FieldsContested', message: '' },
  /** On the Work that tells of orphaned objects. Message: `These decisions could not be carried out yet: …`. */
  deciding: { reason: 'WaitingForMember', message: 'These decisions could not be carried out yet' },
  /** Message: `Waiting until these are gone from the cluster: …`. */
  deleting: { reason: 'WaitingForDeletion', message: 'Waiting until these are gone from the cluster' },
  /** Message: `These are deleted only when all manifests are applied: …`. */
  pruningHeldBack: {
    reason: 'WaitingForManifests',
    message: 'These are deleted only when all manifests are applied',
  },
} as const;

/** On everything delivered to a member: what the agent watches, and may delete. */
export const MANAGED_LABEL = 'karmada.io/managed';
export const WORK_PERMANENT_ID_LABEL = 'work.karmada.io/permanent-id';
export const WORK_NAME_ANNOTATION = 'work.karmada.io/name';
export const WORK_NAMESPACE_ANNOTATION = 'work.karmada.io/namespace';
/** `overwrite` or `abort`: what to do with an object that exists and is not ours. */
export const CONFLICT_RESOLUTION_ANNOTATION = 'work.karmada.io/conflict-resolution';
export const TEMPLATE_GENERATION_ANNOTATION = 'resourcetemplate.karmada.io/generation';
export const TEMPLATE_UID_ANNOTATION = 'resourcetemplate.karmada.io/uid';
export const RETAIN_REPLICAS_LABEL = 'resourcetemplate.karmada.io/retain-replicas';
export const MANAGED_ANNOTATIONS_ANNOTATION = 'resourcetemplate.karmada.io/managed-annotations';
export const MANAGED_LABELS_ANNOTATION = 'resourcetemplate.karmada.io/managed-labels';

/** The field manager of everything that Pullet applies in a member. */
export const AGENT_FIELD_MANAGER = 'pullet-agent';
/** Holds fields that a manifest names and that are left to others, at the values that they had: so they stay when `pullet-agent` lets go of them. */
export const LEFT_FIELD_MANAGER = 'pullet-agent-left';
/** What Karmada's agent, which updates and does not apply, is called among an object's managers. */
export const KARMADA_AGENT_FIELD_MANAGER = 'karmada-agent';

/** On a manifest or its Work: JSON pointers (RFC 6901), separated by commas, of fields that are left to others once the object is there. */
export const IGNORE_FIELDS_ANNOTATION = 'pullet.io/ignore-fields';
/** On a manifest or its Work: `on-immutable-change` has an object deleted and made again where the member can't change it in place. */
export const RECREATE_ANNOTATION = 'pullet.io/recreate';
export const RECREATE_ON_IMMUTABLE = 'on-immutable-change';

/** On a Namespace or a CustomResourceDefinition in a member that a Work took over: `true`. It is let go of where it would be deleted. */
export const EXISTED_BEFORE_ANNOTATION = 'pullet.io/existed-before';

/** On Works by which an agent of Karmada tells the hub of EndpointSlices; the wire contract, section 6.8. */
export const UPWARD_LABEL = 'endpointslice.karmada.io/managed-by';

/** On the Secrets in a member in which its agent keeps what it has delivered, and the last known Works; its value is the part that a Secret holds. */
export const STATE_LABEL = 'pullet.io/state';
/** On a suspended Work: its agent answers what it would change in the member, in the status of each manifest, and delivers nothing. A label too, to find them by. */
export const DRY_RUN_ANNOTATION = 'pullet.io/dry-run';
/** On such a Work, a time as in RFC 3339: nobody waits for the answer any longer then, and who comes by takes the Work away. */
export const DRY_RUN_EXPIRES_ANNOTATION = 'pullet.io/dry-run-expires';
export const CONDITION_DRY_RUN = 'DryRun';
/** The status of a manifest of such a Work. */
export interface DryRunAnswer {
  result: 'Created' | 'Changed' | 'Unchanged' | 'Refused';
  message?: string;
  /** `field` as `.spec.replicas`; a side that is absent has no such field. */
  changes?: { field: string; before?: unknown; after?: unknown }[];
}
/** On the Work by which an agent tells of objects in its member that it may not delete by itself. */
export const ORPHANS_LABEL = 'pullet.io/orphans';
export const ORPHANS_WORK = 'pullet-orphans';
/** On that Work, a person's word: uids of the objects, separated by commas, that are to be deleted in the member, or let go of. */
export const PRUNE_ANNOTATION = 'pullet.io/prune';
export const ADOPT_ANNOTATION = 'pullet.io/adopt';
