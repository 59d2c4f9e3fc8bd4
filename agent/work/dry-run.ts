import { isConflict } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { dryRunLeftMs } from '../../shared/apis/work/dry-run.ts';
import {
  AGENT_FIELD_MANAGER,
  CONDITION_DRY_RUN,
  CONFLICT_RESOLUTION_ANNOTATION,
  type DryRunAnswer,
  type ManifestStatus,
  type Work,
  works,
} from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { findCondition, setCondition } from '../../shared/controller/conditions.ts';
import type { ReconcileResult } from '../../shared/controller/controller.ts';
import { type Asked, insteadOfRefusal } from './dry-run-refusal.ts';
import { fitted } from './dry-run-room.ts';
import { fieldChanges } from './field-changes.ts';
import { inParallel } from './in-parallel.ts';
import { type KindDeps, resourceOf } from './kind-problems.ts';
import { withLiveFields } from './left-fields.ts';
import { manifestsOf } from './manifest.ts';
import { inMember } from './member-deadline.ts';
import { type Observed, observe, workKeyOf } from './observed.ts';
import { isOfAnotherCluster, type OwnershipDeps } from './ownership.ts';
import { withoutSecretData } from './secret-words.ts';

/** Answers, in its status, what a Work that is never delivered would change in the member, as the member's own dry run has it. Changes nothing there. */
export interface DryRunDeps extends KindDeps, Pick<OwnershipDeps, 'hasDelivered'> {
  hub: KubeClient;
  member: KubeClient;
  clock: Clock;
}

/** A timer of the system takes no longer. */
const MAX_WAIT_MS = 24 * 3600_000;

/** So long an answer is there for whoever asked, though their clock is another than ours. */
const READ_MS = 60_000;

/** Answers once; a Work that whoever asked has left behind is taken away when its time is over, also if there is no answering it. */
export async function reconcileDryRun(
  deps: DryRunDeps,
  work: Work,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  const leftMs = dryRunLeftMs(work, deps.clock.now());
  if (isAnswered(work) && leftMs === 0) {
    await discard(deps, work, signal);
    return undefined;
  }
  if (!isAnswered(work) && !work.metadata.deletionTimestamp) {
    try {
      await answerDryRun(deps, work, signal);
    } catch (error) {
      if (leftMs === 0 && !signal.aborted) await discard(deps, work, signal);
      throw error;
    }
  }
  return leftMs === undefined ? undefined : { requeueAfterMs: Math.min(leftMs || READ_MS, MAX_WAIT_MS) };
}

function isAnswered({ metadata: { generation = 0 }, status }: Work): boolean {
  return findCondition(status?.conditions, CONDITION_DRY_RUN)?.observedGeneration === generation;
}

/** Nothing was delivered for it, so that nothing in the member goes with it. */
async function discard({ hub }: DryRunDeps, { metadata }: Work, signal: AbortSignal): Promise<void> {
  const { name = '', namespace = '', uid } = metadata;
  try {
    await deleteIfPresent(hub, works, { name, namespace, uid }, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

async function answerDryRun(deps: DryRunDeps, work: Work, signal: AbortSignal): Promise<void> {
  const { generation = 0 } = work.metadata;
  const answers = await inMember(deps, signal, (aborted) => answersFor(deps, work, aborted));
  const { statuses: manifestStatuses, missing } = fitted(answers, work);
  const done = {
    type: CONDITION_DRY_RUN,
    status: 'True' as const,
    observedGeneration: generation,
    reason: 'Answered',
    message: missing > 0 ? `there is no room for the answers about the last ${missing} manifests: ask about fewer` : '',
  };
  const status = {
    ...work.status,
    conditions: setCondition(work.status?.conditions, done, deps.clock),
    manifestStatuses,
  };
  await deps.hub.update(works, { ...work, status }, { subresource: 'status', signal });
}

function answersFor(deps: DryRunDeps, work: Work, signal: AbortSignal): Promise<ManifestStatus[]> {
  return inParallel(manifestsOf(work), async (manifest): Promise<ManifestStatus> => {
    const answer = await answerFor(deps, { work, manifest }, signal);
    return { identifier: manifest.identifier, health: 'Unknown', status: { ...answer } };
  });
}

async function answerFor(deps: DryRunDeps, { work, manifest }: Asked, signal: AbortSignal): Promise<DryRunAnswer> {
  const { object, problem } = manifest;
  if (problem !== undefined) return { result: 'Refused', message: problem };
  let live: Unstructured | undefined;
  try {
    const type = await resourceOf(deps, object, signal);
    const { name, namespace } = manifest.identifier;
    live = await getIfPresent(deps.member, type, { name, ...(namespace ? { namespace } : {}) }, signal);
    return await tryDryRun(deps, { work, manifest, type, live }, signal);
  } catch (error) {
    const instead = insteadOfRefusal({ work, manifest, live }, error);
    return instead ?? { result: 'Refused', message: withoutSecretData(object, messageOf(error), live) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function tryDryRun(
  deps: DryRunDeps,
  { work, manifest, type, live }: Asked & { type: ResourceType<Unstructured> },
  signal: AbortSignal,
): Promise<DryRunAnswer> {
  const object = live ? withLiveFields(manifest.object, live, manifest.left) : manifest.object;
  const options = { fieldManager: AGENT_FIELD_MANAGER, force: true, dryRun: true, signal };
  const after = await deps.member.apply<Unstructured>(type, object, options);
  if (!live) return { result: 'Created' };
  const changes = fieldChanges(live, after);
  const why = whyForeign(deps, work, observe(live));
  const foreign = why && {
    message:
      `it exists and ${why}: a Work leaves it alone, unless it or the manifest is annotated with ` +
      `${CONFLICT_RESOLUTION_ANNOTATION}: overwrite`,
  };
  return { result: changes.length > 0 ? 'Changed' : 'Unchanged', changes, ...foreign };
}

function whyForeign(deps: DryRunDeps, work: Work, found: Observed): string | undefined {
  if (isOfAnotherCluster(deps, work, found)) return `Work ${workKeyOf(found)}, of another cluster, has delivered it`;
  return found.isApplied ? undefined : 'no Work has delivered it';
}
