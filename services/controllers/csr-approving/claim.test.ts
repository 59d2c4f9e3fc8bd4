import { describe, expect, test } from 'vitest';
import {
  CLUSTER_FINALIZER,
  type Cluster,
  CONDITION_REMOVING,
  clusters,
  FORCE_REMOVAL_ANNOTATION,
  REASON_WAITING_FOR_AGENT,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces } from '../../../shared/apis/core/v1.ts';
import { fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
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

describe('a Cluster whose removal waits for its agent', () => {
  interface Scene {
    annotations?: Record<string, string>;
    ready?: 'True' | 'Unknown';
    reason?: string;
  }
  const leaving = ({ annotations = {}, ready = 'Unknown', reason = REASON_WAITING_FOR_AGENT }: Scene = {}): Cluster => {
    const { status, ...cluster } = newTestCluster(ready);
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    const removing = { type: CONDITION_REMOVING, status: 'False' as const, reason, message: '', lastTransitionTime };
    const metadata = {
      name: 'm1',
      deletionTimestamp: lastTransitionTime,
      finalizers: [CLUSTER_FINALIZER],
      annotations,
    };
    return { ...cluster, metadata, status: { ...status, conditions: [...(status?.conditions ?? []), removing] } };
  };
  const asked = async (cluster: Cluster, { key = 'new', uid = 'member', isReplacing = true } = {}) => {
    const { kube, deps } = newHub();
    await join(deps, 'old');
    kube.put(clusters, cluster);
    const replacing = { ...deps, endsCertificates: true };
    const claim = await claimName(replacing, { ...claimant(key), uid }, isReplacing, signal);
    return { kube, claim };
  };

  test('lets it in with a new key, and ends the old one', async () => {
    const { kube, claim } = await asked(leaving());
    expect(claim).toBe('granted');
    expect((await fetchAgentKeys(kube.client, 'm1', signal)).keys['sha256:old']?.isRevoked).toBe(true);
  });

  test('lets it in with the key that it had', async () => {
    expect((await asked(leaving(), { key: 'old', isReplacing: false })).claim).toBe('granted');
  });

  test.each<[string, Scene, Parameters<typeof asked>[1]]>([
    ['another member', {}, { uid: 'another' }],
    ['who declares no member', {}, { uid: '' }],
    ['a token that replaces nobody', {}, { isReplacing: false }],
    ['anybody when the agent is Ready', { ready: 'True' }, {}],
    ['anybody when it goes on without', { annotations: { [FORCE_REMOVAL_ANNOTATION]: 'true' } }, {}],
    ['anybody when it waits for something else', { reason: 'Other' }, {}],
  ])('does not let in %s', async (_what, scene, claimed) => {
    expect((await asked(leaving(scene), claimed)).claim).toBe('leaving');
  });

  test('lets nobody in when its space is going', async () => {
    const { kube, deps } = newHub();
    await join(deps, 'old');
    const space = kube.get('namespaces', 'karmada-es-m1') as unknown as Namespace;
    kube.put(namespaces, { ...space, metadata: { ...space.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    kube.put(clusters, leaving());
    expect(await claimName({ ...deps, endsCertificates: true }, claimant('new'), true, signal)).toBe('leaving');
  });
});
