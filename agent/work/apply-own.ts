import { isConflict, isInvalid, StatusError } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { AGENT_FIELD_MANAGER, LEFT_FIELD_MANAGER, type Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { type Contest, contestsOf } from './contests.ts';
import { type FieldPath, ownsField } from './field-path.ts';
import { deleteToRecreate, ImmutableChange, isImmutableChange } from './immutable-change.ts';
import { isKarmadaAgents, takeOver } from './karmada-takeover.ts';
import { onlyFields, withLiveFields, withoutFields } from './left-fields.ts';
import type { Manifest } from './manifest.ts';
import type { Observed } from './observed.ts';

/** The requests that make the member have one manifest, whose object is ours or not there. */

export interface ApplyOwnDeps {
  member: KubeClient;
  clock: Clock;
}

export interface OwnApply {
  work: Work;
  manifest: Manifest;
  type: ResourceType<Unstructured>;
  /** What is there; undefined if nothing is. */
  found: Observed | undefined;
  /** Somebody changed what was applied: it is asked who, before it is set back. */
  isDrift: boolean;
}

/** Of an apply, servers would warn of keys that are there twice, which no object of ours has, and read it once more for that: a fifth of what it costs them. */
const UNWARNED = { fieldValidation: 'Ignore' } as const;

export interface OwnApplied {
  live: Unstructured;
  /** Who had taken fields of it. */
  contests: Contest[];
}

export async function applyOwn(deps: ApplyOwnDeps, apply: OwnApply, signal: AbortSignal): Promise<OwnApplied> {
  if (!apply.found) return { live: await create(deps, apply, signal), contests: [] };
  const { found } = apply;
  try {
    if (found.isKarmadaAgents || apply.manifest.left.length > 0) await prepare(deps, { ...apply, found }, signal);
    return await change(deps, { ...apply, found }, signal);
  } catch (error) {
    if (isOfAnother(error)) throw new AnotherObject();
    if (!isImmutableChange(error)) throw error;
    throw new ImmutableChange(error, apply.manifest, await deleteToRecreate(deps.member, { ...apply, found }, signal));
  }
}

/** What was looked at is gone by now, and there is nothing of its name, or what somebody else has made. */
export class AnotherObject extends Error {
  constructor() {
    super('somebody else just deleted it or made it anew; looking again');
  }
}

/** How servers answer an apply with the uid of an object that is gone: a conflict if there is none of its name, else an immutable field. */
function isOfAnother(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  if (isConflict(error)) return error.message.includes('uid mismatch');
  return isInvalid(error) && (error.status.details?.causes ?? []).some(({ field }) => field === 'metadata.uid');
}

/** No object has it: an apply at this version makes an object that is not there, and is a conflict with one that is, whatever it says. */
const VERSION_OF_NONE = String(Number.MAX_SAFE_INTEGER);

/** Makes an object that nobody has looked for; undefined if something has that name. */
export async function createUnseen(
  deps: ApplyOwnDeps,
  { manifest, type }: Pick<OwnApply, 'manifest' | 'type'>,
  signal: AbortSignal,
): Promise<Unstructured | undefined> {
  const { object } = manifest;
  const locked = { ...object, metadata: { ...object.metadata, resourceVersion: VERSION_OF_NONE } };
  const live = await send(deps, type, locked, { force: false, signal }).catch((error: unknown) => {
    if (!isConflict(error)) throw error;
    return undefined;
  });
  return live && leaveOthers(deps, { manifest, type, live }, signal);
}

/** What somebody else just made is not overrun, nor shared with them. */
async function create(deps: ApplyOwnDeps, apply: OwnApply, signal: AbortSignal): Promise<Unstructured> {
  const live = await createUnseen(deps, apply, signal);
  if (!live) throw new Error('somebody else just made it; looking again');
  return live;
}

/** Lets go, in an object just made, of what counts only then. */
async function leaveOthers(
  deps: ApplyOwnDeps,
  { manifest, type, live }: Pick<OwnApply, 'manifest' | 'type'> & { live: Unstructured },
  signal: AbortSignal,
): Promise<Unstructured> {
  if (manifest.left.length === 0) return live;
  await leave(deps, type, live, { paths: manifest.left, signal });
  return send(deps, type, ofVery(live, withoutFields(manifest.object, manifest.left)), { force: true, signal });
}

/** Sees to it that our field manager owns what Karmada's agent wrote, and lets go of what is left to others without changing it. */
async function prepare(
  deps: ApplyOwnDeps,
  { manifest, type, found }: Pick<OwnApply, 'manifest' | 'type'> & { found: Observed },
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace } = manifest.identifier;
  const key = { name, ...(namespace ? { namespace } : {}) };
  const live = await deps.member.get(type, key, { signal });
  if (live.metadata.uid !== found.metadata.uid) throw new AnotherObject();
  if (isKarmadaAgents(live)) {
    await takeOver(deps.member, type, live, signal);
    return prepare(deps, { manifest, type, found }, signal);
  }
  const owned = live.metadata.managedFields?.find(
    ({ manager, operation, subresource }) => manager === AGENT_FIELD_MANAGER && operation === 'Apply' && !subresource,
  );
  const isOwned = manifest.left.some((path) => ownsField(owned?.fieldsV1, path));
  if (!isOwned) return;
  // What was left before and is the Work's again has an owner before it is let go of: else it would have its default for a moment.
  const kept = withLiveFields(manifest.object, live, manifest.left);
  await send(deps, type, ofVery(live, kept), { force: true, signal });
  await leave(deps, type, live, { paths: manifest.left, signal });
}

/** At the values that they have: nothing changes but that they stay when our own manager stops naming them. */
async function leave(
  { member }: ApplyOwnDeps,
  type: ResourceType<Unstructured>,
  live: Unstructured,
  { paths, signal }: { paths: readonly FieldPath[]; signal: AbortSignal },
): Promise<void> {
  const options = { fieldManager: LEFT_FIELD_MANAGER, force: false, ...UNWARNED, signal };
  await member.apply(type, ofVery(live, onlyFields(live, paths)), options);
}

async function change(
  deps: ApplyOwnDeps,
  { manifest, type, isDrift, found }: OwnApply & { found: Observed },
  signal: AbortSignal,
): Promise<OwnApplied> {
  const wanted = manifest.left.length > 0 ? withoutFields(manifest.object, manifest.left) : manifest.object;
  const object = ofVery(found, wanted);
  if (!isDrift) return { live: await send(deps, type, object, { force: true, signal }), contests: [] };
  try {
    return { live: await send(deps, type, object, { force: false, signal }), contests: [] };
  } catch (error) {
    if (!isConflict(error) || isOfAnother(error)) throw error;
    const contests = contestsOf(error, deps.clock.monotonic());
    return { live: await send(deps, type, object, { force: true, signal }), contests };
  }
}

/** To be applied only upon the object that was looked at. */
function ofVery({ metadata: { uid } }: KubeObject, object: Unstructured): Unstructured {
  return uid ? { ...object, metadata: { ...object.metadata, uid } } : object;
}

function send(
  { member }: ApplyOwnDeps,
  type: ResourceType<Unstructured>,
  object: Unstructured,
  { force, signal }: { force: boolean; signal: AbortSignal },
): Promise<Unstructured> {
  const options = { fieldManager: AGENT_FIELD_MANAGER, force, ...UNWARNED, signal };
  return member.apply<Unstructured>(type, object, options);
}
