import { beforeEach, expect, test } from 'vitest';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** Command lines of push mode that are refused before anything is asked of a member. */

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
    hub.put(clusters, {
      apiVersion: 'cluster.karmada.io/v1alpha1',
      kind: 'Cluster',
      metadata: { name: 'm1' },
      spec: { syncMode: 'Push' },
    } as Cluster);
    expect(await shell.pullet(`${verb} m1 --cluster-kubeconfig nowhere --credentials kubeconfig`)).toBe(1);
    expect(shell.err).toBe(
      'error: this is a Karmada control plane, which reaches clusters by tokens alone: take --credentials service-account\n',
    );
    expect(hub.list('secrets')).toEqual([]);
  },
);
