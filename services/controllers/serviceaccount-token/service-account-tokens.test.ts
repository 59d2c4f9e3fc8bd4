import { beforeEach, describe, expect, test } from 'vitest';
import { type Secret, secrets, serviceAccounts } from '../../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { newFakeClock } from '../../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../../shared/controller/silent-logger.ts';
import { newController } from '../../../shared/controller/worker-loop.ts';
import { newInformers } from '../informers.ts';
import { newServiceAccountTokenController, type ServingCa } from './controller.ts';

let kube: FakeKube;
let asked: KubeObject[];
let ca: string;
let tellOfCa = (): void => {};
const servingCa: ServingCa = {
  pem: () => ca,
  onChange: (listener) => {
    tellOfCa = listener;
    return () => {};
  },
};

/** The fake API knows no subresource of accounts: their tokens are answered here. */
function withTokens(client: KubeClient): KubeClient {
  const create: KubeClient['create'] = async (type, object, options) => {
    if (options?.subresource !== 'token') return client.create(type, object, options);
    asked.push(object);
    return { ...object, status: { token: `token-${asked.length}` } };
  };
  return { ...client, create };
}

beforeEach(() => {
  kube = newFakeKube();
  asked = [];
  ca = 'CA';
});

async function settle(change: () => void): Promise<void> {
  const clock = newFakeClock();
  const log = silentLogger;
  const deps = { client: withTokens(kube.client), newController, clock, log };
  const informers = newInformers({ client: kube.client, newInformer: kube.newInformer, clock, log });
  const controller = newServiceAccountTokenController({ ...deps, informers }, servingCa);
  const stopping = new AbortController();
  const running = controller.run(stopping.signal);
  await clock.advance(0);
  change();
  await clock.advance(1000);
  stopping.abort();
  await running;
}

function putAccount(): void {
  kube.put(serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'robot', namespace: 'n', uid: 'a-1' },
  });
}

function putSecret(more: Partial<Secret> = {}): void {
  kube.put(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'n', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
    ...more,
  } as Secret);
}

const dataOf = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries((kube.get('secrets', 'n/s')?.['data'] ?? {}) as Record<string, string>).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );

describe('a service-account token Secret', () => {
  test('is filled with a token that is bound to it, the CA and its namespace', async () => {
    await settle(() => {
      putAccount();
      putSecret();
    });
    expect(dataOf()).toEqual({ token: 'token-1', 'ca.crt': 'CA', namespace: 'n' });
    const uid = kube.get('secrets', 'n/s')?.metadata.uid;
    expect(asked).toMatchObject([
      { metadata: { name: 'robot' }, spec: { boundObjectRef: { kind: 'Secret', name: 's', uid } } },
    ]);
    expect(kube.get('secrets', 'n/s')?.metadata.annotations).toMatchObject({
      'kubernetes.io/service-account.uid': 'a-1',
    });
  });

  test('that has a token keeps it', async () => {
    const data = { token: Buffer.from('mine').toString('base64') };
    await settle(() => {
      putAccount();
      putSecret({ data });
    });
    expect(dataOf()['token']).toBe('mine');
    expect(asked).toEqual([]);
  });

  test('that is filled gets another authority when the API has another, and keeps its token', async () => {
    await settle(() => {
      putAccount();
      putSecret();
    });
    await settle(() => {
      ca = 'CA and another';
      tellOfCa();
    });
    expect(dataOf()).toEqual({ token: 'token-1', 'ca.crt': 'CA and another', namespace: 'n' });
  });

  test('of an account that does not exist is deleted', async () => {
    await settle(() => putSecret());
    expect(kube.get('secrets', 'n/s')).toBeUndefined();
  });

  test('goes with its account', async () => {
    putAccount();
    putSecret();
    await settle(() => void kube.client.delete(serviceAccounts, { namespace: 'n', name: 'robot' }));
    expect(kube.get('secrets', 'n/s')).toBeUndefined();
  });

  test('of another account of the same name is deleted', async () => {
    const annotations = {
      'kubernetes.io/service-account.name': 'robot',
      'kubernetes.io/service-account.uid': 'the former',
    };
    await settle(() => {
      putAccount();
      putSecret({ metadata: { name: 's', namespace: 'n', annotations } });
    });
    expect(kube.get('secrets', 'n/s')).toBeUndefined();
  });

  test('other Secrets are left alone', async () => {
    await settle(() => putSecret({ type: 'Opaque' }));
    expect(dataOf()).toEqual({});
    expect(kube.get('secrets', 'n/s')).toBeDefined();
  });
});
