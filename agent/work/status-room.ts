import { isStatusError, newRequestEntityTooLarge } from '../../shared/apis/meta/status-error.ts';
import {
  CONDITION_STATUS_SHORTENED,
  STATUS_SHORTENED,
  type Work,
  type WorkStatus,
} from '../../shared/apis/work/v1alpha1.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { findCondition, type NewCondition, removeCondition, setCondition } from '../../shared/controller/conditions.ts';
import type { WorkState } from './delivery.ts';

/**
 * What of a status is told where the hub has no room for all of it: its store takes objects up to some size (etcd 1.5 MiB), and a Work may have taken most of that itself. A condition
 * says what was left out, as long as something is.
 */

type RoomState = Pick<WorkState, 'room'>;

/** What is left out more than before, in this order. By its reason another process knows where to begin. */
const STEPS = [
  { reason: STATUS_SHORTENED.statuses, message: 'the status of every manifest; its health is told' },
  { reason: STATUS_SHORTENED.healthy, message: 'the status of every manifest, and those that are healthy altogether' },
  { reason: STATUS_SHORTENED.manifests, message: 'all manifests, and the ends of long messages' },
] as const;

const SHORT_MESSAGE = 256;

/** Whether the hub did not take a write for its size; kube-apiserver hands on etcd's and gRPC's words as an internal error. */
export function isTooLarge(error: unknown): boolean {
  if (!isStatusError(error)) return false;
  return (
    error.code === 413 || (error.code === 500 && /request is too large|message larger than max/.test(error.message))
  );
}

/** Of a request's body: no Kubernetes API takes more. */
const MAX_BODY = 3 * 1024 * 1024;

/** What would be refused is not sent. */
export function throwIfTooLarge(work: Work): void {
  const { length } = JSON.stringify(work);
  if (length > MAX_BODY) throw newRequestEntityTooLarge(`limit is ${MAX_BODY}`);
}

/** From now on less is told of the Work, until its spec changes. False: there is nothing more to leave out. */
export function tellLess(work: Work, state: RoomState): boolean {
  const step = stepOf(work, state);
  if (step >= STEPS.length) return false;
  state.room = { generation: work.metadata.generation ?? 0, step: step + 1 };
  return true;
}

/** The status as there is room for it. */
export function inRoom(work: Work, status: WorkStatus, state: RoomState, clock: Clock): WorkStatus {
  const step = stepOf(work, state);
  const { conditions = [], manifestStatuses = [] } = status;
  const words = STEPS[step - 1];
  if (!words) {
    if (!findCondition(conditions, CONDITION_STATUS_SHORTENED)) return status;
    return { ...status, conditions: removeCondition(conditions, CONDITION_STATUS_SHORTENED) };
  }
  const observedGeneration = work.metadata.generation ?? 0;
  const told = { type: CONDITION_STATUS_SHORTENED, status: 'True', observedGeneration } as const;
  const message = `The hub has no room for the whole status of so large a Work. Left out: ${words.message}`;
  const all = setCondition(conditions, { ...told, reason: words.reason, message } satisfies NewCondition, clock);
  if (step === STEPS.length) return { ...status, conditions: all.map(withShortMessage), manifestStatuses: [] };
  const kept = manifestStatuses.filter(({ health }) => step === 1 || health !== 'Healthy');
  return { ...status, conditions: all, manifestStatuses: kept.map(({ status: _, ...one }) => one) };
}

function withShortMessage<T extends { message?: string }>(condition: T): T {
  const { message = '' } = condition;
  return message.length > SHORT_MESSAGE
    ? { ...condition, message: `${message.slice(0, SHORT_MESSAGE - 1)}…` }
    : condition;
}

/** How many steps are taken: by this process, or by an earlier one as the condition tells. */
function stepOf({ metadata: { generation = 0 }, status }: Work, { room }: RoomState): number {
  if (room?.generation === generation) return room.step;
  const told = findCondition(status?.conditions, CONDITION_STATUS_SHORTENED);
  return told?.observedGeneration === generation ? STEPS.findIndex(({ reason }) => reason === told.reason) + 1 : 0;
}
