import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCertRenewCommand } from '../../cli/commands/cert-renew.ts';
import type { Factory } from '../../cli/factory.ts';
import { runBackup } from '../../services/hub/backup/backup-command.ts';
import { runCa } from '../../services/hub/ca/ca-command.ts';
import { clusterInfoKubeconfig } from '../../services/install/cluster-info.ts';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { findCondition } from '../../shared/controller/conditions.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import { isIssuedBy } from '../../shared/pki/certificate-info.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { clientFor, clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { createToken, registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { newCommandRunner } from '../framework/run-command.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, namespaceManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** The hub gets another certificate authority while its agents are connected. */

let world: World;
let hub: TestHub;
let member: TestMember;
let kubeconfig: string;
let run: (args: string[]) => Promise<string>;

beforeAll(async () => {
  world = await newWorld();
  run = newCommandRunner(world);
  hub = await startTestHub(world, hubIsKube ? [] : ['--control-listen=127.0.0.1:0']);
  member = await startTestMember(world, 'm1');
  kubeconfig = await registerMember(world, { hub, member });
  await startTestAgent(world, member, kubeconfig, [
    '--cert-rotation-checking-interval=1s',
    '--cluster-failure-threshold=30s',
    '--cluster-lease-duration=8s',
  ]);
  await untilReady(hub, 'm1', 'True');
});

afterAll(() => world.stop());

const stored = async () => (await loadKubeconfig({ path: kubeconfig })).transport;
const trustedPins = async (): Promise<string[]> => caPins((await stored()).caPem ?? '');

async function deliver(name: string): Promise<void> {
  const manifests = [namespaceManifest(name), configMapManifest(name, 'settings', { a: 'b' })];
  await hub.client.create(works, newWork('m1', name, manifests));
  await untilApplied(hub, 'm1', name);
}

/** Rejects unless what serves there shows a certificate of that authority. */
async function expectVouched(url: string, ca: string): Promise<void> {
  const { hostname: host, port } = new URL(url);
  const socket = tls.connect({ host, port: Number(port), ca });
  await once(socket, 'secureConnect');
  socket.destroy();
}

test('an agent takes up the authorities that cluster-info publishes', async () => {
  const key = { name: 'cluster-info', namespace: 'kube-public' };
  const publish = (caPem: string) => {
    const data = { kubeconfig: clusterInfoKubeconfig({ server: hub.server, caPem }) };
    return hub.client.patch(configMaps, key, { type: 'merge', patch: { data } });
  };
  const other = (await newCa({ commonName: 'other', days: 1, now: Date.now() })).certificatePem;
  await publish(hub.caPem + other);
  await eventually('both are stored', async () => (await trustedPins()).includes(caPins(other).join()));
  await publish(hub.caPem);
  await eventually('the one is stored', async () => (await trustedPins()).join() === caPins(hub.caPem).join());
  await deliver('published');
});

// The authority of a real kube-apiserver is not Pullet's to replace.
describe.skipIf(hubIsKube)('on the embedded API', () => {
  const newContext = (said: string[] = []) => {
    const streams = { out: (text: string) => void said.push(text), err: () => {} };
    return { streams, env: {}, signal: new AbortController().signal };
  };
  const ca = async (...args: string[]): Promise<string> => {
    const said: string[] = [];
    await runCa(['--kubeconfig', hub.kubeconfig, ...args], newContext(said), Date.now);
    hub = { ...hub, client: await clientOf(world, hub.kubeconfig) };
    return said.join('');
  };
  /** The kubeconfig of an agent that was away all the time. */
  let sleeper: string;
  const readyCondition = async () =>
    findCondition((await hub.client.get(clusters, { name: 'm1' })).status?.conditions, 'Ready');

  test('a whole roll costs no heartbeat and no delivery, and at its end the old authority counts for nothing', async () => {
    sleeper = await registerMember(world, { hub, member, clusterName: 'sleeper' });
    const former = await loadKubeconfig({ path: kubeconfig });
    const observer = clientFor(world, former);
    const [old] = caPins(hub.caPem);
    const before = await readyCondition();
    let isWatching = true;
    const watch = observer.watch(works, { namespace: executionSpace('m1') }, new AbortController().signal);
    const watching = (async () => {
      for await (const _ of watch);
    })().finally(() => {
      isWatching = false;
    });
    watching.catch(() => {});

    expect(await ca('rotate')).toContain('published, signs next');
    await eventually('the agent knows both', async () => (await trustedPins()).length === 2);
    const copy = `${hub.kubeconfig}-copy`;
    await copyFile(hub.kubeconfig, copy);
    const silent = { apiVersion: 'cluster.karmada.io/v1alpha1', kind: 'Cluster', metadata: { name: 'silent' } };
    await hub.client.create(clusters, { ...silent, spec: { syncMode: 'Pull' } });
    await eventually('the agent has said so', async () =>
      /1 of 2 agents know.*not yet: silent/.test(await ca('status')),
    );
    await expect(ca('switch')).rejects.toThrow(/could not connect again: silent\./);
    await expect(ca('finish')).rejects.toThrow(/ca switch comes next/);
    await hub.client.delete(clusters, { name: 'silent' });
    await deliver('both-known');

    await eventually('the new one signs', async () => /former, still good/.test(await ca('switch')));
    const next = (await loadKubeconfig({ path: hub.kubeconfig })).transport.caPem ?? '';
    await eventually('the agent has a certificate of it', async () => isIssuedBy((await stored()).certPem ?? '', next));
    await deliver('switched');
    expect(isWatching).toBe(true);

    await eventually('the old one is dropped', async () => /nothing is under way/.test(await ca('finish')));
    await eventually('the agent has dropped it too', async () => !(await trustedPins()).includes(old ?? ''));
    expect(await trustedPins()).toHaveLength(1);
    await deliver('finished');
    await eventually('the watch of a former certificate has ended', () => !isWatching);
    await expectVouched(hub.control ?? '', (await stored()).caPem ?? '');
    const told = /Unauthorized\n.* is from another certificate authority .*data directory of the hub/;
    await expect(run(['get', 'clusters', '--kubeconfig', copy])).rejects.toThrow(told);
    await expect(ca('status', '--kubeconfig', copy)).rejects.toThrow(told);
    const file = path.join(world.dir, 'hub.backup');
    await expect(runBackup([file, '--kubeconfig', copy], newContext())).rejects.toThrow(told);
    const late = clientFor(world, { transport: { ...former.transport, caPem: (await stored()).caPem ?? '' } });
    const attempt = late.list(works, { namespace: executionSpace('m1') });
    expect(await attempt.then(() => undefined, isUnauthorized)).toBe(true);
    expect(await readyCondition()).toEqual(before);
  });

  test('an agent that was away all the time comes back with a token and the new pin', async () => {
    const renew = async (...flags: string[]): Promise<void> => {
      const factory = {
        memberClient: async () => member.client,
        streams: { out: () => {}, err: () => {}, isTerminal: false },
        clock: systemClock,
        signal: new AbortController().signal,
      } as unknown as Factory;
      const token = await createToken(hub, 3600_000, { clusterName: 'sleeper' });
      const args = ['--token', token, '--agent-kubeconfig', sleeper, ...flags];
      await newCertRenewCommand(factory).parseAsync(args, { from: 'user' });
    };
    await expect(renew()).rejects.toThrow(/not trusted here\nIf the hub has another authority now, give its pin/);
    const { caPem = '' } = (await loadKubeconfig({ path: hub.kubeconfig })).transport;
    await renew('--discovery-token-ca-cert-hash', caPins(caPem).join());
    const agent = await clientOf(world, sleeper);
    await agent.list(works, { namespace: executionSpace('sleeper') });
  });

  test('what it says now it says after a restart too', async () => {
    const text = await readFile(hub.kubeconfig, 'utf8');
    await hub.stop();
    await hub.start();
    expect(await readFile(hub.kubeconfig, 'utf8')).toBe(text);
    await eventually('the agent is back', () => deliver(`restarted-${Date.now()}`).then(() => true));
    const admin = await clientOf(world, hub.kubeconfig);
    await admin.list(clusters);
  });
});
