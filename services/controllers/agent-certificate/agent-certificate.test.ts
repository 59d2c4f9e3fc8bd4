import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withAgentKey, withIssuedKey, withRevokedKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import { type Cluster, clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../../shared/apis/core/v1.ts';
import type { Condition } from '../../../shared/apis/meta/v1.ts';
import { changeAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { FakeKube } from '../../../shared/controller/fake-kube.ts';
import { FIXTURE_NOW, type HubFixture, newHubFixture, newTestCluster, readCluster } from '../hub-fixture.ts';

const DAY_MS = 24 * 3600_000;
const PIN = `sha256:${'a'.repeat(64)}`;

let hub: HubFixture;
let kube: FakeKube;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube } = hub);
});
afterEach(() => hub.stop());

function claim(annotations: Record<string, string> = {}): void {
  const claimed = { 'pullet.io/claimed-by-key': PIN, ...annotations };
  const metadata = { name: 'karmada-es-m1', labels: { 'karmada.io/system': 'true' }, annotations: claimed };
  kube.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata });
}

/** Given out at the start, for so many days. */
async function certify(days: number): Promise<void> {
  const until = FIXTURE_NOW + days * DAY_MS;
  await changeAgentKeys(kube.client, 'm1', (record) =>
    withIssuedKey(withAgentKey(record, PIN, until, FIXTURE_NOW), PIN, { from: FIXTURE_NOW, until }),
  );
}

const told = (): Condition | undefined =>
  (readCluster(kube)?.status?.conditions as Condition[] | undefined)?.find(
    ({ type }) => type === 'CertificateExpiring',
  );
const record = () => kube.get('configmaps', 'karmada-cluster/agent-keys-m1');

describe('the end of an agent’s certificate', () => {
  test('is told of karmada-agent’s from the start, a month before, and when it has come', async () => {
    claim({ 'pullet.io/karmada-agent': 'true' });
    await certify(365);
    kube.put(clusters, newTestCluster('True') as Cluster);
    await hub.start();
    await hub.until(() => told() !== undefined);
    expect(told()).toMatchObject({
      status: 'False',
      reason: 'NotYet',
      message: expect.stringContaining('2027-01-01T'),
    });
    await hub.clock.advance(334 * DAY_MS);
    expect(told()?.status).toBe('False');
    await hub.clock.advance(2 * DAY_MS);
    expect(told()).toMatchObject({
      status: 'True',
      reason: 'EndsSoon',
      message: expect.stringContaining('karmada-agent'),
    });
    await hub.clock.advance(30 * DAY_MS);
    expect(told()).toMatchObject({ status: 'True', reason: 'Ended' });
  });

  test('is no longer told as karmada-agent’s once Pullet’s agent in its place has renewed the certificate', async () => {
    claim({ 'pullet.io/karmada-agent': 'true' });
    await certify(365);
    const cluster = newTestCluster('True');
    kube.put(clusters, cluster as Cluster);
    await hub.start();
    await hub.until(() => told() !== undefined);
    expect(told()?.message).toContain('karmada-agent');
    const renewed = { type: 'CertificateRotated', status: 'True', reason: 'Rotated', message: '' };
    const conditions = [...(readCluster(kube)?.status?.conditions ?? []), renewed];
    kube.put(clusters, { ...readCluster(kube), status: { conditions } } as Cluster);
    await hub.until(() => !told()?.message.includes('karmada-agent'));
    expect(told()).toMatchObject({
      status: 'False',
      reason: 'NotYet',
      message: 'the certificate of its agent ends at 2027-01-01T00:00:00Z',
    });
  });

  test('is told of Pullet’s own only when it should have been renewed long ago, and until it is', async () => {
    claim();
    await certify(30);
    kube.put(clusters, newTestCluster('True') as Cluster);
    await hub.start();
    await hub.clock.advance(23 * DAY_MS);
    expect(told()).toBeUndefined();
    await hub.clock.advance(2 * DAY_MS);
    expect(told()).toMatchObject({
      status: 'True',
      reason: 'EndsSoon',
      message: expect.stringContaining('2026-01-31T'),
    });
    await certify(60);
    await hub.until(() => told()?.status === 'False');
  });
});

describe('the record of keys', () => {
  test('goes with the cluster, when no certificate of it can be shown any more', async () => {
    await certify(30);
    await changeAgentKeys(kube.client, 'm1', (keys) => withRevokedKeys(keys, FIXTURE_NOW));
    await hub.start();
    await hub.clock.advance(365 * DAY_MS);
    expect(record()).toBeDefined();
    await hub.clock.advance(2 * DAY_MS);
    expect(record()).toBeUndefined();
  });

  test('stays as long as the cluster does, also where its agent has slept past its certificate', async () => {
    claim();
    await certify(30);
    kube.put(clusters, newTestCluster('True') as Cluster);
    await hub.start();
    await hub.clock.advance(40 * DAY_MS);
    expect(record()).toBeDefined();
  });
});
