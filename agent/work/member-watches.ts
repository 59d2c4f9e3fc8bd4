import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import { apiVersionOf, groupResource, type ResourceType } from '../../shared/apis/resource-type.ts';
import { MANAGED_LABEL } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { withAnyOf } from '../../shared/client/deadline.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { ChangeHandler, Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { joinKey } from '../../shared/controller/store.ts';
import { type Observed, observe, type Sight } from './observed.ts';

/**
 * Watches in the member exactly the resources that are delivered to it, as long as they are and the member serves them, of each only the objects
 * with our label, and keeps of each object only what `observe` leaves.
 */
export interface MemberWatches {
  /** Starts a watch, if there is none yet; resolves when its objects are known, or a few seconds after its start without. Of a resource that was just not served there is none for some minutes. */
  watch(type: ResourceType<Unstructured>): Promise<void>;
  /** An object of it was applied: it is served, whatever was answered before. It is asked for at once, the first time. */
  served(type: ResourceType<Unstructured>): void;
  /** What was not served may be by now. */
  kindsChanged(): void;
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
  /** Called when a watch has ended because the member does not serve the resource. */
  onNotServed(type: ResourceType<Unstructured>): void;
  /** The kinds of which something is delivered, or written down: see `kindKey`. */
  neededKinds(): Set<string>;
}

interface Watch {
  type: ResourceType<Unstructured>;
  informer: Informer<Observed>;
  known: Promise<void>;
  askedAtMs: number;
  end(): void;
}

/** Not served when it was asked for last, and how long that is taken for true. */
interface Absence {
  untilMs: number;
  waitMs: number;
  /** Objects of it are applied all the same: servers that are one to their clients may not all have come to the same version. */
  isContradicted?: boolean;
  isToBeAskedFor?: boolean;
}

const SYNC_TIMEOUT_MS = 5000;
/** What nobody has needed for so long is watched no longer. */
const UNNEEDED_MS = 10 * 60_000;
const ABSENT = { firstMs: 60_000, maxMs: 60 * 60_000 };

export function newMemberWatches(options: MemberWatchesOptions, signal: AbortSignal): MemberWatches {
  const { member: client, clock } = options;
  const watches = new Map<string, Watch>();
  const runs = new Set<Promise<void>>();
  const absent = new Map<string, Absence>();

  const end = (key: string): void => {
    watches.get(key)?.end();
    watches.delete(key);
  };

  const start = (type: ResourceType<Unstructured>): Watch => {
    const key = keyOfType(type);
    const log = options.log.child({ resource: groupResource(type) });
    const stop = new AbortController();
    const informer = options.newInformer<Observed>({
      client,
      type: type as ResourceType<KubeObject> as ResourceType<Observed>,
      labelSelector: `${MANAGED_LABEL}=true`,
      transform: (live: KubeObject) => observe(live as Unstructured),
      onList: () => {
        absent.delete(key);
        options.onList(type);
      },
      onNotServed: () => {
        end(key);
        const { waitMs: before = ABSENT.firstMs / 2, isContradicted = false } = absent.get(key) ?? {};
        const waitMs = Math.min(ABSENT.maxMs, 2 * before);
        absent.set(key, { untilMs: clock.monotonic() + waitMs, waitMs, isContradicted });
        log.warn({ version: type.version }, 'the cluster does not serve what was delivered to it: it is not watched');
        options.onNotServed(type);
      },
      resumes: () => false, // of what a restored store has forgotten nothing but a whole list tells
      clock,
      log,
    });
    const watch: Watch = {
      type,
      informer,
      known: syncedOrTimeout(informer, clock),
      askedAtMs: clock.monotonic(),
      end: () => stop.abort(),
    };
    watches.set(key, watch);
    informer.addHandler(options.onChange);
    const run = withAnyOf([signal, stop.signal], (either) => informer.run(either));
    runs.add(run);
    void run.finally(() => runs.delete(run)).catch(() => {}); // whoever waits for all of them is told
    return watch;
  };

  const askLater = (type: ResourceType<Unstructured>, known: Absence, waitMs: number): void => {
    const key = keyOfType(type);
    known.isToBeAskedFor = true;
    void sleep(clock, waitMs, signal).then(() => {
      if (!signal.aborted && absent.get(key) === known && !watches.has(key)) start(type);
    });
  };

  const endUnneeded = (): void => {
    const needed = options.neededKinds();
    const longAgoMs = clock.monotonic() - UNNEEDED_MS;
    for (const [key, { type, askedAtMs }] of watches) {
      if (askedAtMs <= longAgoMs && !needed.has(kindKey(apiVersionOf(type), type.kind))) end(key);
    }
  };
  everyNowAndThen(clock, signal, endUnneeded);

  const look: MemberWatches['look'] = (type, namespace, name) => {
    const informer = watches.get(keyOfType(type))?.informer;
    return { object: informer?.store.get(joinKey(namespace, name)), upTo: informer?.seenUpTo() };
  };

  return {
    watch: async (type) => {
      const key = keyOfType(type);
      if (!watches.has(key) && clock.monotonic() < (absent.get(key)?.untilMs ?? 0)) return;
      const watch = watches.get(key) ?? start(type);
      watch.askedAtMs = clock.monotonic();
      await watch.known;
    },
    served: (type) => {
      const key = keyOfType(type);
      const known = absent.get(key);
      if (!known || known.isToBeAskedFor || watches.has(key)) return;
      const waitMs = known.isContradicted ? known.untilMs - clock.monotonic() : 0;
      known.isContradicted = true;
      if (waitMs <= 0) start(type);
      else askLater(type, known, waitMs);
    },
    kindsChanged: () => {
      for (const known of absent.values())
        Object.assign(known, { untilMs: 0, waitMs: ABSENT.firstMs / 2, isToBeAskedFor: false });
    },
    get: (...place) => look(...place).object,
    look,
    all: () => [...watches.values()].flatMap(({ informer }) => informer.store.list()),
    ended: async () => {
      await Promise.all(runs);
    },
  };
}

/** What `neededKinds` is made of. */
export function kindKey(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}

function everyNowAndThen(clock: Clock, signal: AbortSignal, act: () => void): void {
  let cancel = (): void => {};
  const wait = (): void => {
    cancel = clock.setTimeout(() => {
      act();
      wait();
    }, UNNEEDED_MS);
  };
  if (!signal.aborted) wait();
  signal.addEventListener('abort', () => cancel(), { once: true });
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
