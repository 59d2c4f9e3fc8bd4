import { describe, expect, test } from 'vitest';
import type { ConfigMap } from '../../shared/apis/core/v1.ts';
import { clusterInfoKubeconfig, newClusterInfo } from './cluster-info.ts';
import { type ClusterInfoRequest, decideClusterInfo } from './cluster-info-decision.ts';
import { unreachableBecause } from './reachable-address.ts';

const kubeconfigOf = (server: string) => clusterInfoKubeconfig({ server, caPem: 'ca' });
/** As kubeadm writes it: without a label of ours. */
const theirs = (server: string): ConfigMap => {
  const { metadata, ...rest } = newClusterInfo(kubeconfigOf(server));
  return { ...rest, metadata: { name: metadata.name ?? '' } };
};
const ours = (server: string): ConfigMap => newClusterInfo(kubeconfigOf(server));
const request = (change: Partial<ClusterInfoRequest> = {}): ClusterInfoRequest => ({
  server: 'https://hub.example.com:6443',
  caPem: 'ca',
  isOverwriting: false,
  ...change,
});
const [LOCAL, HUB] = ['https://127.0.0.1:6443', 'https://hub.example.com:6443'];
const KUBERNETES = 'https://kubernetes.default.svc:443';

describe('cluster-info', () => {
  test.each<[string, ConfigMap | undefined, Partial<ClusterInfoRequest>, string, string]>([
    ['is made with the address of the kubeconfig', undefined, {}, 'created', HUB],
    ['is made with the address that is given', undefined, { server: LOCAL, advertised: HUB }, 'created', HUB],
    ['is made with a loopback address if that is given', undefined, { advertised: LOCAL }, 'created', LOCAL],
    ['of somebody else is used as it is', theirs('https://other:1'), {}, 'unchanged', 'https://other:1'],
    ['of ours is used as it is, wherever the kubeconfig goes', ours(LOCAL), { server: LOCAL }, 'unchanged', LOCAL],
    ['that says what is given is used as it is', theirs(LOCAL), { advertised: LOCAL }, 'unchanged', LOCAL],
    ['is overwritten when asked', theirs(LOCAL), { isOverwriting: true }, 'configured', HUB],
    ['that says so already is not', theirs(HUB), { isOverwriting: true }, 'unchanged', HUB],
  ])('%s', (_what, current, change, outcome, server) => {
    const decision = decideClusterInfo(current, request(change));
    expect(decision).toMatchObject({ outcome, server });
    expect(decision.kubeconfig).toBe(outcome === 'unchanged' ? undefined : kubeconfigOf(server));
  });

  test.each<[string, ConfigMap | undefined, Partial<ClusterInfoRequest>, RegExp]>([
    ['a kubeconfig that names a loopback address', undefined, { server: LOCAL }, /the kubeconfig names .*--advertise/s],
    ['one that names a cluster-internal name', undefined, { server: KUBERNETES }, /only inside of the cluster/],
    ['one without a CA', undefined, { caPem: '' }, /certificate-authority-data/],
    ['a cluster-info of others that misleads', theirs(LOCAL), {}, /cluster-info .*127\.0\.0\.1.*--overwrite/s],
    ['one with something unreadable', theirs('nonsense'), {}, /no https address/],
    ['another address than the one that is there', theirs(HUB), { advertised: LOCAL }, /says .* already.*--overwrite/s],
  ])('refuses %s, and says what to do', (_what, current, change, message) => {
    expect(() => decideClusterInfo(current, request(change))).toThrow(message);
  });
});

test.each(['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::', 'a.localhost', '169.254.1.1', 'fe80::1'])(
  'members can not reach %s',
  (host) => expect(unreachableBecause(host)).toBeDefined(),
);
test.each(['kubernetes', 'kubernetes.default', 'kubernetes.default.svc.cluster.local', 'api.prod.svc'])(
  'nor the name %s, which only the cluster knows',
  (host) => expect(unreachableBecause(host)).toContain('only inside of the cluster'),
);
test.each(['10.0.0.1', 'hub.example.com', '2001:db8::1', 'kind-control-plane', 'kubernetes.example.com'])(
  'nothing speaks against %s',
  (host) => expect(unreachableBecause(host)).toBeUndefined(),
);
