import { namespaces } from '../shared/apis/core/v1.ts';
import { isAlreadyExists } from '../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../shared/apis/meta/v1.ts';
import type { ResourceType } from '../shared/apis/resource-type.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { withDeadline } from '../shared/client/deadline.ts';
import { deleteIfPresent } from '../shared/client/ensure-object.ts';
import { holdsOthers } from '../shared/client/holds-others.ts';
import type { Clock } from '../shared/controller/clock.ts';

/** What one run makes in a cluster, so that a run that comes to nothing can take it back: that, and nothing that was there before. */
export interface MadeObjects {
  /** Creates the object unless one of its name is there, which stays as it is. An interrupt waits for the answer: else nobody would know whose the object is. */
  ensure<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<void>;
  /** Also after an interrupt, and then with a limit of its own. A namespace stays if others have put something into it. Never throws: why it is done is what matters. */
  takeBack(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

export function newMadeObjects({
  client,
  clock,
  signal,
}: {
  client: KubeClient;
  clock: Clock;
  signal: AbortSignal;
}): MadeObjects {
  const made: { type: ResourceType; object: KubeObject }[] = [];
  const limit = { signal: undefined, timeoutMs: TIMEOUT_MS, what: () => 'the cluster' };
  return {
    ensure: async (type, object) => {
      signal.throwIfAborted();
      try {
        const there = await withDeadline(clock, limit, (late) => client.create(type, object, { signal: late }));
        made.push({ type, object: there });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
    },
    takeBack: async () => {
      const all = made.splice(0).reverse();
      await withDeadline(clock, limit, (late) => removeAll(client, all, late)).catch(() => {});
    },
  };
}

async function removeAll(
  client: KubeClient,
  all: { type: ResourceType; object: KubeObject }[],
  signal: AbortSignal,
): Promise<void> {
  for (const { type, object } of all) {
    const { name = '', namespace, uid } = object.metadata;
    if (type.resource === namespaces.resource && (await holdsOthers(client, name, () => false, signal))) continue;
    await deleteIfPresent(client, type, { name, ...(namespace ? { namespace } : {}), uid }, signal);
  }
}
