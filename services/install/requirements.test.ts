import { beforeEach, describe, expect, test } from 'vitest';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { newForbidden, newUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { runInFakeTime } from '../../shared/controller/run-in-fake-time.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { newClusterInfo } from './cluster-info.ts';
import { missingRequirements } from './requirements.ts';

const ca = async (commonName: string) => (await newCa({ commonName, days: 1, now: Date.now() })).certificatePem;
const [trusted, other] = [await ca('trusted'), await ca('other')];
const clock = newFakeClock();
let kube: FakeKube;
/** What somebody with a new token, and somebody with nothing, are answered; undefined: as anybody. */
let refusals: { token?: Error; nobody?: Error };

beforeEach(() => {
  kube = newFakeKube();
  refusals = {};
  kube.documents.set('/version', {});
  kube.put(configMaps, newClusterInfo('text'));
  kube.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'extension-apiserver-authentication' },
    data: { 'client-ca-file': trusted },
  } as never);
});

function newClient({ token }: { token?: string }): KubeClient {
  const refusal = token === undefined ? refusals.nobody : refusals.token;
  if (!refusal) return kube.client;
  const refuse = () => Promise.reject(refusal);
  return { ...kube.client, get: refuse, raw: refuse };
}

async function missing(signingCaPem = trusted): Promise<string[]> {
  const signal = new AbortController().signal;
  const looking = missingRequirements({ client: kube.client, newClient, clock }, { signingCaPem }, signal);
  return (await runInFakeTime(clock, looking, 250)).map(({ what }) => what);
}

describe('what an API server lacks', () => {
  test('is nothing, where tokens and newcomers are let in and the authority is trusted', async () => {
    expect(await missing()).toEqual([]);
    expect(kube.list('secrets')).toEqual([]);
  });

  test.each<[string, () => void, string]>([
    ['tokens are not accepted', () => (refusals.token = newUnauthorized()), 'tokens'],
    ['nobody gets in without credentials', () => (refusals.nobody = newUnauthorized()), 'anonymous'],
    [
      'nobody may read cluster-info',
      () => (refusals.nobody = newForbidden({ resource: 'configmaps' }, '')),
      'anonymous',
    ],
  ])('is told where %s', async (_what, prepare, expected) => {
    prepare();
    expect(await missing()).toEqual([expected]);
    expect(kube.list('secrets')).toEqual([]);
  });

  test('is that it does not trust the authority that the hub signs with', async () => {
    expect(await missing(other)).toEqual(['authority']);
  });

  test('is not told of what the asker may not find out', async () => {
    refusals.token = newUnauthorized();
    kube.before = (request) => {
      if (request.startsWith('create secrets')) throw newForbidden({ resource: 'secrets' }, 'no');
    };
    expect(await missing()).toEqual([]);
  });
});
