import type { Condition } from '../../shared/apis/meta/v1.ts';
import { failedManifestWords } from '../../shared/apis/work/failed-manifests.ts';
import {
  CONDITION_APPLIED,
  CONDITION_AVAILABLE,
  CONDITION_DEGRADED,
  CONDITION_DISPATCHING,
  CONDITION_PROGRESSING,
  type ManifestStatus,
  WORK_REASONS,
  type Work,
  type WorkStatus,
} from '../../shared/apis/work/v1alpha1.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { findCondition, type NewCondition, removeCondition, setCondition } from '../../shared/controller/conditions.ts';
import { jsonEqual } from '../../shared/controller/json-equal.ts';
import { fightsOf } from './contests.ts';
import type { Delivery, WorkState } from './delivery.ts';
import { describe } from './manifest.ts';
import { isBehind, type Observed, type Sight } from './observed.ts';
import { inRoom } from './status-room.ts';

/** What a Work's status says: its conditions, and status and health of every manifest (the wire contract, sections 6.1 and 6.6). */

/** The object as the watch in the member knows it now. */
export type Look = (delivery: Delivery) => Sight;

type Words = { reason: string; message: string };

const MAX_MESSAGE = 32_768;

/** The status that the Work should have; the same object if nothing differs. */
export function workStatus(work: Work, state: WorkState, look: Look, clock: Clock): WorkStatus {
  const before = work.status ?? {};
  const whole = state.waitingFor
    ? deletionStatus(work, state.waitingFor, clock)
    : deliveryStatus(work, state, look, clock);
  const status = inRoom(work, whole, state, clock);
  return jsonEqual(status, before) ? before : status;
}

function deliveryStatus(work: Work, state: WorkState, look: Look, clock: Clock): WorkStatus {
  const before = work.status ?? {};
  const deliveries = [...state.deliveries.values()].sort((a, b) => a.identifier.ordinal - b.identifier.ordinal);
  const manifestStatuses = deliveries.map((delivery) => manifestStatus(delivery, look));
  const wanted = state.isSuspended
    ? [dispatching(state)]
    : [
        dispatching(state),
        applied(state, deliveries),
        available(state, deliveries, manifestStatuses),
        degraded(state, deliveries, clock.monotonic()),
      ];
  const known = withLeaving(before.conditions ?? [], work, state, clock);
  const conditions = wanted.reduce((all, condition) => setCondition(all, condition, clock), known);
  return state.isSuspended ? { ...before, conditions } : { ...before, conditions, manifestStatuses };
}

function deletionStatus(work: Work, waitingFor: string[], clock: Clock): WorkStatus {
  return { ...work.status, conditions: setCondition(work.status?.conditions, waiting(work, waitingFor), clock) };
}

/** The conditions with the one about objects that are on their way out, as long as there are any. */
function withLeaving(conditions: Condition[], work: Work, state: WorkState, clock: Clock): Condition[] {
  const { leaving, isPruningHeldBack } = state;
  const words = isPruningHeldBack ? WORK_REASONS.pruningHeldBack : WORK_REASONS.deleting;
  if (leaving.length > 0) return setCondition(conditions, waiting(work, leaving, words), clock);
  const told = findCondition(conditions, CONDITION_PROGRESSING);
  return told?.reason === WORK_REASONS.deleting.reason || told?.reason === WORK_REASONS.pruningHeldBack.reason
    ? removeCondition(conditions, CONDITION_PROGRESSING)
    : conditions;
}

function waiting(work: Work, objects: string[], words: Words = WORK_REASONS.deleting): NewCondition {
  const observedGeneration = work.metadata.generation ?? 0;
  const common = { type: CONDITION_PROGRESSING, status: 'True', observedGeneration } as const;
  return { ...common, ...listing(words, objects) };
}

function shortened(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message;
}

function dispatching({ isSuspended, generation }: WorkState): NewCondition {
  const words = isSuspended ? WORK_REASONS.suspended : WORK_REASONS.dispatching;
  return {
    type: CONDITION_DISPATCHING,
    status: isSuspended ? 'False' : 'True',
    observedGeneration: generation,
    ...words,
  };
}

function applied({ generation }: WorkState, deliveries: Delivery[]): NewCondition {
  const failures = deliveries.flatMap(({ failure }) => (failure ? [failure.message] : []));
  const common = { type: CONDITION_APPLIED, observedGeneration: generation };
  if (failures.length === 0) return { ...common, status: 'True', ...WORK_REASONS.applied };
  const { reason } = WORK_REASONS.appliedFailed;
  return { ...common, status: 'False', reason, message: failureMessage(failures, deliveries.length) };
}

function available({ generation }: WorkState, deliveries: Delivery[], statuses: ManifestStatus[]): NewCondition {
  const common = { type: CONDITION_AVAILABLE, observedGeneration: generation };
  const failed = deliveries.flatMap(({ identifier, failure }) =>
    failure ? [failedManifestWords({ ordinal: identifier.ordinal, ...failure }, describe(identifier))] : [],
  );
  if (failed.length > 0) return { ...common, status: 'False', ...listing(WORK_REASONS.notApplied, failed) };
  const unhealthy = statuses.filter(({ health }) => health !== 'Healthy').map(({ identifier }) => describe(identifier));
  if (unhealthy.length === 0) return { ...common, status: 'True', ...WORK_REASONS.available };
  return { ...common, status: 'False', ...listing(WORK_REASONS.unhealthy, unhealthy) };
}

function listing({ reason, message }: Words, objects: string[]): Words {
  return { reason, message: shortened(`${message}: ${objects.join(', ')}`) };
}

function degraded({ generation }: WorkState, deliveries: Delivery[], nowMs: number): NewCondition {
  const fights = deliveries.flatMap((delivery) => fightsOf(delivery, nowMs));
  const common = { type: CONDITION_DEGRADED, observedGeneration: generation };
  if (fights.length === 0) return { ...common, status: 'False', ...WORK_REASONS.uncontested };
  return { ...common, status: 'True', reason: WORK_REASONS.contested.reason, message: shortened(fights.join('; ')) };
}

/** One failure as it is, several in brackets, as Go's aggregated errors are printed. */
function failureMessage(failures: string[], total: number): string {
  const list = failures.length === 1 ? failures[0] : `[${failures.join(', ')}]`;
  const message = `${WORK_REASONS.appliedFailed.message} (${total - failures.length}/${total}): ${list}`;
  return shortened(message);
}

function manifestStatus(delivery: Delivery, look: Look): ManifestStatus {
  const { identifier } = delivery;
  const live = newest(delivery.applied, look(delivery));
  if (!live || delivery.isGone) return { identifier, health: 'Unknown' };
  return { identifier, ...(live.statusBody ? { status: live.statusBody } : {}), health: live.health };
}

/** Undefined if there is none, or nobody knows of one. */
function newest(applied: Observed | undefined, seen: Sight): Observed | undefined {
  return applied && isBehind(seen, applied) ? applied : seen.object;
}
