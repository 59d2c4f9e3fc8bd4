import {
  type Cluster,
  CONDITION_ORPHANED_OBJECTS,
  clusters,
  ORPHAN_REASONS,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { isAlreadyExists, isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion } from '../../shared/apis/resource-type.ts';
import {
  CONDITION_PROGRESSING,
  CONDITION_STATUS_SHORTENED,
  type ManifestStatus,
  ORPHANS_LABEL,
  ORPHANS_WORK,
  STATUS_SHORTENED,
  WORK_REASONS,
  type Work,
  type WorkStatus,
  works,
} from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { findCondition, type NewCondition, removeCondition, setCondition } from '../../shared/controller/conditions.ts';
import { jsonEqual } from '../../shared/controller/json-equal.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { joinKey } from '../../shared/controller/store.ts';
import { describe } from './manifest.ts';
import type { OrphanWaits } from './orphan-waits.ts';
import type { Orphan } from './orphans.ts';

/**
 * Tells the hub of orphaned objects: their number in a condition of the Cluster, and each of them in the status of a Work of our own, which delivers nothing and is there
 * as long as there are any. Writes only what differs.
 */
export interface OrphanReportDeps {
  hub: KubeClient;
  clock: Clock;
  log: Logger;
  cluster: string;
  /** The execution space. */
  namespace: string;
  getWork(key: string): Work | undefined;
}

/** In one Work's status; the others are told when these are decided. */
const MAX_TOLD = 1000;
const NAMED_IN_CONDITION = 5;

export async function reportOrphans(
  deps: OrphanReportDeps,
  orphans: Orphan[],
  waits: OrphanWaits,
  signal: AbortSignal,
): Promise<void> {
  const cluster = await getIfPresent(deps.hub, clusters, { name: deps.cluster }, signal);
  if (!cluster || cluster.metadata.deletionTimestamp) return;
  await tellCluster(deps, cluster, orphans, signal);
  const work = deps.getWork(joinKey(deps.namespace, ORPHANS_WORK));
  if (orphans.length > 0) await tellWork(deps, work, { orphans, waits }, signal);
  else if (work) await deleteWork(deps, work, signal);
}

async function tellCluster(
  { hub, clock }: OrphanReportDeps,
  cluster: Cluster,
  orphans: Orphan[],
  signal: AbortSignal,
): Promise<void> {
  const before = (cluster.status?.conditions ?? []) as Condition[];
  if (orphans.length === 0 && !findCondition(before, CONDITION_ORPHANED_OBJECTS)) return;
  const conditions = setCondition(before, conditionOf(orphans), clock);
  if (conditions === before) return;
  await hub.update(
    clusters,
    { ...cluster, status: { ...cluster.status, conditions } },
    { subresource: 'status', signal },
  );
}

export function conditionOf(orphans: Orphan[]): NewCondition {
  const type = CONDITION_ORPHANED_OBJECTS;
  if (orphans.length === 0) return { type, status: 'False', ...ORPHAN_REASONS.none };
  const named = orphans.slice(0, NAMED_IN_CONDITION).map(({ object }) => describe(object));
  const more = orphans.length - named.length;
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const message =
    `${orphans.length} ${orphans.length === 1 ? 'object' : 'objects'} in the cluster may not be deleted without a person's word: ${list}; ` +
    'see "pullet get works --orphans", decide with "pullet prune" or "pullet adopt"';
  return { type, status: 'True', reason: ORPHAN_REASONS.some, message };
}

async function tellWork(
  deps: OrphanReportDeps,
  known: Work | undefined,
  { orphans, waits }: { orphans: Orphan[]; waits: OrphanWaits },
  signal: AbortSignal,
): Promise<void> {
  const work = known ?? (await createWork(deps, signal));
  if (!work) return;
  const manifestStatuses = orphans.slice(0, MAX_TOLD).map((orphan, ordinal) => statusOf(orphan, ordinal, waits));
  const conditions = withLeftOut(deps, conditionsOf(deps, work, orphans, waits), orphans.length);
  const status: WorkStatus = { ...(conditions.length > 0 ? { conditions } : {}), manifestStatuses };
  if (jsonEqual(status, work.status ?? {})) return;
  await deps.hub.update(works, { ...work, status }, { subresource: 'status', signal });
}

/** Undefined where the hub gives agents no right to make Works: then the condition has to do. */
async function createWork({ hub, namespace, log }: OrphanReportDeps, signal: AbortSignal): Promise<Work | undefined> {
  const metadata = { name: ORPHANS_WORK, namespace, labels: { [ORPHANS_LABEL]: 'true' } };
  const work: Work = {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata,
    spec: { suspendDispatching: true },
  };
  try {
    return await hub.create(works, work, { signal });
  } catch (error) {
    if (isAlreadyExists(error)) return hub.get(works, { name: ORPHANS_WORK, namespace }, { signal });
    if (!isForbidden(error)) throw error;
    log.warn({ err: error }, 'no right on the hub to list the orphaned objects in a Work');
    return undefined;
  }
}

function statusOf(
  { work, object: { apiVersion, kind, namespace, name, uid, orphaned } }: Orphan,
  ordinal: number,
  waits: OrphanWaits,
): ManifestStatus {
  const { group, version } = parseApiVersion(apiVersion);
  const identifier = { ordinal, group, version, kind, resource: '', ...(namespace ? { namespace } : {}), name };
  const wait = waits.of(uid);
  const decided = wait ? { decision: wait.word, waitsFor: wait.why } : {};
  return { identifier, status: { uid, work, ...orphaned, ...decided }, health: 'Unknown' };
}

function withLeftOut({ clock }: OrphanReportDeps, conditions: Condition[], count: number): Condition[] {
  const type = CONDITION_STATUS_SHORTENED;
  if (count <= MAX_TOLD) return removeCondition(conditions, type);
  const message = `${count} objects are orphaned, and ${MAX_TOLD} of them are listed; the others will be when these are decided`;
  return setCondition(conditions, { type, status: 'True', reason: STATUS_SHORTENED.orphans, message }, clock);
}

/** Only as long as a decision waits. */
function conditionsOf(
  { clock }: OrphanReportDeps,
  { status }: Work,
  orphans: Orphan[],
  waits: OrphanWaits,
): Condition[] {
  const texts = orphans.flatMap(({ object }) => {
    const wait = waits.of(object.uid);
    return wait ? [`${wait.word} ${describe(object)}: ${wait.why}`] : [];
  });
  const type = CONDITION_PROGRESSING;
  const others = (status?.conditions ?? []) as Condition[];
  if (texts.length === 0) return removeCondition(others, type);
  const { reason, message } = WORK_REASONS.deciding;
  const more = texts.length - NAMED_IN_CONDITION;
  const list = `${texts.slice(0, NAMED_IN_CONDITION).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return setCondition(others, { type, status: 'True', reason, message: `${message}: ${list}` }, clock);
}

async function deleteWork({ hub }: OrphanReportDeps, { metadata }: Work, signal: AbortSignal): Promise<void> {
  const { name = '', namespace = '', uid } = metadata;
  await deleteIfPresent(hub, works, { name, namespace, uid }, signal);
}
