import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentKeysKey, renderAgentKeys } from '../../../shared/apis/cluster/agent-keys.ts';
import { type Cluster, clusters, executionSpace, TAINT_UNSCHEDULABLE } from '../../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, namespaces } from '../../../shared/apis/core/v1.ts';
import { startTestControl, type TestControl } from '../control-fixture.ts';

let control: TestControl;
beforeEach(async () => {
  control = await startTestControl();
});
afterEach(() => control.stop());

const other = { key: 'a', effect: 'NoExecute' } as const;

function put(more: { metadata?: object; spec?: object; status?: object } = {}): void {
  control.kube.put(clusters, {
    apiVersion: 'cluster.karmada.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'm1', labels: { env: 'prod', tier: 'gold' }, ...more.metadata },
    spec: { syncMode: 'Pull', taints: [other], proxyURL: 'http://user:s3cr3t@proxy', ...more.spec },
    status: { kubernetesVersion: 'v1.33.0', ...more.status },
  } as Cluster);
}
const stored = () => control.kube.get('clusters.cluster.karmada.io', 'm1') as unknown as Cluster | undefined;

test('a cluster is described without how the hub reaches it', async () => {
  const condition = { type: 'Ready', status: 'True', reason: 'ClusterReady', message: 'fine', lastTransitionTime: 't' };
  put({ status: { conditions: [condition], nodeSummary: { totalNum: 3, readyNum: 2 } } });
  const { json, text } = await control.ask('GET', '/clusters/m1');
  expect(json).toMatchObject({
    name: 'm1',
    ready: 'True',
    cordoned: false,
    removing: false,
    nodes: { total: 3, ready: 2 },
  });
  expect(json.conditions).toEqual([condition]);
  expect(text).not.toContain('s3cr3t');
  expect((await control.ask('GET', '/clusters')).json.items).toEqual([json]);
});

test('a cluster that never reported is of unknown readiness', async () => {
  put();
  expect((await control.ask('GET', '/clusters/m1')).json).toMatchObject({ ready: 'Unknown', conditions: [] });
});

describe('a change', () => {
  test('sets and takes away what it names and leaves the rest', async () => {
    put({ metadata: { annotations: { keep: 'me', 'pullet.io/description': 'old' } } });
    const body = { labels: { env: 'test', tier: null }, displayName: 'Store 17', description: null };
    const { status, json } = await control.ask('PATCH', '/clusters/m1', { body });
    expect([status, json.displayName, json.description]).toEqual([200, 'Store 17', undefined]);
    expect(stored()?.metadata.labels).toEqual({ env: 'test' });
    expect(stored()?.metadata.annotations).toEqual({ keep: 'me', 'pullet.io/display-name': 'Store 17' });
    expect(stored()?.spec.taints).toEqual([other]);
  });

  test('cordons and uncordons beside other taints, and twice is as good as once', async () => {
    put();
    const cordon = { key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' };
    for (const cordoned of [true, true]) {
      expect((await control.ask('PATCH', '/clusters/m1', { body: { cordoned } })).json.cordoned).toBe(true);
      expect(stored()?.spec.taints).toEqual([other, cordon]);
    }
    expect((await control.ask('PATCH', '/clusters/m1', { body: { cordoned: false } })).json.cordoned).toBe(false);
    expect(stored()?.spec.taints).toEqual([other]);
  });

  test('does not undo what somebody else writes at the same time', async () => {
    put();
    let others = 1;
    control.kube.before = (request) => {
      if (request.startsWith('patch') && others-- > 0)
        put({ spec: { taints: [other, { key: 'b', effect: 'NoSchedule' }] } });
    };
    expect((await control.ask('PATCH', '/clusters/m1', { body: { cordoned: true } })).status).toBe(200);
    expect(stored()?.spec.taints?.map(({ key }) => key)).toEqual(['a', 'b', TAINT_UNSCHEDULABLE]);
  });

  test('that is in the way of others for ever is a conflict', async () => {
    put();
    control.kube.before = (request) => {
      if (request.startsWith('patch')) put({ metadata: { labels: { n: String(control.kube.requests.length) } } });
    };
    expect((await control.ask('PATCH', '/clusters/m1', { body: { cordoned: true } })).status).toBe(409);
  });

  test.each([
    ['body', {}],
    ['body/cordoned', { cordoned: 'yes' }],
    ['body/displayName', { displayName: '' }],
    ['body/labels/env', { labels: { env: 'not good!' } }],
    ['body/labels/a b', { labels: { 'a b': 'c' } }],
    ['body/spec', { spec: {} }],
  ])('that is wrong in %s is not made', async (field, body) => {
    put();
    const { status, json } = await control.ask('PATCH', '/clusters/m1', { body });
    expect([status, json.errors[0]?.field]).toEqual([400, field]);
    expect(control.kube.requests).toEqual([]);
  });
});

describe('removal', () => {
  test('begins, and is told as such', async () => {
    put({ metadata: { finalizers: ['karmada.io/cluster-controller'] } });
    const { status, json } = await control.ask('DELETE', '/clusters/m1');
    expect([status, json]).toEqual([202, { name: 'm1', removing: true }]);
    expect((await control.ask('GET', '/clusters/m1')).json.removing).toBe(true);
    expect(stored()?.metadata.annotations).toBeUndefined();
  });

  test('by force says so on the cluster', async () => {
    put({ metadata: { finalizers: ['karmada.io/cluster-controller'] } });
    expect((await control.ask('DELETE', '/clusters/m1?force=true')).status).toBe(202);
    expect(stored()?.metadata.annotations).toEqual({ 'pullet.io/force-removal': 'true' });
  });

  test('by force of one that goes at once is fine too', async () => {
    put();
    expect((await control.ask('DELETE', '/clusters/m1?force=true')).status).toBe(202);
    expect(stored()).toBeUndefined();
  });

  test('of none is 404', async () => {
    expect((await control.ask('DELETE', '/clusters/m1')).status).toBe(404);
  });
});

describe('the certificate', () => {
  const now = Date.UTC(2026, 0, 1);
  const keys = {
    'sha256:aa': { until: now + 1000, isRevoked: false },
    'sha256:bb': { until: now + 3000, isRevoked: false },
    'sha256:cc': { until: now + 2000, isRevoked: true },
    'sha256:dd': { until: now - 1000, isRevoked: false },
  };

  test('is told for each key, the longest first', async () => {
    put();
    const data = renderAgentKeys({ keys });
    control.kube.put(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: agentKeysKey('m1'), data } as never);
    const annotations = { 'pullet.io/claimed-by-key': 'sha256:aa' };
    const metadata = { name: executionSpace('m1'), annotations };
    control.kube.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata });
    const { json } = await control.ask('GET', '/clusters/m1/certificate');
    expect(json.keys.map((each) => [each.key, each.state])).toEqual([
      ['sha256:bb', 'former'],
      ['sha256:cc', 'revoked'],
      ['sha256:aa', 'current'],
      ['sha256:dd', 'expired'],
    ]);
    expect(json.keys[0]?.expiresAt).toBe('2026-01-01T00:00:03Z');
  });

  test('of a cluster without any is none, and of no cluster 404', async () => {
    put();
    expect((await control.ask('GET', '/clusters/m1/certificate')).json).toEqual({ cluster: 'm1', keys: [] });
    expect((await control.ask('GET', '/clusters/m2/certificate')).status).toBe(404);
  });
});
