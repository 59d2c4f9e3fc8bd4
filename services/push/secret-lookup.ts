import { type Secret, secrets } from '../../shared/apis/core/v1.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { joinKey, keyOf } from '../../shared/controller/store.ts';
import { MemberAccessError } from './member-access-error.ts';
import type { PushDeps } from './push-deps.ts';

/**
 * The Secrets of push members, watched per namespace from the first time that one in it is asked for: nearly always that is one
 * namespace. Of each only the credentials are kept.
 */
export interface SecretLookup {
  /** `pending` while the namespace is not known yet; `onChange` tells when it is. Throws MemberAccessError as long as the hub may not see it. */
  get(key: { namespace: string; name: string }): Secret | 'pending' | undefined;
  /** Resolves when the watches have ended. */
  ended(): Promise<void>;
}

interface Watched {
  informer: Informer<Secret>;
  /** Names that were asked for before the first list was there. */
  asked: Set<string>;
  isForbidden: boolean;
}

/** A server that has just started may refuse what it grants a moment later. */
const BELIEVED_AFTER_MS = 20_000;

/** `onChange` is told `namespace/name`. Watches until `signal` aborts. */
export function newSecretLookup(
  deps: Pick<PushDeps, 'hub' | 'clock' | 'log' | 'newInformer'>,
  onChange: (key: string) => void,
  signal: AbortSignal,
): SecretLookup {
  const watched = new Map<string, Watched>();
  const running: Promise<void>[] = [];
  const watch = (namespace: string): Watched => {
    const { hub: client, clock, log } = deps;
    const tellAsked = (): void => {
      const names = [...entry.asked];
      entry.asked.clear();
      for (const name of names) onChange(joinKey(namespace, name));
    };
    let refusedSinceMs: number | undefined;
    const onForbidden = (): void => {
      refusedSinceMs ??= clock.monotonic();
      if (entry.isForbidden || clock.monotonic() - refusedSinceMs < BELIEVED_AFTER_MS) return;
      entry.isForbidden = true;
      tellAsked();
    };
    const informer = deps.newInformer<Secret>({
      ...{ client, type: secrets, namespace, clock, log, onForbidden },
      transform: credentials,
    });
    const entry: Watched = { informer, asked: new Set(), isForbidden: false };
    informer.addHandler(({ object }) => onChange(keyOf(object)));
    running.push(informer.run(signal));
    informer.synced().then(tellAsked, () => {}); // it rejects when the watch ends before: nobody waits then
    watched.set(namespace, entry);
    return entry;
  };
  return {
    get: ({ namespace, name }) => {
      const { informer, asked, isForbidden } = watched.get(namespace) ?? watch(namespace);
      if (informer.hasSynced()) return informer.store.get(joinKey(namespace, name));
      asked.add(name);
      if (!isForbidden) return 'pending';
      throw new MemberAccessError(`the hub has no right to list and watch secrets in namespace ${namespace}`);
    },
    ended: async () => {
      await Promise.all(running);
    },
  };
}

const KEPT = ['token', 'caBundle', 'kubeconfig'];

function credentials({ apiVersion, kind, metadata, data }: Secret): Secret {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata;
  const kept = Object.entries(data ?? {}).filter(([key]) => KEPT.includes(key));
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion },
    data: Object.fromEntries(kept),
  };
}
