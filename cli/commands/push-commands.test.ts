import { beforeEach, describe, expect, test } from 'vitest';
import { KubeconfigError } from '../../shared/client/kubeconfig-file.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { putCluster } from '../../shared/controller/put-cluster.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** Command lines of push mode that can't be done, or not to the end. */

let hub: FakeKube;
let shell: FakeShell;

beforeEach(() => {
  hub = newFakeKube();
  shell = newFakeShell(hub.client, { clock: newFakeClock() });
});

const KARMADA = 'apiregistration.k8s.io/v1/apiservices/v1alpha1.cluster.karmada.io';

test.each(['join', 'rotate-credentials'])(
  '%s gives no kubeconfig to Karmada’s controllers, which can’t read it',
  async (verb) => {
    hub.documents.set(`/apis/${KARMADA}`, { spec: { service: { name: 'karmada-aggregated-apiserver' } } });
    putCluster(hub, 'Push');
    expect(await shell.pullet(`${verb} m1 --cluster-kubeconfig nowhere --credentials kubeconfig`)).toBe(1);
    expect(shell.err).toBe(
      'error: this is a Karmada control plane, which reaches clusters by tokens alone: take --credentials service-account\n',
    );
    expect(hub.list('secrets')).toEqual([]);
  },
);

describe('unjoin', () => {
  const away = { ...newFakeKube().client, delete: () => Promise.reject(new TransportError('no answer from m1:6443')) };

  test('reads the kubeconfig of the member before it removes anything', async () => {
    putCluster(hub, 'Push');
    const memberClient = () => Promise.reject(new KubeconfigError('cannot read the kubeconfig nowhere'));
    shell.factory = { ...shell.factory, memberClient };
    expect(await shell.pullet('unjoin m1 --cluster-kubeconfig nowhere')).toBe(1);
    expect(shell.err).toBe('error: cannot read the kubeconfig nowhere\n');
    expect(hub.list('clusters.cluster.karmada.io')).toHaveLength(1);
    expect(await shell.pullet('unjoin m1 --cluster-kubeconfig nowhere --force')).toBe(0);
    expect(hub.list('clusters.cluster.karmada.io')).toEqual([]);
  });

  test('of a member that can’t be reached says what stays there, and how to go on', async () => {
    putCluster(hub, 'Push');
    shell.factory = { ...shell.factory, memberClient: async () => away };
    expect(await shell.pullet('unjoin m1 --cluster-kubeconfig k')).toBe(1);
    expect(shell.err).toBe(
      'error: the member could not be cleaned (no answer from m1:6443): what join made there stays: namespace karmada-cluster, ClusterRole and ' +
        'ClusterRoleBinding karmada-controller-manager:karmada-m1; the cluster is off the hub: run this again with --force for the rest\n',
    );
    expect(hub.list('clusters.cluster.karmada.io')).toEqual([]);
  });
});
