import { STATUS_REASONS, StatusError } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { manifestSubject } from '../../shared/apis/work/failed-manifests.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getUnlessGone } from '../../shared/client/ensure-object.ts';
import { TransportError } from '../../shared/client/transport.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { AnotherObject, applyOwn, createUnseen, type OwnApplied } from './apply-own.ts';
import { contestOf, withContests } from './contests.ts';
import { type Delivery, type Failure, NOT_OURS } from './delivery.ts';
import { OTHER_REASON } from './delivery-metrics.ts';
import { decideApply, withCorrection } from './drift.ts';
import { noteExisting } from './existed-before.ts';
import { ImmutableChange } from './immutable-change.ts';
import { type InventoryObject, inventoryObject } from './inventory-record.ts';
import { type KindDeps, resourceOf, UnavailableKind, UnknownKind } from './kind-problems.ts';
import { describe, type Manifest } from './manifest.ts';
import { inMember } from './member-deadline.ts';
import type { MemberWatches } from './member-watches.ts';
import { missingRule } from './missing-rule.ts';
import { isBehind, isSameState, type Observed, observe } from './observed.ts';
import { existedBefore, foreignReason, type OwnershipDeps, otherWorkOf } from './ownership.ts';
import { withheld, withoutSecretData } from './secret-words.ts';

/**
 * Makes the member have one manifest, by server-side apply: fields that the manifest doesn't name stay whoever's they are. An object that
 * isn't ours is left alone. Applying what is applied already costs no request.
 */
export interface ApplyDeps extends OwnershipDeps, KindDeps {
  member: KubeClient;
  clock: Clock;
  watches: MemberWatches;
  /** Resolves when it is written down that these objects are about to be this Work's; the uid is empty where one is yet to be made. */
  intend(work: Work, objects: InventoryObject[]): Promise<void>;
  /** Whether it is written down that the Work has made this object, or taken it over. */
  isRecorded(work: Work, id: string): boolean;
}

export interface ApplyResult {
  delivery: Delivery;
  /** Drift that is to be undone only after this time. */
  againInMs?: number;
  /** What was done in the member. */
  did: 'nothing' | 'applied' | 'corrected';
}

/** Never throws but when `signal` is aborted: a failure is part of the delivery. */
export async function applyManifest(
  deps: ApplyDeps,
  work: Work,
  manifest: Manifest,
  previous: Delivery | undefined,
  signal: AbortSignal,
): Promise<ApplyResult> {
  const { identifier, id, hash, problem } = manifest;
  const { corrections = [], contests = [] } = previous ?? {};
  const delivery: Delivery = { identifier, id, hash, isGone: false, corrections, contests };
  if (previous?.type) delivery.type = previous.type;
  if (problem !== undefined) {
    const message = `${manifestSubject(identifier.ordinal)}${problem}`;
    return failed(delivery, { message, reason: 'InvalidManifest', retry: 'never' });
  }
  try {
    const attempt = { work, manifest, previous, delivery };
    return await inMember(deps, signal, (aborted) => tryApply(deps, attempt, aborted));
  } catch (error) {
    signal.throwIfAborted();
    if (previous?.applied) delivery.applied = previous.applied;
    const words = await fitToTell(deps, { manifest, type: delivery.type }, error, signal);
    return failed(delivery, {
      message: `${describe(identifier)}: ${words}${missingRule(error)}`,
      reason: reasonOf(error),
      retry: retryOf(error),
    });
  }
}

/**
 * Who refuses to have a Secret changed may quote what is in there so far; that is asked for where the member has answered at all, and nothing told where it can't be known.
 * A refusal for want of rights quotes nothing, and who lacks them may not read it either.
 */
async function fitToTell(
  deps: ApplyDeps,
  { manifest: { object, identifier }, type }: { manifest: Manifest; type: Delivery['type'] },
  error: unknown,
  signal: AbortSignal,
): Promise<string> {
  const mayQuote = (error instanceof StatusError || error instanceof ImmutableChange) && missingRule(error) === '';
  if (!type || !mayQuote || type.group !== '' || type.kind !== 'Secret')
    return withoutSecretData(object, wordsOf(error));
  const look = inMember(deps, signal, (aborted) => getLive(deps.member, type, identifier, aborted));
  return look.then(
    (live) => withoutSecretData(object, wordsOf(error), live),
    () => withheld(error),
  );
}

