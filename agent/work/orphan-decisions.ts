import { isDeepStrictEqual } from 'node:util';
import { isConflict, isNotFound } from '../../shared/apis/meta/status-error.ts';
import { ADOPT_ANNOTATION, ORPHANS_WORK, PRUNE_ANNOTATION, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { joinKey } from '../../shared/controller/store.ts';
import { deleteObject, type Removal } from './delete-object.ts';
import { describe, objectId } from './manifest.ts';
import { inMember } from './member-deadline.ts';
import type { Decision, OrphanWaits } from './orphan-waits.ts';
import { isNamed, type Orphan, type OrphanDeps, orphansIn, replaceObject } from './orphans.ts';
import { releaseObject } from './release-object.ts';

/**
 * Does what a person has decided about orphaned objects, by uid, in annotations of the Work that tells of them: deletes them in the member, or takes our marks off them
 * so that they are the member's own. A uid that is done, or is none of an orphan, is taken off the list.
 */
export interface DecisionDeps extends OrphanDeps {
  hub: KubeClient;
  cluster: string;
}

/** What can't be done now is in `waits` afterwards, and stays on the list. */
export async function heedDecisions(deps: DecisionDeps, waits: OrphanWaits, signal: AbortSignal): Promise<void> {
  const known = deps.getWork(joinKey(deps.namespace, ORPHANS_WORK));
  const work = known && hasDecisions(known) ? await readLive(deps, signal) : undefined;
  const left: Decision[] = [];
  for (const { orphan, decision } of work ? decisionsOf(work, deps) : []) {
    if (!(await isDone(deps, waits, { orphan, decision }, signal))) left.push(decision);
  }
  waits.keepOnly(left);
  if (work) await writeBack(deps, work, left, signal);
}

interface Decided {
  orphan: Orphan;
  decision: Decision;
}

function decisionsOf(work: Work, { inventory }: DecisionDeps): Decided[] {
  const prune = listed(work, PRUNE_ANNOTATION);
  const adopt = listed(work, ADOPT_ANNOTATION);
  return orphansIn(inventory).flatMap((orphan): Decided[] => {
    const { uid } = orphan.object;
    if (adopt.has(uid)) return [{ orphan, decision: { word: 'adopt', uid } }];
    return prune.has(uid) ? [{ orphan, decision: { word: 'prune', uid } }] : [];
  });
}

/** What can't be done now is tried again, told when the reason is another, and doesn't stop the others. */
async function isDone(
  deps: DecisionDeps,
  waits: OrphanWaits,
  { orphan, decision }: Decided,
  signal: AbortSignal,
): Promise<boolean> {
  if (!waits.isDue(decision)) return false;
  const why = await carryOut(deps, decision, orphan, signal);
  if (why === undefined) return true;
  const fields = { work: orphan.work, object: describe(orphan.object), why };
  if (waits.note(decision, why)) deps.log.warn(fields, `could not ${decision.word} an orphaned object; trying again`);
  return false;
}

const MAX_WHY = 1000;

const NAMED = 'a Work names it, and so keeps it';

/** Undefined when it is done, or when it is none of an orphan any more: others may have taken long, and a Work taken it over meanwhile. Else what stands in the way. */
async function carryOut(
  deps: DecisionDeps,
  { word }: Decision,
  orphan: Orphan,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!isStill(deps, orphan)) return undefined;
  if (isNamed(deps, objectId(orphan.object))) return NAMED;
  try {
    const decided = word === 'prune' ? remove : release;
    return await inMember(deps, signal, (aborted) => decided(deps, orphan, aborted));
  } catch (error) {
    signal.throwIfAborted();
    return (error instanceof Error ? error.message : String(error)).slice(0, MAX_WHY);
  }
}

function isStill({ inventory }: DecisionDeps, { workUid, object }: Orphan): boolean {
  const { objects = [] } = inventory.get(workUid) ?? {};
  return objects.some(({ orphaned, uid }) => orphaned !== undefined && uid === object.uid);
}

function hasDecisions({ metadata: { annotations = {} } }: Work): boolean {
  return PRUNE_ANNOTATION in annotations || ADOPT_ANNOTATION in annotations;
}

function listed({ metadata }: Work, annotation: string): Set<string> {
  return new Set((metadata.annotations?.[annotation] ?? '').split(',').filter((uid) => uid !== ''));
}

/** A decision counts as it stands on the hub now, not as a cache has it. */
function readLive({ hub, namespace }: DecisionDeps, signal: AbortSignal): Promise<Work | undefined> {
  return getIfPresent(hub, works, { name: ORPHANS_WORK, namespace }, signal);
}

async function release(deps: DecisionDeps, orphan: Orphan, signal: AbortSignal): Promise<undefined> {
  const removal = await removalOf(deps, orphan, signal);
  if (removal) await releaseObject(deps, removal, signal);
  deps.log.info(
    { work: orphan.work, object: describe(orphan.object) },
    'let go of an orphaned object: a person said so',
  );
  replaceObject(deps, orphan, undefined);
}

/** Undefined when it is gone or not ours any more, else what holds it. */
async function remove(deps: DecisionDeps, orphan: Orphan, signal: AbortSignal): Promise<string | undefined> {
  const removal = await removalOf(deps, orphan, signal);
  const removed = removal && (await deleteObject(deps, removal, signal));
  if (removed?.is === 'pending') return removed.heldBy;
  const isForeign = removed?.is === 'foreign';
  deps.log.info(
    { work: orphan.work, object: describe(orphan.object) },
    isForeign
      ? 'an object that was to be pruned is not of that Work any more: it stays'
      : 'deleted an orphaned object: a person said so',
  );
  replaceObject(deps, orphan, undefined);
  return undefined;
}

async function removalOf(
  deps: DecisionDeps,
  { work, object }: Orphan,
  signal: AbortSignal,
): Promise<Removal | undefined> {
  const type = await deps.typeOf(object, signal);
  return type && { type, object, workKey: work, uid: object.uid };
}

/** Who decided something else meanwhile is heard next. */
async function writeBack(deps: DecisionDeps, work: Work, left: Decision[], signal: AbortSignal): Promise<void> {
  const { [PRUNE_ANNOTATION]: _, [ADOPT_ANNOTATION]: __, ...others } = work.metadata.annotations ?? {};
  const uids = (wanted: Decision['word']): string[] => left.flatMap(({ word, uid }) => (word === wanted ? [uid] : []));
  const lists = { ...listOf(PRUNE_ANNOTATION, uids('prune')), ...listOf(ADOPT_ANNOTATION, uids('adopt')) };
  const annotations = { ...others, ...lists };
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
