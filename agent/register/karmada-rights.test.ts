import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { newUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { isKarmada } from './karmada-rights.ts';
import { newRegisterWorld, type RegisterWorld, requestsOf, runRegister } from './register-fixture.ts';

let world: RegisterWorld;

beforeEach(() => {
  world = newRegisterWorld();
  makeKarmada();
});
afterEach(() => world.close());

/** Discovery as Karmada's aggregated API server answers it. */
function makeKarmada(): void {
  const resources = [
    { name: 'clusters', kind: 'Cluster' },
    { name: 'clusters/proxy', kind: 'ClusterProxyOptions' },
  ];
  world.hub.documents.set('/apis/cluster.karmada.io/v1alpha1', { resources });
}

const rights = () =>
  world.hub.requests
    .filter((request) => /^create .*(rbac\.authorization|namespaces )/.test(request))
    .map((request) => request.slice('create '.length));

const putCluster = (id: string) =>
  world.hub.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1' },
    spec: { syncMode: 'Pull', id },
  } as KubeObject);

describe('register on a Karmada control plane', () => {
  test('makes the agent’s rights as the rbac-generator, for ten minutes, and then asks for the agent’s certificate', async () => {
    await runRegister(world);
    expect(rights()).toEqual([
      'clusterroles.rbac.authorization.k8s.io system:karmada:m1:agent',
      'clusterrolebindings.rbac.authorization.k8s.io system:karmada:m1:agent',
      'namespaces karmada-cluster',
      'roles.rbac.authorization.k8s.io karmada-cluster/system:karmada:m1:agent-secret',
      'rolebindings.rbac.authorization.k8s.io karmada-cluster/system:karmada:m1:agent-secret',
      'namespaces karmada-es-m1',
      'roles.rbac.authorization.k8s.io karmada-es-m1/system:karmada:m1:agent-work',
      'rolebindings.rbac.authorization.k8s.io karmada-es-m1/system:karmada:m1:agent-work',
    ]);
    const asked = requestsOf(world.hub).map(({ metadata, spec }) => [metadata.name, spec.expirationSeconds]);
    expect(asked).toEqual([
      [expect.stringMatching(/^agent-rbac-generator-m1[a-z0-9]{5}$/), 600],
      [expect.stringMatching(/^m1-[a-z0-9]{5}$/), 86_400],
    ]);
  });

  test('changes nothing where the name is another cluster’s', async () => {
    putCluster('of another');
    await expect(runRegister(world)).rejects.toThrow('failed to register as cluster with name m1 already exists');
    expect(rights()).toEqual([]);
    expect(world.hub.requests.filter((request) => request.startsWith('delete'))).toEqual([]);
  });

  test('goes on where the cluster of the name is this member', async () => {
    putCluster('member-uid');
    await runRegister(world);
    expect(world.lines).toContain('\ncluster(m1) is joined successfully');
  });

  test('makes no rights on a hub that makes them itself', async () => {
    world.hub.documents.set('/apis/cluster.karmada.io/v1alpha1', {
      resources: [{ name: 'clusters', kind: 'Cluster' }],
    });
    await runRegister(world);
    expect(rights()).toEqual([]);
    expect(requestsOf(world.hub)).toHaveLength(1);
  });

  // How often the certificate is asked for depends on how long signing takes, so the number of requests is found out by counting.
  test('cut off before any of its requests, it can be run again', async () => {
    const FIRST = 3;
    let failing = FIRST;
    while (await cutAfter(failing)) {
      await runRegister(world);
      expect(new Set(rights()).size).toBe(8);
      failing += 1;
    }
    expect(failing).toBeGreaterThan(FIRST + 8);
  });

  /** A run in a new world that loses the hub after so many requests; false if it needed no more. */
  async function cutAfter(requests: number): Promise<boolean> {
    world.close();
    world = newRegisterWorld();
    makeKarmada();
    let count = 0;
    world.hub.before = () => {
      if (count++ >= requests) throw new TransportError('cut');
    };
    const outcome = await runRegister(world).then(
      () => 'through',
      (error: Error) => error.message,
    );
    world.hub.before = () => undefined;
    if (outcome !== 'through') expect(outcome).toContain('cut');
    return outcome !== 'through';
  }
});

test('a token by which the hub knows nobody is told to be none, by the first that is asked with it', async () => {
  const raw = (): Promise<string> => Promise.reject(newUnauthorized());
  const asked = isKarmada({ ...world.hub.client, raw }, new AbortController().signal);
  await expect(asked).rejects.toThrow(/does not accept the token.*\n.*pullet token create/);
});
