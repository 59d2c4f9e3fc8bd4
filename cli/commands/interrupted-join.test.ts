import { beforeEach, describe, expect, test } from 'vitest';
import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces, secrets } from '../../shared/apis/core/v1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** `pullet join` that a person ends in its midst, and then runs again. */

const JOIN = 'join m1 --cluster-kubeconfig k';
let hub: FakeKube;
let member: FakeKube;

beforeEach(() => {
  hub = newFakeKube();
  member = newFakeKube();
  member.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'id-1' } });
  member.answer = (_resource, object) => ({ ...object, status: { allowed: true } });
  member.before = (request) => {
    const name = /^get secrets karmada-cluster\/(.*)$/.exec(request)?.[1];
    const secret = name && member.get('secrets', `karmada-cluster/${name}`);
    if (!secret || secret['data']) return;
    member.put(secrets, { ...secret, data: { token: 'dA==', 'ca.crt': 'Y2E=' } } as typeof secret);
  };
});

function newShell(interrupt = new AbortController()): FakeShell {
  return newFakeShell(hub.client, {
    clock: newFakeClock(),
    signal: interrupt.signal,
    memberClient: async () => member.client,
    memberEndpoint: async () => ({ server: 'https://m1:6443', clusterName: 'm1' }),
    clientFor: () => member.client,
  });
}

const cluster = (): Cluster | undefined => hub.get('clusters.cluster.karmada.io', 'm1') as Cluster | undefined;
const ownersOf = (name: string): string[] =>
  (hub.get('secrets', `karmada-cluster/${name}`)?.metadata.ownerReferences ?? []).map(({ uid }) => uid);

/** Ends before the request of that number to the hub. */
async function joinUntil(requests: number): Promise<{ code: number; err: string }> {
  const interrupt = new AbortController();
  const shell = newShell(interrupt);
  let count = 0;
  hub.before = () => {
    if (count++ < requests) return;
    interrupt.abort(new Error('interrupted'));
    throw interrupt.signal.reason;
  };
  const code = await shell.pullet(JOIN);
  hub.before = () => undefined;
  return { code, err: shell.err };
}

describe('a join that is interrupted', () => {
  test('before any of its requests to the hub says how to go on, and is finished by running it again', async () => {
    let requests = 0;
    for (; ; requests += 1) {
      const { code, err } = await joinUntil(requests);
      if (code === 0) break;
      expect(code).toBe(130);
      expect(err).toBe(
        'interrupted: run the same command again, it goes on from where it was; ' +
          'or `pullet unjoin m1 --cluster-kubeconfig k` takes back what it has made\n',
      );
      const shell = newShell();
      expect([await shell.pullet(JOIN), shell.err]).toEqual([0, '']);
      const { uid = '' } = cluster()?.metadata ?? {};
      expect([ownersOf('m1'), ownersOf('m1-impersonator')]).toEqual([[uid], [uid]]);
      for (const name of ['m1', 'm1-impersonator'])
        await hub.client.delete(secrets, { namespace: 'karmada-cluster', name });
      await hub.client.delete(clusters, { name: 'm1' });
    }
    expect(requests).toBeGreaterThanOrEqual(6);
  });

  test('is gone on with as the second command says, and leaves alone what others have said of the cluster', async () => {
    await joinUntil(5);
    const before = cluster() as Cluster;
    const taints = [{ key: 'theirs', effect: 'NoSchedule' as const }];
    hub.put(clusters, { ...before, spec: { ...before.spec, taints, region: 'old' } } as Cluster);
    expect(await newShell().pullet(`${JOIN} --cluster-provider theirs --cluster-zones a,b`)).toBe(0);
    expect(cluster()?.spec).toEqual({ ...before.spec, taints, provider: 'theirs', zones: ['a', 'b'] });
  });

  test('is not gone on with by another member, or by one whose join is complete', async () => {
    await joinUntil(5);
    expect(cluster()).toBeDefined();
    const other = newFakeKube();
    other.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'id-2' } });
    const stranger = newShell();
    stranger.factory = { ...stranger.factory, memberClient: async () => other.client };
    expect(await stranger.pullet(JOIN)).toBe(1);
    expect(stranger.err).toContain('has been registered (as cluster m1)');
    expect(await newShell().pullet(JOIN)).toBe(0);
    expect(await newShell().pullet(JOIN)).toBe(1);
  });
});
