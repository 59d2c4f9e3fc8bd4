import { beforeEach, expect, test } from 'vitest';
import type { Secret } from '../../shared/apis/core/v1.ts';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import type { ChangeHandler, Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { PushDeps } from './push-deps.ts';
import { newSecretLookup, type SecretLookup } from './secret-lookup.ts';

/** A watch that has its first list when the test says so. */
interface LateWatch {
  options: InformerOptions<Secret>;
  handlers: ChangeHandler<Secret>[];
  objects: Map<string, Secret>;
  sync(): void;
  end(): void;
}

let watches: LateWatch[];
let told: string[];
let lookup: SecretLookup;
let clock: FakeClock;

type Key = Parameters<SecretLookup['get']>[0];

function newInformer(options: InformerOptions<Secret>): Informer<Secret> {
  let isSynced = false;
  let resolve = (): void => {};
  const synced = new Promise<void>((done) => {
    resolve = done;
  });
  let end = (): void => {};
  const running = new Promise<void>((done) => {
    end = done;
  });
  const watch: LateWatch = {
    options,
    handlers: [],
    objects: new Map(),
    end,
    sync: () => {
      isSynced = true;
      resolve();
    },
  };
  watches.push(watch);
  return {
    hasSynced: () => isSynced,
    synced: () => synced,
    addHandler: (handler: ChangeHandler<Secret>) => void watch.handlers.push(handler),
    run: () => running,
    store: { get: (key: string) => watch.objects.get(key) },
  } as unknown as Informer<Secret>;
}

beforeEach(() => {
  [watches, told] = [[], []];
  clock = newFakeClock();
  const deps = { newInformer, clock } as unknown as PushDeps;
  lookup = newSecretLookup(deps, (key) => void told.push(key), new AbortController().signal);
});

const secret = (name: string): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'clusters', uid: 'u', resourceVersion: '7', labels: { theirs: '1' } },
  data: { token: 'dA==', caBundle: 'Yw==', kubeconfig: 'aw==', other: 'bw==' },
});

test('a Secret that is asked for before the first list is pending, and told of once that is there', async () => {
  const key = { namespace: 'clusters', name: 'm1' };
  expect(lookup.get(key)).toBe('pending');
  await new Promise(setImmediate);
  expect(told).toEqual([]);
  watches[0]?.objects.set('clusters/m1', secret('m1'));
  watches[0]?.sync();
  await expect.poll(() => told).toEqual(['clusters/m1']);
  expect(lookup.get(key)).toEqual(secret('m1'));
  expect(lookup.get({ ...key, name: 'm2' })).toBeUndefined();
  expect(told).toEqual(['clusters/m1']);
});

test('no other namespace is watched than those that are asked for, each once', () => {
  for (const namespace of ['clusters', 'others', 'clusters']) lookup.get({ namespace, name: 'm1' });
  expect(watches.map(({ options }) => options.namespace)).toEqual(['clusters', 'others']);
});

test('a change is told by namespace and name', () => {
  lookup.get({ namespace: 'clusters', name: 'm1' });
  for (const handler of watches[0]?.handlers ?? []) handler({ object: secret('m2'), deleted: true });
  expect(told).toEqual(['clusters/m2']);
});

test('of a Secret only what lets the hub in is kept', () => {
  lookup.get({ namespace: 'clusters', name: 'm1' });
  const kept = watches[0]?.options.transform?.(secret('m1'));
  expect(kept?.data).toEqual({ token: 'dA==', caBundle: 'Yw==', kubeconfig: 'aw==' });
  expect(kept?.metadata).toEqual({ name: 'm1', namespace: 'clusters', uid: 'u', resourceVersion: '7' });
});

test('of a namespace that the hub may not see that is said, until it may', async () => {
  const [first, later] = ['m1', 'm2'].map((name) => ({ namespace: 'clusters', name })) as [Key, Key];
  expect(lookup.get(first)).toBe('pending');
  const refuse = async (afterMs: number): Promise<void> => {
    await clock.advance(afterMs);
    watches[0]?.options.onForbidden?.();
  };
  await refuse(60_000);
  await refuse(10_000);
  expect([told, lookup.get(first)]).toEqual([[], 'pending']);
  await refuse(20_000);
  await refuse(20_000);
  expect(told).toEqual(['clusters/m1']);
  for (const key of [first, later])
    expect(() => lookup.get(key)).toThrow('the hub has no right to list and watch secrets in namespace clusters');
  watches[0]?.sync();
  await expect.poll(() => told).toEqual(['clusters/m1', 'clusters/m1', 'clusters/m2']);
  expect(lookup.get(first)).toBeUndefined();
});

test('it has ended when its watches have', async () => {
  lookup.get({ namespace: 'clusters', name: 'm1' });
  let hasEnded = false;
  const ended = lookup.ended().then(() => {
    hasEnded = true;
  });
  await new Promise(setImmediate);
  expect(hasEnded).toBe(false);
  watches[0]?.end();
  await ended;
});
