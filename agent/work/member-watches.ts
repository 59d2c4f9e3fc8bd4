import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import { groupResource, type ResourceType } from '../../shared/apis/resource-type.ts';
import { MANAGED_LABEL } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { ChangeHandler, Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { joinKey } from '../../shared/controller/store.ts';
import { type Observed, observe, type Sight } from './observed.ts';

/**
 * Watches in the member exactly the resources that are delivered to it, of each only the objects with our label, and keeps of each
 * object only what `observe` leaves.
 */
export interface MemberWatches {
  /** Starts a watch, if there is none yet; resolves when its objects are known, or a few seconds after its start without. */
  watch(type: ResourceType<Unstructured>): Promise<void>;
  get(type: ResourceType<Unstructured>, namespace: string | undefined, name: string): Observed | undefined;
  look(type: ResourceType<Unstructured>, namespace: string | undefined, name: string): Sight;
  /** Every object with our label of the resources that are watched. */
  all(): Observed[];
  /** Resolves when all watches have ended, after the signal. */
  ended(): Promise<void>;
}

export interface MemberWatchesOptions {
  member: KubeClient;
  newInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T>;
  clock: Clock;
  log: Logger;
  onChange: ChangeHandler<Observed>;
  /** Called when all objects of one more resource are known, or known anew. */
  onList(type: ResourceType<Unstructured>): void;
}

const SYNC_TIMEOUT_MS = 5000;

export function newMemberWatches(options: MemberWatchesOptions, signal: AbortSignal): MemberWatches {
  const { member: client, clock } = options;
  const watches = new Map<string, { informer: Informer<Observed>; known: Promise<void> }>();
  const runs: Promise<void>[] = [];

  const start = (type: ResourceType<Unstructured>): { informer: Informer<Observed>; known: Promise<void> } => {
    const log = options.log.child({ resource: groupResource(type) });
    const informer = options.newInformer<Observed>({
      client,
      type: type as ResourceType<KubeObject> as ResourceType<Observed>,
      labelSelector: `${MANAGED_LABEL}=true`,
      transform: (live: KubeObject) => observe(live as Unstructured),
      onList: () => options.onList(type),
      resumes: () => false, // of what a restored store has forgotten nothing but a whole list tells
      clock,
      log,
    });
    informer.addHandler(options.onChange);
    runs.push(informer.run(signal));
    return { informer, known: syncedOrTimeout(informer, clock) };
  };

  const look: MemberWatches['look'] = (type, namespace, name) => {
    const informer = watches.get(keyOfType(type))?.informer;
    return { object: informer?.store.get(joinKey(namespace, name)), upTo: informer?.seenUpTo() };
  };

  return {
    watch: async (type) => {
      const key = keyOfType(type);
      const watch = watches.get(key) ?? start(type);
      watches.set(key, watch);
      await watch.known;
    },
    get: (...place) => look(...place).object,
    look,
    all: () => [...watches.values()].flatMap(({ informer }) => informer.store.list()),
    ended: async () => {
      await Promise.all(runs);
    },
  };
}

function keyOfType(type: ResourceType<Unstructured>): string {
  return `${type.group}/${type.version}/${type.resource}`;
}

async function syncedOrTimeout(informer: Informer<Observed>, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.setTimeout(resolve, SYNC_TIMEOUT_MS);
    informer.synced().then(
      () => {
        cancel();
        resolve();
      },
      () => resolve(),
    );
  });
}
