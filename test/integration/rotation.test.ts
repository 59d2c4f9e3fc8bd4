import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Factory } from '../../cli/factory.ts';
import { runPullet } from '../../cli/pullet.ts';
import { withRevokedKeys } from '../../shared/apis/cluster/agent-keys.ts';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { changeAgentKeys, fetchAgentKeys } from '../../shared/client/agent-keys.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { eventually } from '../framework/eventually.ts';
import { createToken, registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { newWatchedClients } from '../framework/watched-clients.ts';
import { configMapManifest, namespaceManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** An agent renews its certificate again and again while it works. */

let world: World;
let hub: TestHub;
let member: TestMember;
let kubeconfig: string;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  kubeconfig = await registerMember(world, { hub, member });
});

afterAll(() => world.stop());

interface Said {
  code: number;
  out: string;
  err: string;
}

async function pullet(...args: string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const factory = {
    memberClient: async () => member.client,
    hubClient: async () => hub.client,
    streams: {
      out: (text: string) => {
        said.out += text;
      },
      err: (text: string) => {
        said.err += text;
      },
      isTerminal: false,
    },
    clock: systemClock,
    env: {},
    signal: new AbortController().signal,
    close: async () => {},
  } as unknown as Factory;
  return { code: await runPullet(args, factory), ...said };
}

/** For the agent of `kubeconfig`. */
const renew = (token: string, ...flags: string[]): Promise<Said> =>
  pullet('cert', 'renew', '--token', token, '--agent-kubeconfig', kubeconfig, ...flags);

const RENEWED = { code: 0, err: expect.stringMatching(/^An agent that is running takes it up .*\n$/) };

test.skipIf(hubIsKube)('a running agent whose credential was revoked comes back with a replacing token', async () => {
  const agent = await startTestAgent(world, member, kubeconfig, ['--cert-rotation-checking-interval=1s']);
  await untilReady(hub, 'm1', 'True');
  await changeAgentKeys(hub.client, 'm1', (record) => withRevokedKeys(record, Date.now()));
  const before = (await hub.client.get(leases, { name: 'm1', namespace: 'karmada-cluster' })).spec?.renewTime;
  const simple = await renew(await createToken(hub, 3600_000, { clusterName: 'm1' }));
  expect(simple).toMatchObject({ code: 1, err: expect.stringContaining('was revoked for cluster m1') });
  const limits = { clusterName: 'm1', isReplacing: true, isSingleUse: true };
  expect(await renew(await createToken(hub, 3600_000, limits), '--new-key')).toMatchObject(RENEWED);
  await eventually('the heartbeat goes on', async () => {
    const { spec } = await hub.client.get(leases, { name: 'm1', namespace: 'karmada-cluster' });
    return spec?.renewTime !== undefined && Date.parse(spec.renewTime) > Date.parse(before ?? '') + 1000;
  });
  await agent.stop();
});

test('the same key needs no replacing token', async () => {
  expect(await renew(await createToken(hub, 3600_000, { clusterName: 'm1' }))).toMatchObject(RENEWED);
});

test('an agent that is asked for a new key has one at once', async () => {
  const agent = await startTestAgent(world, member, kubeconfig);
  await untilReady(hub, 'm1', 'True');
  await eventually('the agent has said that it can', async () => {
    const { metadata } = await hub.client.get(leases, { name: 'm1', namespace: 'karmada-cluster' });
    return metadata.annotations?.['pullet.io/certificate-authority'] !== undefined;
  });
  const before = await readFile(kubeconfig, 'utf8');
  const { code, out } = await pullet('cert', 'rotate', 'm1');
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/has the key sha256:[0-9a-f]{64}, certified until/),
  });
  await eventually('it is stored', async () => (await readFile(kubeconfig, 'utf8')) !== before);
  await agent.stop();
});

test('under load no request of the agent fails while its certificate is renewed again and again', async () => {
  const texts = new Set([await readFile(kubeconfig, 'utf8')]);
  const often = ['--cert-rotation-checking-interval=1s', '--cert-rotation-remaining-time-threshold=0.99999'];
  const { clients, failures, requests } = await newWatchedClients(world, kubeconfig, member);
  await startTestAgent(world, member, kubeconfig, often, clients);
  await untilReady(hub, 'm1', 'True');
  // On the same connections as the agent's own requests, and a watch that must not end while they change.
  let isOver = false;
  const load = Array.from({ length: 2 }, async () => {
    while (!isOver) await clients.hub.get(clusters, { name: 'm1' });
  });
  const watch = clients.hub.watch(works, { namespace: executionSpace('m1') }, new AbortController().signal);
  const watching = (async () => {
    for await (const _ of watch) if (isOver) return 'over';
    return 'ended';
  })();
  const deliver = async (name: string): Promise<void> => {
    const manifests = [namespaceManifest(name), configMapManifest(name, 'settings', { a: 'b' })];
    await hub.client.create(works, newWork('m1', name, manifests));
    await untilApplied(hub, 'm1', name);
  };
  while (texts.size < 4) {
    await deliver(`work-${texts.size}`);
    await eventually('the next certificate', async () => !texts.has(await readFile(kubeconfig, 'utf8')));
    texts.add(await readFile(kubeconfig, 'utf8'));
  }
  const loaded = requests();
  isOver = true;
  await Promise.all(load);
  await deliver('after');
  expect(await watching).toBe('over');
  expect(failures).toEqual([]);
  expect(loaded).toBeGreaterThan(100);
  const { status } = await hub.client.get(clusters, { name: 'm1' });
  const conditions = Object.fromEntries((status?.conditions ?? []).map(({ type, status: is }) => [type, is]));
  expect(conditions).toMatchObject({ Ready: 'True', CertificateRotated: 'True' });
  expect(Object.keys((await fetchAgentKeys(hub.client, 'm1')).keys).length).toBeGreaterThanOrEqual(3);
});
