import { type Lease, leases } from '../../shared/apis/coordination/v1.ts';
import type { KubeClient, ObjectKey } from '../../shared/client/client.ts';
import type { LeaseStamps, StampedHeartbeat } from './controller.ts';

/** What the delivery has the heartbeat carry, which may begin before it and go on after it. */
export interface StampedLease extends StampedHeartbeat {
  /** For the lease that is about to be renewed, as the hub had it last. */
  annotations(lease: Lease): Record<string, string>;
  /** The hub has taken a renewal. */
  renewed(lease: Lease): void;
}

export function newStampedLease(hub: KubeClient, lease: ObjectKey): StampedLease {
  let carried: LeaseStamps | undefined;
  let last: Lease | undefined;
  return {
    lease,
    carry: (stamps) => {
      carried = stamps;
    },
    annotations: (found) => carried?.stampFor(found) ?? {},
    renewed: (renewed) => {
      last = renewed;
      void carried?.stamped(renewed);
    },
    stampNow: async (signal) => {
      if (!last || !carried) return;
      const stamp = carried.stampFor(last);
      if (says(last, stamp)) return;
      const { metadata } = last;
      const annotations = { ...metadata.annotations, ...stamp };
      last = await hub.update(leases, { ...last, metadata: { ...metadata, annotations } }, { signal });
      await carried.stamped(last);
    },
  };
}

function says({ metadata: { annotations = {} } }: Lease, stamp: Record<string, string>): boolean {
  return Object.entries(stamp).every(([name, value]) => annotations[name] === value);
}
