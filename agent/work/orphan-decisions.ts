import { isDeepStrictEqual } from 'node:util';
import { isConflict, isNotFound } from '../../shared/apis/meta/status-error.ts';
import { ADOPT_ANNOTATION, ORPHANS_WORK, PRUNE_ANNOTATION, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { joinKey } from '../../shared/controller/store.ts';
import { deleteObject, type Removal, releaseObject } from './delete-object.ts';
import { describe } from './manifest.ts';
import { type Orphan, type OrphanDeps, orphansIn, replaceObject } from './orphans.ts';

/**
 * Does what a person has decided about orphaned objects, by uid, in annotations of the Work that tells of them: deletes them in the member, or takes our marks off them
 * so that they are the member's own. A uid that is done, or is none of an orphan, is taken off the list.
 */
export interface DecisionDeps extends OrphanDeps {
  hub: KubeClient;
}

/** Whether something is still on its way out. */
export async function heedDecisions(deps: DecisionDeps, signal: AbortSignal): Promise<boolean> {
  const known = deps.getWork(joinKey(deps.namespace, ORPHANS_WORK));
  if (!known || !hasDecisions(known)) return false;
  const work = await readLive(deps, signal);
  if (!work) return false;
  const prune = listed(work, PRUNE_ANNOTATION);
  const adopt = listed(work, ADOPT_ANNOTATION);
  const left: Decisions = { adopt: [], prune: [] };
  for (const orphan of orphansIn(deps.inventory)) {
    const { uid } = orphan.object;
    const word = adopt.includes(uid) ? 'adopt' : prune.includes(uid) ? 'prune' : undefined;
    if (word && !(await isDone(deps, orphan, word, signal))) left[word].push(uid);
  }
  await writeBack(deps, work, left, signal);
  return left.adopt.length + left.prune.length > 0;
}

/** What is not done yet, by uid. */
type Decisions = Record<'adopt' | 'prune', string[]>;

/** What can't be done now is tried again, and doesn't stop the others. */
async function isDone(
  deps: DecisionDeps,
  orphan: Orphan,
  word: keyof Decisions,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (word === 'prune') return await remove(deps, orphan, signal);
    await release(deps, orphan, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const object = describe(orphan.object);
    deps.log.warn({ err: error, work: orphan.work, object }, `could not ${word} an orphaned object`);
    return false;
  }
}

function hasDecisions({ metadata: { annotations = {} } }: Work): boolean {
  return PRUNE_ANNOTATION in annotations || ADOPT_ANNOTATION in annotations;
}

function listed({ metadata }: Work, annotation: string): string[] {
  return (metadata.annotations?.[annotation] ?? '').split(',').filter((uid) => uid !== '');
}

/** A decision counts as it stands on the hub now, not as a cache has it. */
function readLive({ hub, namespace }: DecisionDeps, signal: AbortSignal): Promise<Work | undefined> {
  return getIfPresent(hub, works, { name: ORPHANS_WORK, namespace }, signal);
}

async function release(deps: DecisionDeps, orphan: Orphan, signal: AbortSignal): Promise<void> {
  const removal = await removalOf(deps, orphan, signal);
  if (removal) await releaseObject(deps, removal, signal);
  deps.log.info(
    { work: orphan.work, object: describe(orphan.object) },
    'let go of an orphaned object: a person said so',
  );
  replaceObject(deps, orphan, undefined);
}

/** Whether it is gone. */
async function remove(deps: DecisionDeps, orphan: Orphan, signal: AbortSignal): Promise<boolean> {
  const removal = await removalOf(deps, orphan, signal);
  const removed = removal && (await deleteObject(deps, removal, signal));
  if (removed?.is === 'pending') return false;
  deps.log.info({ work: orphan.work, object: describe(orphan.object) }, 'deleted an orphaned object: a person said so');
  replaceObject(deps, orphan, undefined);
  return true;
}

async function removalOf(
  deps: DecisionDeps,
  { work, object }: Orphan,
  signal: AbortSignal,
): Promise<Removal | undefined> {
  const type = await deps.resourceFor(object.apiVersion, object.kind, signal);
  return type && { type, object, workKey: work, uid: object.uid };
}

/** Who decided something else meanwhile is heard next. */
async function writeBack(deps: DecisionDeps, work: Work, left: Decisions, signal: AbortSignal): Promise<void> {
  const { [PRUNE_ANNOTATION]: _, [ADOPT_ANNOTATION]: __, ...others } = work.metadata.annotations ?? {};
  const annotations = { ...others, ...listOf(PRUNE_ANNOTATION, left.prune), ...listOf(ADOPT_ANNOTATION, left.adopt) };
  if (isDeepStrictEqual(annotations, work.metadata.annotations ?? {})) return;
  try {
    await deps.hub.update(works, { ...work, metadata: { ...work.metadata, annotations } }, { signal });
  } catch (error) {
    if (!isConflict(error) && !isNotFound(error)) throw error;
  }
}

function listOf(annotation: string, uids: string[]): Record<string, string> {
  return uids.length > 0 ? { [annotation]: uids.join(',') } : {};
}
