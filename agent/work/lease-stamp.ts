import { SEEN_VERSION_ANNOTATION } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import { isLower, isNumber } from './resource-version.ts';

/**
 * How far the agent had seen the hub's history, as the hub keeps it on the agent's heartbeat lease. Nobody else writes it, whatever becomes of the Works: where the hub has it older than it once took it,
 * the hub went back in time. No clock is asked: what is compared are versions of the hub's.
 */
export interface LeaseStamp {
  /** Of the lease: the stamps of two leases can't be compared. */
  uid: string;
  /** Empty where the lease does not say. */
  seen: string;
}

export function stampOf({ metadata: { uid = '', annotations } }: Lease): LeaseStamp {
  return { uid, seen: annotations?.[SEEN_VERSION_ANNOTATION] ?? '' };
}

/** Whether the lease has forgotten a stamp that the hub had taken. */
export function hasForgotten(found: LeaseStamp | undefined, taken: LeaseStamp | undefined): boolean {
  if (!found || !taken || found.uid !== taken.uid || !isNumber(taken.seen)) return false;
  return !isNumber(found.seen) || isLower(found.seen, taken.seen);
}
