import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { KubeClient } from '../../shared/client/client.ts';
import { runAsLeader } from '../../shared/controller/leader-election.ts';
import { HUB_LEASE } from '../install/hub-rights.ts';
import type { HubDeps } from './hub.ts';

/**
 * Another replica leads within 15 s of the leader's death: it sees the last renewal at most one look late, waits the duration from there, and comes to look at
 * most one look later (a look is every 1.5 to 1.8 s).
 */
const HUB_ELECTION = { leaseDurationMs: 9000, renewDeadlineMs: 7000, retryPeriodMs: 1500 } as const;

/** Runs `work` while this replica leads; throws when it has lost the lease, for the process had better start anew. */
export function leadHub(
  client: KubeClient,
  { clock, log, onTaken }: HubDeps & { onTaken?: () => void },
  work: (signal: AbortSignal) => Promise<void>,
): (signal: AbortSignal) => Promise<void> {
  const identity = `${hostname()}_${randomUUID()}`;
  const election = { client, ...HUB_LEASE, identity, clock, log, ...HUB_ELECTION, ...(onTaken ? { onTaken } : {}) };
  return async (signal) => {
    const how = await runAsLeader(election, work, signal);
    if (how === 'lost') throw new Error('the leader lease was lost: another replica may lead now');
  };
}
