import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import { withDeadline } from '../../shared/client/deadline.ts';
import { backoffMs } from '../../shared/controller/backoff.ts';
import { type Controller, source } from '../../shared/controller/controller.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import type { ClusterDeps } from './controller.ts';
import { heartbeatProblem, newHeartbeat } from './heartbeat.ts';
import { jittered } from './jitter.ts';
import { isAccepted } from './status-reconcile.ts';

/** When the heartbeat is due. */

export interface HeartbeatSettings {
  /** Of the lease on the hub. */
  namespace: string;
  leaseDurationSeconds: number;
  /** Renew after this share of the lease's duration. */
  renewIntervalFraction: number;
  /** For the lease, as the hub had it last. */
  annotations?: (lease: Lease) => Record<string, string>;
  /** The hub has taken a renewal. */
  onRenewed?: (lease: Lease) => void;
  /** Another agent of this cluster renews the lease too. */
  onContested?: (lease: Lease) => void;
}

/** Of the first try after a failed heartbeat; later ones wait longer, but no longer than from one heartbeat to the next. */
const RETRY_MS = 3000;
const TIMEOUT_MS = 10_000;

/** Renews at its interval whatever else happens; after an error again soon, for the hub counts the seconds, and at a time of its own, for other agents have lost the hub too. */
export function newHeartbeatController(
  deps: Pick<ClusterDeps, 'hub' | 'clock' | 'log' | 'newController'>,
  options: HeartbeatSettings & { name: string },
  informer: Informer<Cluster>,
): Controller {
  const { clock, log, hub } = deps;
  const { name, renewIntervalFraction, ...lease } = options;
  const renew = newHeartbeat({ hub, clock, cluster: name, ...lease });
  const intervalMs = lease.leaseDurationSeconds * 1000 * renewIntervalFraction;
  let nextAt = 0;
  let failures = 0;
  return deps.newController({
    name: 'cluster-heartbeat',
    sources: [source(informer, () => [name])],
    clock,
    log,
    reconcile: async (key, signal) => {
      const cluster = informer.store.get(key);
      if (!cluster || !isAccepted(cluster)) return undefined;
      if (clock.monotonic() < nextAt) return { requeueAfterMs: nextAt - clock.monotonic() };
      const limit = { signal, timeoutMs: TIMEOUT_MS, what: () => 'the hub' };
      const wasRenewed = await withDeadline(clock, limit, (aborted) => renew(cluster, aborted)).then(
        () => true,
        (error: unknown) => {
          log.warn({ err: error }, heartbeatProblem(error));
          return false;
        },
      );
      failures = wasRenewed ? 0 : failures + 1;
      const retry = { baseMs: RETRY_MS, maxMs: intervalMs };
      nextAt = clock.monotonic() + (wasRenewed ? jittered(intervalMs, 0.04) : Math.round(backoffMs(failures, retry)));
      return { requeueAfterMs: nextAt - clock.monotonic() };
    },
  });
}
