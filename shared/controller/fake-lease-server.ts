import type { Lease } from '../apis/coordination/v1.ts';
import { newAlreadyExists, newConflict, newNotFound } from '../apis/meta/status-error.ts';
import type { KubeClient } from '../client/client.ts';

/** For tests: one Lease on a server that checks resourceVersions, can be away, and can leave questions without an answer. */
export interface FakeLeaseServer {
  isAway: boolean;
  isHanging: boolean;
  lease(): Lease | undefined;
}

const subject = { group: 'coordination.k8s.io', resource: 'leases', name: 'lock' };

export function newFakeLeaseServer(): { server: FakeLeaseServer; client: KubeClient } {
  let lease: Lease | undefined;
  let version = 0;
  const server = { isAway: false, isHanging: false, lease: () => lease };
  const store = (object: Lease): Lease => {
    version++;
    lease = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    return structuredClone(lease);
  };
  const check = async (options?: { signal?: AbortSignal }): Promise<void> => {
    if (server.isAway) throw new Error('away');
    if (server.isHanging) await untilAborted(options?.signal);
  };
  const client = {
    get: async (_: unknown, __: unknown, options?: { signal?: AbortSignal }) => {
      await check(options);
      if (!lease) throw newNotFound(subject);
      return structuredClone(lease);
    },
    create: async (_: unknown, object: Lease, options?: { signal?: AbortSignal }) => {
      await check(options);
      if (lease) throw newAlreadyExists(subject);
      return store(object);
    },
    update: async (_: unknown, object: Lease, options?: { signal?: AbortSignal }) => {
      await check(options);
      if (object.metadata.resourceVersion !== lease?.metadata.resourceVersion) throw newConflict(subject, 'modified');
      return store(object);
    },
  } as unknown as KubeClient;
  return { server, client };
}

/** Rejects then. */
export function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
