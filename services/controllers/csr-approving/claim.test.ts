import { expect, test } from 'vitest';
import { CLUSTER_FINALIZER, clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import { type FakeKube, newFakeKube } from '../../../shared/controller/fake-kube.ts';
import { newTestCluster } from '../hub-fixture.ts';
import { type ClaimDeps, claimName, recordKey } from './claim.ts';

const { signal } = new AbortController();
const NOW = Date.UTC(2026, 0, 1);
const HOUR_MS = 3600_000;

/** A hub whose API can't end certificates: an old one of the name lasts. */
function newHub(): { kube: FakeKube; deps: ClaimDeps } {
  const kube = newFakeKube();
  return { kube, deps: { client: kube.client, now: NOW, endsCertificates: false } };
}

/** As when a cluster has left. */
function removeSpace(kube: FakeKube): void {
  const metadata = { name: 'karmada-es-m1', deletionTimestamp: '2026-01-01T00:00:00Z' };
  const space: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata, spec: { finalizers: [] } };
  kube.put(namespaces, space);
}

const claimant = (key: string) => ({ cluster: 'm1', key: `sha256:${key}`, uid: 'member' });

async function join(deps: ClaimDeps, key: string): Promise<void> {
  expect(await claimName(deps, claimant(key), false, signal)).toBe('granted');
  await recordKey(deps, claimant(key), { until: NOW + HOUR_MS, isJoin: true }, signal);
}

test('a join that is looked at again is not refused for the credential that it ended itself', async () => {
  const { kube, deps } = newHub();
  await join(deps, 'old');
  removeSpace(kube);
  await join(deps, 'new');
  expect(await claimName(deps, claimant('new'), false, signal)).toBe('granted');
  expect(await claimName(deps, claimant('old'), false, signal)).toBe('revoked');
  expect(await claimName(deps, claimant('third'), false, signal)).toEqual({ closedUntil: NOW + HOUR_MS });
});

test.each([
  ['has its space', true],
  ['has lost its space already', false],
])('a name whose Cluster is leaving and %s is given to nobody, whatever the token says', async (_what, hasSpace) => {
  const { kube, deps } = newHub();
  if (hasSpace) await join(deps, 'old');
  const metadata = { name: 'm1', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [CLUSTER_FINALIZER] };
  kube.put(clusters, { ...newTestCluster(), metadata });
  const before = [kube.list('namespaces'), kube.list('configmaps')];
  const replacing = { ...deps, endsCertificates: true };
  for (const isReplacing of [true, false])
    expect(await claimName(replacing, claimant('new'), isReplacing, signal)).toBe('leaving');
  expect([kube.list('namespaces'), kube.list('configmaps')]).toEqual(before);
});
