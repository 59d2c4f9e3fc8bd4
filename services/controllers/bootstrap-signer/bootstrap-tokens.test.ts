import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMaps, secrets } from '../../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { FakeClock } from '../../../shared/controller/fake-clock.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { newBootstrapTokenSecret } from '../../../shared/pki/bootstrap-token.ts';
import { signClusterInfo } from '../../../shared/pki/cluster-info-signature.ts';
import { FIXTURE_NOW, type HubFixture, newHubFixture } from '../hub-fixture.ts';

let hub: HubFixture;
let kube: FakeKube;
let clock: FakeClock;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube, clock } = hub);
});
afterEach(() => hub.stop());

describe('bootstrap tokens', () => {
  const token = (id: string, usages: ('signing' | 'authentication')[], expiresAt?: number) =>
    newBootstrapTokenSecret({
      token: { id, secret: 'abcdefghijklmnop' },
      usages,
      groups: [],
      description: '',
      ...(expiresAt ? { expiresAt } : {}),
    });
  const clusterInfo = () =>
    (kube.get('configmaps', 'kube-public/cluster-info')?.['data'] ?? {}) as Record<string, string>;
  const putClusterInfo = (kubeconfig: string) =>
    kube.put(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cluster-info', namespace: 'kube-public' },
      data: { kubeconfig, 'jws-kubeconfig-zzzzzz': 'stale' },
    } as KubeObject);

  test('sign cluster-info while they may, and no longer', async () => {
    await hub.start();
    putClusterInfo('text');
    kube.put(secrets, token('aaaaaa', ['signing'], FIXTURE_NOW + 60_000));
    kube.put(secrets, token('bbbbbb', ['authentication']));
    kube.put(secrets, token('cccccc', ['signing']));
    await hub.until(() => Object.keys(clusterInfo()).length === 3);
    const signed = (id: string) => signClusterInfo('text', { id, secret: 'abcdefghijklmnop' });
    expect(clusterInfo()).toEqual({
      kubeconfig: 'text',
      'jws-kubeconfig-aaaaaa': signed('aaaaaa'),
      'jws-kubeconfig-cccccc': signed('cccccc'),
    });
    await clock.advance(59_000);
    expect(clusterInfo()).toHaveProperty('jws-kubeconfig-aaaaaa');
    await clock.advance(1500);
    expect(kube.get('secrets', 'kube-system/bootstrap-token-aaaaaa')).toBeUndefined();
    expect(Object.keys(clusterInfo())).toEqual(['kubeconfig', 'jws-kubeconfig-cccccc']);
    await kube.client.delete(secrets, { name: 'bootstrap-token-cccccc', namespace: 'kube-system' });
    await hub.until(() => Object.keys(clusterInfo()).length === 1);
  });

  test('sign anew when the kubeconfig changes', async () => {
    await hub.start();
    kube.put(secrets, token('cccccc', ['signing']));
    putClusterInfo('one');
    await hub.until(() => clusterInfo()['jws-kubeconfig-cccccc'] !== undefined);
    const first = clusterInfo()['jws-kubeconfig-cccccc'];
    putClusterInfo('two');
    await hub.until(() => clusterInfo()['jws-kubeconfig-cccccc'] !== undefined);
    expect(clusterInfo()['jws-kubeconfig-cccccc']).not.toBe(first);
  });
});
