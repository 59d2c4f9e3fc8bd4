import { setMaxListeners } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import type { MemberAccess } from './member-access.ts';
import type { MemberCredentials } from './member-credentials.ts';
import type { PushDeps } from './push-deps.ts';

/** The members that the hub works for at this moment, each with a client and a signal of its own. */
export interface MemberWorkers {
  /**
   * Works for the member with this access: goes on if it does already, with other credentials from the next request on, and begins anew only if it is to be
   * found elsewhere. Throws if no client can be made of it.
   */
  ensure(access: MemberAccess): Promise<void>;
  isWorking(cluster: string): boolean;
  /** Resolves when the work for the member has ended. */
  stop(cluster: string): Promise<void>;
  stopAll(): Promise<void>;
}

export interface MemberWorkersDeps extends Pick<PushDeps, 'newMemberClient'> {
  /** One member's work, until `signal` aborts; rejects if it ends before. The credentials of its access are those of the moment. */
  work(access: MemberAccess, member: KubeClient, signal: AbortSignal): Promise<void>;
  log: Logger;
}

interface Worker {
  access: MemberAccess;
  use(credentials: MemberCredentials): void;
  stop(): Promise<void>;
}

export function newMemberWorkers(deps: MemberWorkersDeps): MemberWorkers {
  const workers = new Map<string, Worker>();
  const stop = async (cluster: string): Promise<void> => {
    const worker = workers.get(cluster);
    workers.delete(cluster);
    await worker?.stop();
  };
  return {
    stop,
    isWorking: (cluster) => workers.has(cluster),
    ensure: async (access) => {
      const { cluster } = access;
      const current = workers.get(cluster);
      if (current && isSameMember(current.access, access)) return current.use(access.credentials);
      await stop(cluster);
      const worker = start(deps, access, () => {
        if (workers.get(cluster) === worker) workers.delete(cluster);
      });
      workers.set(cluster, worker);
    },
    stopAll: async () => {
      await Promise.all([...workers.keys()].map(stop));
    },
  };
}

function isSameMember({ credentials: _, ...a }: MemberAccess, { credentials: __, ...b }: MemberAccess): boolean {
  return isDeepStrictEqual(a, b);
}

/** `onEnd` is called if the work ends unasked: the next look at the cluster begins anew. */
function start(deps: MemberWorkersDeps, access: MemberAccess, onEnd: () => void): Worker {
  const { cluster } = access;
  let held = access.credentials;
  const member = deps.newMemberClient({ ...access.transport, credentials: (refused) => held.source(refused) });
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // everything that works for the member listens to it
  deps.log.info({ cluster, server: access.transport.server }, 'the hub works for a push-mode cluster');
  const current: MemberAccess = {
    ...access,
    get credentials() {
      return held;
    },
  };
  const ended = deps
    .work(current, member, stopping.signal)
    .catch((error: unknown) => deps.log.error({ err: error, cluster }, 'the work for a push-mode cluster ended'))
    .finally(() => stopping.abort(new Error(`the work for cluster ${cluster} has ended`))) // parts of it may go on
    .finally(() => member.close())
    .finally(onEnd);
  return {
    access,
    use: (credentials) => {
      if (credentials.madeOf === held.madeOf) return;
      held = credentials;
      deps.log.info({ cluster }, 'the hub goes on for a push-mode cluster with other credentials');
    },
    stop: async () => {
      stopping.abort(new Error(`the work for cluster ${cluster} is stopping`));
      await ended;
      deps.log.info({ cluster }, 'the hub has stopped working for a push-mode cluster');
    },
  };
}
