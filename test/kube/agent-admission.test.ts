/** What an agent may write, case by case: the ValidatingAdmissionPolicy on a real kube-apiserver decides as the embedded API's own admission does. */

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub } from '../../services/hub/hub.ts';
import { parseHubOptions } from '../../services/hub/options.ts';
import { AGENT_ORGANIZATION, agentUser } from '../../shared/apis/cluster/v1alpha1.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import type { Transport } from '../../shared/client/transport.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { eventually } from '../framework/eventually.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import { startKubeControlPlane } from './control-plane.ts';

const binaries = await ensureBinaries();

interface Write {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
  /** The user's name if it is not the agent m1. */
  as?: string;
}

const CLUSTERS = '/apis/cluster.karmada.io/v1alpha1/clusters';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces';
const works = (cluster: string) => `/apis/work.karmada.io/v1alpha1/namespaces/karmada-es-${cluster}/works`;
const secrets = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;
const events = (namespace: string) => `/api/v1/namespaces/${namespace}/events`;
const newEvents = (namespace: string) => `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;

const cluster = (name: string, syncMode?: string) => ({
  apiVersion: 'cluster.karmada.io/v1alpha1',
  kind: 'Cluster',
  metadata: { name },
  spec: syncMode === undefined ? {} : { syncMode },
});
const lease = (name: string) => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name } });
const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name } });
const work = (name: string) => ({
  apiVersion: 'work.karmada.io/v1alpha1',
  kind: 'Work',
  metadata: { name },
  spec: { workload: { manifests: [] } },
});
const event = (namespace: string, kind: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { generateName: 'e-' },
  involvedObject: { kind, name, ...(namespace === 'default' ? {} : { namespace }) },
});
const newEvent = (name: string) => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'e' },
  eventTime: '2026-01-01T00:00:00.000000Z',
  reportingController: 'pullet.io/agent',
  reportingInstance: 'a',
  action: 'Test',
  reason: 'Test',
  type: 'Normal',
  regarding: { kind: 'Cluster', name },
});

/** There before the cases, so that they can be changed and deleted. */
const EXISTING: [string, object][] = [
  ['/api/v1/namespaces', { metadata: { name: 'karmada-es-m1' } }],
  ['/api/v1/namespaces', { metadata: { name: 'karmada-es-m2' } }],
  [events('default'), { ...event('default', 'Node', 'm1'), metadata: { name: 'about-node' } }],
  ...['m1', 'm2'].flatMap((name): [string, object][] => [
    [events('default'), { ...event('default', 'Cluster', name), metadata: { name: `about-${name}` } }],
    [CLUSTERS, cluster(name, 'Pull')],
    [`${LEASES}/karmada-cluster/leases`, lease(name)],
    [secrets('karmada-cluster'), secret(name)],
    [works(name), work('w')],
  ]),
];

const ABOUT_M1 = { involvedObject: { kind: 'Cluster', name: 'm1' }, message: 'gone' };

type Case = [what: string, write: Write, expected: 'allowed' | 'forbidden'];
const post = (target: string, body: object): Write => ({ method: 'POST', path: target, body });
const patch = (target: string, body: object): Write => ({ method: 'PATCH', path: target, body });
const del = (target: string): Write => ({ method: 'DELETE', path: target });

/** A new agent's Cluster is that of m3, which isn't there yet. */
const asNew = (write: Write): Write => ({ ...write, as: agentUser('m3') });

const CASES: Case[] = [
  ['its Cluster', asNew(post(CLUSTERS, cluster('m3', 'Pull'))), 'allowed'],
  ['another Cluster', post(CLUSTERS, cluster('m3', 'Pull')), 'forbidden'],
  ['a Cluster that the hub would dial', asNew(post(CLUSTERS, cluster('m3', 'Push'))), 'forbidden'],
  ['its Cluster, changed', patch(`${CLUSTERS}/m1`, cluster('m1', 'Pull')), 'allowed'],
  ['another Cluster, changed', patch(`${CLUSTERS}/m2`, cluster('m2', 'Pull')), 'forbidden'],
  ['its Cluster, into one that the hub dials', patch(`${CLUSTERS}/m1`, cluster('m1', 'Push')), 'forbidden'],
  ['the status of its Cluster', patch(`${CLUSTERS}/m1/status`, cluster('m1', 'Pull')), 'allowed'],
  ['the status of another', patch(`${CLUSTERS}/m2/status`, cluster('m2', 'Pull')), 'forbidden'],
  ['that its Cluster goes', del(`${CLUSTERS}/m1`), 'allowed'],
  ['that another Cluster goes', del(`${CLUSTERS}/m2`), 'forbidden'],
  ['that all Clusters go', del(CLUSTERS), 'forbidden'],
  ['its lease', asNew(post(`${LEASES}/karmada-cluster/leases`, lease('m3'))), 'allowed'],
  ['another lease', post(`${LEASES}/karmada-cluster/leases`, lease('m3')), 'forbidden'],
  ['its lease, renewed', patch(`${LEASES}/karmada-cluster/leases/m1`, lease('m1')), 'allowed'],
  ['another lease, renewed', patch(`${LEASES}/karmada-cluster/leases/m2`, lease('m2')), 'forbidden'],
  ['a lease of its name elsewhere', post(`${LEASES}/default/leases`, lease('m1')), 'forbidden'],
  ['the lease of its replicas', post(`${LEASES}/default/leases`, lease('karmada-agent-m1')), 'allowed'],
  ['that of another', post(`${LEASES}/default/leases`, lease('karmada-agent-m2')), 'forbidden'],
  ['a lease with a name that the server makes', post(`${LEASES}/default/leases`, generated('Lease')), 'forbidden'],
  ['its Secret', asNew(post(secrets('karmada-cluster'), secret('m3'))), 'allowed'],
  ['its impersonator', post(secrets('karmada-cluster'), secret('m1-impersonator')), 'allowed'],
  ['the Secret of another', post(secrets('karmada-cluster'), secret('m3')), 'forbidden'],
  ['the impersonator of another', post(secrets('karmada-cluster'), secret('m2-impersonator')), 'forbidden'],
  ['a Secret of its name elsewhere', post(secrets('default'), secret('m1')), 'forbidden'],
  ['a bootstrap token', post(secrets('kube-system'), secret('bootstrap-token-aaaaaa')), 'forbidden'],
  ['that the Secret of another goes', del(`${secrets('karmada-cluster')}/m2`), 'forbidden'],
  ['a Work of its own', post(works('m1'), work('v')), 'allowed'],
  ['a Work of another', post(works('m2'), work('v')), 'forbidden'],
  ['the status of its Work', patch(`${works('m1')}/w/status`, work('w')), 'allowed'],
  ['the status of the Work of another', patch(`${works('m2')}/w/status`, work('w')), 'forbidden'],
  ['that its Work goes', del(`${works('m1')}/w`), 'allowed'],
  ['that the Work of another goes', del(`${works('m2')}/w`), 'forbidden'],
  ['an event about its Cluster', post(events('default'), event('default', 'Cluster', 'm1')), 'allowed'],
  ['an event about another', post(events('default'), event('default', 'Cluster', 'm2')), 'forbidden'],
  ['an event about something else', post(events('default'), event('default', 'Node', 'm1')), 'forbidden'],
  ['an event about its Cluster, told again', patch(`${events('default')}/about-m1`, ABOUT_M1), 'allowed'],
  ['an event about another, made its own', patch(`${events('default')}/about-m2`, ABOUT_M1), 'forbidden'],
  ['an event about a node, made its own', patch(`${events('default')}/about-node`, ABOUT_M1), 'forbidden'],
  ['an event in its execution space', post(events('karmada-es-m1'), event('karmada-es-m1', 'Work', 'w')), 'allowed'],
  ['one in that of another', post(events('karmada-es-m2'), event('karmada-es-m2', 'Work', 'w')), 'forbidden'],
  ['an event of the newer kind', post(newEvents('default'), newEvent('m1')), 'allowed'],
  ['one of the newer kind about another', post(newEvents('default'), newEvent('m2')), 'forbidden'],
  ['a namespace', post('/api/v1/namespaces', { metadata: { name: 'karmada-es-m4' } }), 'forbidden'],
  ['that its execution space goes', del('/api/v1/namespaces/karmada-es-m1'), 'forbidden'],
  [
    'a ConfigMap in its execution space',
    post('/api/v1/namespaces/karmada-es-m1/configmaps', { metadata: { name: 'c' } }),
    'forbidden',
  ],
  [
    'a right',
    post('/apis/rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name: 'x' }, rules: [] }),
    'forbidden',
  ],
  [
    'a question about its own rights',
    post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace: 'default' } }),
    'allowed',
  ],
  ['anything, without a cluster in its name', { ...del(`${CLUSTERS}/m1`), as: 'system:karmada:agent:' }, 'forbidden'],
  ['anything, under a name of another form', { ...del(`${CLUSTERS}/m1`), as: 'm1' }, 'forbidden'],
];

function generated(kind: string): object {
  return { kind, metadata: { generateName: 'm1' } };
}

/** Allowed by admission, whatever becomes of it after. Nothing is stored. */
async function outcome(transport: Transport, write: Write): Promise<string> {
  const { status, body } = await send(transport, write, {
    'impersonate-user': write.as ?? agentUser('m1'),
    'impersonate-group': AGENT_ORGANIZATION,
  });
  if (status < 300) return 'allowed';
  if (status === 403 && body.includes('its own cluster')) return 'forbidden';
  return `${status} ${body}`;
}

async function send(transport: Transport, write: Write, headers: Record<string, string> = {}) {
  const { status, body } = await transport.request({
    method: write.method,
    path: write.path + (Object.keys(headers).length > 0 ? '?dryRun=All' : ''),
    headers: {
      ...headers,
      'content-type': write.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    },
    ...(write.body ? { body: JSON.stringify(write.body) } : {}),
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { status, body: Buffer.concat(chunks).toString() };
}

describe.runIf('dir' in binaries)('an agent writes', () => {
  let world: World;
  let kube: Transport;
  let embedded: Transport;

  beforeAll(async () => {
    world = await newWorld();
    const controlPlane = await startKubeControlPlane({ name: 'admission', controllers: [] });
    world.onStop('kube-apiserver', () => controlPlane.stop());
    kube = await startOn([`--kubeconfig=${controlPlane.kubeconfigPath}`]);
    embedded = await startOn([`--data-dir=${path.join(world.dir, 'hub')}`, '--listen=127.0.0.1:0']);
    for (const transport of [kube, embedded]) await prepare(transport);
    await eventually(
      'the policy is in force',
      async () => (await outcome(kube, del(`${CLUSTERS}/m2`))) === 'forbidden',
    );
  });
  afterAll(() => world?.stop());

  /** The hub makes its objects and is stopped where it isn't the API itself: its controllers would be in the way. */
  async function startOn(flags: string[]): Promise<Transport> {
    const options = parseHubOptions(flags, {});
    if (!options) throw new Error('the hub was asked for help');
    const hub = await startHub(options, { clock: systemClock, log: world.log });
    if (options.api.kind === 'embedded') world.onStop('hub', () => hub.stop());
    else await hub.stop();
    const transport = newHttpTransport((await loadKubeconfig({ path: hub.adminKubeconfig })).transport);
    world.onStop('connection', () => transport.close());
    return transport;
  }

  /** With every right: what is refused then is refused at admission. */
  async function prepare(transport: Transport): Promise<void> {
    const binding = {
      metadata: { name: 'agents-may-do-anything' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: AGENT_ORGANIZATION }],
    };
    const made: [string, object][] = [['/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', binding], ...EXISTING];
    for (const [target, body] of made) {
      await eventually(`${target} is made`, async () => {
        const { status, body: answer } = await send(transport, post(target, body));
        if (status === 201 || status === 409) return true;
        throw new Error(answer);
      });
    }
  }

  test.each(CASES)('%s', async (_what, write, expected) => {
    const decided = { embedded: await outcome(embedded, write), kube: await outcome(kube, write) };
    expect(decided).toEqual({ embedded: expected, kube: expected });
  });
});

test.skipIf('dir' in binaries)('kube-apiserver is not here, so nothing was compared', () => {
  expect(binaries).toHaveProperty('reason');
});