function failed(delivery: Delivery, failure: Failure): ApplyResult {
  return { delivery: { ...delivery, failure }, did: 'nothing' };
}

function retryOf(error: unknown): Failure['retry'] {
  if (error instanceof ImmutableChange && !error.isRecreated) return 'slow';
  return error instanceof UnknownKind ? 'soon' : 'backoff';
}

function reasonOf(error: unknown): string {
  if (error instanceof ImmutableChange) return 'Immutable';
  if (error instanceof UnknownKind) return 'NoKind';
  if (error instanceof UnavailableKind) return 'KindUnavailable';
  if (error instanceof StatusError) return misfitOf(error) ?? wordOf(error.reason);
  return error instanceof TransportError ? 'Unreachable' : OTHER_REASON;
}

/** A manifest that does not fit the schema is refused by an apply without a reason, as a fault of the server. */
function misfitOf({ reason, message }: StatusError): string | undefined {
  if (reason !== '' || !message.startsWith('failed to create typed patch object')) return undefined;
  return message.includes('field not declared in schema') ? 'UndeclaredField' : 'Invalid';
}

/** A Status may come from a webhook, with anything for a reason, for instance what it saw in a Secret. */
function wordOf(reason: string): string {
  return STATUS_REASONS.some((known) => known === reason) ? reason : OTHER_REASON;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Attempt {
  work: Work;
  manifest: Manifest;
  previous: Delivery | undefined;
  delivery: Delivery;
}

async function tryApply(deps: ApplyDeps, attempt: Attempt, signal: AbortSignal): Promise<ApplyResult> {
  const { manifest, previous, delivery } = attempt;
  const { namespace, name } = manifest.identifier;
  const type = await resourceOf(deps, manifest.object, signal);
  delivery.type = type;
  const misplaced = scopeProblem(type, namespace);
  if (misplaced)
    return failed(delivery, {
      message: `${describe(manifest.identifier)}: ${misplaced}`,
      reason: 'InvalidManifest',
      retry: 'never',
    });
  await deps.watches.watch(type);
  const seen = deps.watches.look(type, namespace, name);
  const decision = decideApply(previous, manifest, seen, deps.clock.monotonic());
  if (previous && decision.apply === 'no') return { delivery: previous, did: 'nothing' };
  if (previous && decision.apply === 'later') return { delivery: previous, did: 'nothing', againInMs: decision.inMs };
  const isDrift = decision.apply === 'drift';
  return send(deps, { ...attempt, type, isDrift }, signal);
}

function scopeProblem(type: ResourceType<Unstructured>, namespace: string | undefined): string | undefined {
  if (type.namespaced && !namespace) return 'metadata.namespace is required: this kind lives in namespaces';
  if (!type.namespaced && namespace) return 'metadata.namespace must be empty: this kind lives outside of namespaces';
  return undefined;
}

async function send(
  deps: ApplyDeps,
  attempt: Attempt & { type: ResourceType<Unstructured>; isDrift: boolean },
  signal: AbortSignal,
): Promise<ApplyResult> {
  const { work, manifest, previous, type } = attempt;
  const { namespace, name } = manifest.identifier;
  if (isPresumedAbsent(deps, attempt)) {
    await deps.intend(work, [inventoryObject(type, manifest.identifier)]);
    const made = await createUnseen(deps, { manifest, type }, signal);
    if (made) return arrived(deps, attempt, { live: made, contests: [] });
  }
  const found = await findLive(deps, type, { namespace, name }, previous, signal);
  return applyTo(deps, attempt, found, signal).catch(async (error: unknown) => {
    if (!(error instanceof AnotherObject)) throw error;
    return applyTo(deps, attempt, await getObserved(deps.member, type, { namespace, name }, signal), signal);
  });
}

async function applyTo(
  deps: ApplyDeps,
  attempt: Attempt & { type: ResourceType<Unstructured>; isDrift: boolean },
  found: Observed | undefined,
  signal: AbortSignal,
): Promise<ApplyResult> {
  const { work, manifest, delivery, type, isDrift } = attempt;
  const foreign = found && foreignReason(deps, work, manifest, found);
  if (foreign) return failed(delivery, { message: foreign, reason: NOT_OURS, retry: 'slow' });
  await deps.intend(work, [inventoryObject(type, manifest.identifier, found?.metadata.uid)]);
  if (found && existedBefore(deps, work, found)) await noteExisting(deps.member, type, found, signal);
  const { live, contests } = await applyOwn(deps, { work, manifest, type, found, isDrift }, signal);
  const taker = found && isDrift ? otherWorkOf(deps, work, found) : undefined;
  const taken = taker === undefined ? [] : [contestOf(taker, deps.clock.monotonic())];
  return arrived(deps, attempt, { live, contests: [...contests, ...taken] });
}

/** What was never delivered and isn't seen is made without being looked for: to look would cost as much as to make it. */
function isPresumedAbsent(
  deps: ApplyDeps,
  { work, manifest, previous, type }: Omit<Attempt, 'delivery'> & { type: ResourceType<Unstructured> },
): boolean {
  const { namespace, name } = manifest.identifier;
  if (deps.watches.get(type, namespace, name)) return false;
  return !previous?.applied && !deps.isRecorded(work, manifest.id);
}

/**
 * Writes down at once all that a Work is about to put into the member for the first time, so that it waits for that once and not in each step. What can't be written
 * down now is tried again, and told, where each object is applied.
 */
export async function intendNew(
  deps: ApplyDeps,
  work: Work,
  manifests: readonly Manifest[],
  deliveries: ReadonlyMap<string, Delivery>,
  signal: AbortSignal,
): Promise<void> {
  const objects = manifests.map(async (manifest) => {
    const { apiVersion, kind } = manifest.object;
    if (manifest.problem !== undefined || deliveries.has(manifest.id)) return [];
    const type = await deps.resourceFor(apiVersion, kind, signal).catch(() => undefined);
    if (!type || scopeProblem(type, manifest.identifier.namespace)) return [];
    await deps.watches.watch(type);
    const isNew = isPresumedAbsent(deps, { work, manifest, previous: undefined, type });
    return isNew ? [inventoryObject(type, manifest.identifier)] : [];
  });
  await Promise.all(objects)
    .then((all) => deps.intend(work, all.flat()))
    .catch(() => signal.throwIfAborted());
}

function arrived(
  deps: ApplyDeps,
  { manifest, type, delivery, isDrift }: Attempt & { type: ResourceType<Unstructured>; isDrift: boolean },
  { live, contests: more }: OwnApplied,
): ApplyResult {
  deps.watches.served(type);
  const { namespace, name } = manifest.identifier;
  const seen = deps.watches.get(type, namespace, name);
  const now = deps.clock.monotonic();
  const corrections = isDrift ? withCorrection(delivery.corrections, now) : delivery.corrections;
  const contests = withContests(delivery.contests, more, now);
  return {
    delivery: { ...delivery, applied: seen && isSameState(seen, live) ? seen : observe(live), corrections, contests },
    did: isDrift ? 'corrected' : 'applied',
  };
}

/** What is in the member under that name: from the watch if it has it, else asked for. */
async function findLive(
  deps: ApplyDeps,
  type: ResourceType<Unstructured>,
  key: { namespace: string | undefined; name: string },
  previous: Delivery | undefined,
  signal: AbortSignal,
): Promise<Observed | undefined> {
  const seen = deps.watches.look(type, key.namespace, key.name);
  if (seen.object && !(previous?.applied && isBehind(seen, previous.applied))) return seen.object;
  return getObserved(deps.member, type, key, signal);
}

export async function getObserved(
  member: KubeClient,
  type: ResourceType<Unstructured>,
  key: ObjectPlace,
  signal: AbortSignal,
): Promise<Observed | undefined> {
  const live = await getLive(member, type, key, signal);
  return live && observe(live);
}

interface ObjectPlace {
  namespace?: string | undefined;
  name: string;
}

/** Undefined if there is none, and the member itself says so; of a kind that lives elsewhere, in namespaces or outside of them, there can't be one. */
export async function getLive(
  member: KubeClient,
  type: ResourceType<Unstructured>,
  { namespace, name }: ObjectPlace,
  signal: AbortSignal,
): Promise<Unstructured | undefined> {
  if (scopeProblem(type, namespace)) return undefined;
  return getUnlessGone(member, type, { name, ...(namespace ? { namespace } : {}) }, signal);
}
