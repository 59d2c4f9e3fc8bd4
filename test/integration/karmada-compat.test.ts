import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { clusterRoles } from '../../shared/apis/rbac/v1.ts';
import { eventually } from '../framework/eventually.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { newWorld, type World } from '../framework/world.ts';
import { newReplay, type Recorded, type Replay, recorded } from './karmada-replay/replay.ts';

/** What the identity rbac-generator, loosened for karmadactl, can be used for, and what it can't. */

const TOKEN = 'jtjhbg.0123456789abcdef';
const JOINING = 'agent-rbac-generator-m26m9b4';

let world: World;
let hub: TestHub;
let replay: Replay;

beforeAll(async () => {
  if (hubIsKube) return;
  world = await newWorld();
  hub = await startTestHub(world, ['--karmada-compat']);
  replay = await newReplay(hub.kubeconfig, TOKEN);
  for (const one of recorded('token').slice(0, 2)) await replay.send(one);
});

afterAll(() => world?.stop());

const post = (path: string, object: object): Recorded => ({
  as: 'generator',
  method: 'POST',
  path,
  contentType: 'application/json',
  body: JSON.stringify(object),
  status: 0,
});

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const role = (kind: string, name: string, rules: object[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  rules,
});
const EVERYTHING = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
const binding = (name: string, to: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: to },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' }],
});
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const ATTACKS: [string, Recorded][] = [
  ['a role of all rights', post(`${RBAC}/clusterroles`, role('ClusterRole', 'all', EVERYTHING))],
  [
    'all rights under the joining agent’s name',
    post(`${RBAC}/clusterroles`, role('ClusterRole', 'system:karmada:m2:agent', EVERYTHING)),
  ],
  [
    'rights under another cluster’s name',
    post(`${RBAC}/clusterroles`, role('ClusterRole', 'system:karmada:m3:agent', [])),
  ],
  ['a binding to cluster-admin', post(`${RBAC}/clusterrolebindings`, binding('mallory', 'cluster-admin'))],
  [
    'a binding to cluster-admin under the agent’s name',
    post(`${RBAC}/clusterrolebindings`, binding('system:karmada:m2:agent', 'cluster-admin')),
  ],
  ['a namespace', post('/api/v1/namespaces', namespace('mine'))],
  ['another cluster’s execution space', post('/api/v1/namespaces', namespace('karmada-es-m3'))],
  [
    'a Cluster',
    post('/apis/cluster.karmada.io/v1alpha1/clusters', {
      apiVersion: 'cluster.karmada.io/v1alpha1',
      kind: 'Cluster',
      metadata: { name: 'rbac-generator' },
      spec: { syncMode: 'Pull' },
    }),
  ],
  [
    'a Secret',
    post('/api/v1/namespaces/karmada-cluster/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'm3' } }),
  ],
  ['to change a role', { ...post(`${RBAC}/clusterroles/system:karmada:m2:agent`, {}), method: 'PATCH' }],
  ['to delete a role', { ...post(`${RBAC}/clusterroles/system:karmada:m2:agent`, {}), method: 'DELETE' }],
  ['tokens', { as: 'generator', method: 'GET', path: '/api/v1/namespaces/kube-system/secrets', status: 0 }],
];

const statusOf = async (one: Recorded): Promise<number> => (await replay.send(one)).status;
const requests = () => hub.client.list(certificateSigningRequests);

describe.skipIf(hubIsKube)('the identity rbac-generator', () => {
  test('may do nothing before a join', async () => {
    for (const [what, attack] of ATTACKS) expect([what, await statusOf(attack)]).toEqual([what, 403]);
  });

  test('may do nothing during a join but what the hub has done already', async () => {
    const [request] = recorded('register').filter(({ as, method }) => as === 'token' && method === 'POST');
    if (!request) throw new Error('no request was recorded');
    await replay.send(request);
    await eventually('the certificate of the generator', async () => {
      const csr = await hub.client.get(certificateSigningRequests, { name: JOINING });
      return csr.status?.certificate !== undefined;
    });
    const before = (await hub.client.list(clusterRoles)).items.length;
    for (const [what, attack] of ATTACKS) expect([what, await statusOf(attack)]).toEqual([what, 403]);
    for (const one of recorded('register').filter(({ as, method }) => as === 'generator' && method === 'POST'))
      expect([one.path, await statusOf(one)]).toEqual([one.path, 409]);
    expect((await hub.client.list(clusterRoles)).items).toHaveLength(before);
  });

  test('may do nothing again once the agent has its certificate', async () => {
    const requestsOfToken = recorded('register').filter(({ as, method }) => as === 'token' && method === 'POST');
    const agents = requestsOfToken[1];
    if (!agents) throw new Error('no request was recorded');
    await replay.send(agents);
    await eventually('the certificate of the agent', async () => {
      const all = (await requests()).items.filter(({ metadata }) => metadata.name?.startsWith('m2-'));
      return all[0]?.status?.certificate !== undefined;
    });
    const creates = recorded('register').filter(({ as, method }) => as === 'generator' && method === 'POST');
    for (const attack of [...ATTACKS.map(([, one]) => one), ...creates])
      expect([attack.path, await statusOf(attack)]).toEqual([attack.path, 403]);
  });

  test('is not given to a token of another group', async () => {
    const csr = await hub.client.get(certificateSigningRequests, { name: JOINING });
    const { request, signerName, usages } = csr.spec;
    await hub.client.create(certificateSigningRequests, {
      apiVersion: csr.apiVersion,
      kind: csr.kind,
      metadata: { name: 'agent-rbac-generator-m3abcde' },
      spec: { request, signerName, ...(usages ? { usages } : {}) },
    });
    const refused = await eventually('the decision', async () => {
      const mine = await hub.client.get(certificateSigningRequests, { name: 'agent-rbac-generator-m3abcde' });
      return mine.status?.conditions?.[0];
    });
    expect(refused).toMatchObject({
      type: 'Denied',
      message: expect.stringContaining('only tokens made by karmadactl'),
    });
  });
});
