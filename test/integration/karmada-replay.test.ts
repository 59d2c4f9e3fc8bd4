import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { newWorld, type World } from '../framework/world.ts';
import { newReplay, type Recorded, type Replay, recorded } from './karmada-replay/replay.ts';

/**
 * Recorded requests of karmadactl and karmada-agent get the answers from a hub with --karmada-compat that they got when they ran for real. This is no proof that those
 * programs work, but that what they send is still understood.
 */

const TOKEN = 'jtjhbg.0123456789abcdef';

let world: World;
let hub: TestHub;
let replay: Replay;

beforeAll(async () => {
  if (hubIsKube) return;
  world = await newWorld();
  hub = await startTestHub(world, ['--karmada-compat']);
  replay = await newReplay(hub.kubeconfig, TOKEN);
});

afterAll(() => world?.stop());

/** What a controller has yet to do is asked for again, as the programs do. */
async function play(name: string): Promise<void> {
  for (const one of recorded(name)) {
    const what = `${name}: ${one.as} ${one.method} ${one.path}`;
    const isPolled = one.method === 'GET';
    const answer = isPolled ? await poll(what, one) : await replay.send(one);
    const isAsRecorded = answer.status === one.status || (one.mayBeGone === true && answer.status === 404);
    expect(isAsRecorded ? '' : `${what}: ${answer.status} ${answer.text}`).toBe('');
  }
}

async function poll(what: string, one: Recorded) {
  const isRequest = one.path.includes('/certificatesigningrequests/');
  return await eventually(what, async () => {
    const answer = await replay.send(one);
    if (answer.status !== one.status) throw new Error(`${answer.status} ${answer.text}`);
    return isRequest && !answer.text.includes('"certificate":') ? undefined : answer;
  });
}

describe.skipIf(hubIsKube)('what karmadactl and karmada-agent send', () => {
  test('to create, list and delete tokens', async () => {
    await play('token');
    const { items } = await hub.client.list(secrets, { namespace: 'kube-system' });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['bootstrap-token-jtjhbg']);
  });

  test('to register: the hub has made everything beforehand, and gives both certificates', async () => {
    await play('register');
  });

  test('to start an agent', async () => {
    await play('agent-start');
    const cluster: Cluster = await hub.client.get(clusters, { name: 'm2' });
    expect(cluster.status?.conditions?.map(({ type, status }) => [type, status])).toContainEqual(['Ready', 'True']);
  });

  test('to report on a Work that the hub has filled', async () => {
    await hub.client.create(works, newNginx());
    await play('agent-work');
    const work = await hub.client.get(works, { namespace: 'karmada-es-m2', name: 'nginx' });
    expect(work.metadata.finalizers).toEqual(['karmada.io/execution-controller']);
    expect(work.spec.workload?.manifests?.[0]).toMatchObject({
      metadata: {
        labels: { 'karmada.io/managed': 'true' },
        annotations: { 'work.karmada.io/name': 'nginx', 'resourcetemplate.karmada.io/generation': '1' },
      },
    });
    expect(work.status?.manifestStatuses).toHaveLength(1);
  });

  test('to register another cluster under the name: it may look, and take nothing away', async () => {
    await play('register-again');
  });

  test('to unregister', async () => {
    await play('unregister');
  });
});

function newNginx() {
  const labels = { app: 'nginx' };
  const spec = { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } };
  const metadata = { name: 'nginx', namespace: 'default', resourceVersion: '12', labels };
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name: 'nginx', namespace: 'karmada-es-m2' },
    spec: { workload: { manifests: [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }] } },
  };
}

const podSpec = { containers: [{ name: 'nginx', image: 'nginx' }] };
