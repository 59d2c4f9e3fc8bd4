import { AGENT_ORGANIZATION, AGENT_USER_PREFIX, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { UserInfo } from '../../shared/apis/user-info.ts';
import type { AdmissionCheck } from '../apiserver/registry/registry.ts';
import type { Storage } from '../storage/backend.ts';
import { DamagedValueError } from '../storage/storage-errors.ts';
import { newFolderBytes } from './folder-bytes.ts';
import { newOwnedBytes } from './owned-bytes.ts';

/**
 * Bounds what an agent adds to the hub: Works, what it tells of them, and Events, of which it may make any number. All of its execution space counts, with what others have
 * put there, since nothing tells who has made an object; no agent could list more Works than that. What it takes away or makes shorter it may always write.
 */
export interface AgentSpaceLimit {
  check: AdmissionCheck;
  close(): void;
}

const MAX_BYTES = 512 << 20;
/** What can't be counted is not read again for so long. */
const BLIND_MS = 60_000;
const WORKS = '/work.karmada.io/works/';
const EVENTS = '/core/events/';
/** Where Events of Clusters are. */
const EVENTS_OF_CLUSTERS = `${EVENTS}default/`;
const COUNTED = new Set(['works.work.karmada.io', 'events.', 'events.events.k8s.io']);

interface StoredEvent {
  involvedObject?: { kind?: string; name?: string };
}

export function newAgentSpaceLimit(
  storage: Storage,
  maxBytes = MAX_BYTES,
  monotonic = () => performance.now(),
): AgentSpaceLimit {
  const folders = newFolderBytes(storage, [WORKS, EVENTS]);
  const eventsOfClusters = newOwnedBytes(storage, EVENTS_OF_CLUSTERS, ({ involvedObject }: StoredEvent) =>
    involvedObject?.kind === 'Cluster' ? involvedObject.name : undefined,
  );
  const bytesOf = (cluster: string, space: string): number =>
    folders.of(`${WORKS}${space}/`) + folders.of(`${EVENTS}${space}/`) + eventsOfClusters.of(cluster);
  let blindUntilMs = Number.NEGATIVE_INFINITY;
  /** What is damaged is told to whoever reads it. Here it is no reason to refuse all agents: the bound does not hold meanwhile. */
  const countedBytes = (cluster: string, space: string): number => {
    if (monotonic() < blindUntilMs) return 0;
    try {
      return bytesOf(cluster, space);
    } catch (error) {
      if (!(error instanceof DamagedValueError)) throw error;
      blindUntilMs = monotonic() + BLIND_MS;
      return 0;
    }
  };
  const check: AdmissionCheck = ({ definition: { group, plural }, user, name }, object, old) => {
    const cluster = clusterOf(user);
    if (cluster === undefined || !object || !COUNTED.has(`${plural}.${group}`)) return;
    const space = executionSpace(cluster);
    const bytes = countedBytes(cluster, space);
    if (bytes < maxBytes || (old && lengthOf(object) <= lengthOf(old))) return;
    throw newForbidden(
      { group, resource: plural, name: object.metadata.name ?? name },
      `the Works and Events of cluster ${JSON.stringify(cluster)} have ${bytes} bytes, and its agent adds nothing from ${maxBytes} on: delete some of those in namespace ${space}, or Events of the Cluster in default`,
    );
  };
  return {
    check,
    close: () => {
      folders.close();
      eventsOfClusters.close();
    },
  };
}

function clusterOf({ name, groups }: UserInfo): string | undefined {
  const isAgent = groups.includes(AGENT_ORGANIZATION) && name.startsWith(AGENT_USER_PREFIX);
  return isAgent ? name.slice(AGENT_USER_PREFIX.length) : undefined;
}

const lengthOf = (value: unknown): number => JSON.stringify(value).length;
