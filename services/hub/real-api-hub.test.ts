import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLUSTER_INFO_NAME, CLUSTER_INFO_NAMESPACE } from '../../shared/apis/bootstrap/token.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { newKey, privateKeyPem } from '../../shared/pki/private-key.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { type Hub, startHub } from './hub.ts';
import { type HubOptions, parseHubOptions } from './options.ts';
import { type SimulatedMember, startSimulatedMember } from './simulated-member.ts';

/** The hub on an API that it does not serve itself. A simulated cluster plays the real one here; the integration tests have kube-apiserver. */

let dir: string;
let api: SimulatedMember;
let hubs: Hub[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'pullet-real-'));
  const directory = path.join(dir, 'api');
  api = await startSimulatedMember({ name: 'api', directory, store: 'memory', clock: systemClock, log: silentLogger });
}, 120_000);

afterEach(async () => {
  for (const hub of hubs) await hub.stop();
  hubs = [];
  await api.stop();
  await rm(dir, { recursive: true, force: true });
}, 120_000);

async function start(...flags: string[]): Promise<Hub> {
  const hub = await startHub(optionsOf(api.kubeconfig, flags), { clock: systemClock, log: silentLogger });
  hubs.push(hub);
  return hub;
}

function optionsOf(kubeconfig: string, flags: string[] = []): HubOptions {
  const options = parseHubOptions([`--kubeconfig=${kubeconfig}`, ...flags], {});
  if (!options) throw new Error('help');
  return options;
}

/** Says when somebody has come, and answers nothing. */
async function startSilentServer(): Promise<{ port: number; called: Promise<void>; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  const called = new Promise<void>((resolve) => server.once('connection', () => resolve()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, called, close };
}

/** More than a lease lasts: one that could not be given back in time, on a machine that stands still, has to run out. */
const SLOW_MS = 50_000;
/** For all that a test waits for. */
const TEST_MS = 4 * SLOW_MS;
const PAGES = ['--health-probe-bind-address=127.0.0.1:0', '--metrics-bind-address=127.0.0.1:0'];

const page = async ({ pagePorts = [] }: Hub, path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${pagePorts[0]}${path}`)).text();

async function holder(): Promise<string> {
  const lease = await api.client.get(leases, { namespace: 'karmada-system', name: 'pullet-hub' });
  return lease.spec?.holderIdentity ?? '';
}

describe('a hub on another API', { timeout: TEST_MS }, () => {
  test('brings its kinds, its namespaces and cluster-info, and runs the cluster controller', async () => {
    const hub = await start();
    const { data } = await api.client.get(configMaps, { namespace: CLUSTER_INFO_NAMESPACE, name: CLUSTER_INFO_NAME });
    expect(data?.['kubeconfig']).toContain(`server: ${api.server}`);
    const cluster = { apiVersion: 'cluster.karmada.io/v1alpha1', kind: 'Cluster', metadata: { name: 'm1' } };
    await hub.client.create(clusters, { ...cluster, spec: { syncMode: 'Pull' } });
    await expect.poll(() => api.client.get(namespaces, { name: 'karmada-es-m1' }), { timeout: SLOW_MS }).toBeDefined();
  });

  test('leaves an existing cluster-info alone', async () => {
    const metadata = { namespace: CLUSTER_INFO_NAMESPACE, name: CLUSTER_INFO_NAME };
    await api.client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { kubeconfig: 'theirs' },
    });
    await start();
    expect((await api.client.get(configMaps, metadata)).data).toEqual({ kubeconfig: 'theirs' });
  });

  test('leads alone among its replicas, and the next one follows when it stops', async () => {
    const first = await start();
    await expect.poll(holder, { timeout: SLOW_MS }).not.toBe('');
    const leader = await holder();
    await start();
    await first.stop();
    await expect.poll(holder, { timeout: SLOW_MS }).not.toBe(leader);
    await expect.poll(holder, { timeout: SLOW_MS }).not.toBe('');
  });

  test('is ready for probes whether it leads or stands by', async () => {
    const [leader, standby] = [await start(...PAGES), await start(...PAGES)];
    for (const hub of [leader, standby]) {
      expect(hub.pagePorts).toHaveLength(1);
      expect(await page(hub, '/healthz')).toBe('ok');
      await expect.poll(() => page(hub, '/readyz'), { timeout: SLOW_MS }).toBe('ok');
    }
    const leading = [leader, standby].map((hub) => page(hub, '/metrics'));
    const counted = (await Promise.all(leading)).filter((text) => text.includes('\npullet_hub_leading 1\n'));
    expect(counted).toHaveLength(1);
    expect(counted[0]).toContain('workqueue_depth{name="cluster"}');
  });

  test('serves no pages unless it is told where', async () => {
    expect((await start()).pagePorts).toEqual([]);
  });

  test('refuses to work on a Karmada control plane', async () => {
    const apiServices: ResourceType<Unstructured> = {
      group: 'apiregistration.k8s.io',
      version: 'v1',
      resource: 'apiservices',
      kind: 'APIService',
      namespaced: false,
    };
    await api.client.create(apiServices, {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1alpha1.cluster.karmada.io' },
      spec: {
        group: 'cluster.karmada.io',
        version: 'v1alpha1',
        service: { namespace: 'karmada-system', name: 'karmada-aggregated-apiserver' },
        groupPriorityMinimum: 2000,
        versionPriority: 10,
      },
    });
    await expect(start()).rejects.toThrow(/this is a Karmada control plane/);
  });

  test('says that the signing key is not that of the certificate', async () => {
    const { certificatePem } = await newCa({ commonName: 'ca', days: 1, now: Date.now() });
    const [cert, key] = [path.join(dir, 'ca.crt'), path.join(dir, 'ca.key')];
    await writeFile(cert, certificatePem);
    await writeFile(key, privateKeyPem(await newKey()));
    const flags = [`--cluster-signing-cert-file=${cert}`, `--cluster-signing-key-file=${key}`];
    await expect(start(...flags)).rejects.toThrow(/is not that of the certificate/);
  });

  test('ends at once when it is asked to while its API does not answer', async () => {
    const silent = await startSilentServer();
    const kubeconfig = path.join(dir, 'silent.kubeconfig');
    const text = await readFile(api.kubeconfig, 'utf8');
    await writeFile(kubeconfig, text.replaceAll(api.server, `https://127.0.0.1:${silent.port}`));
    const asked = new AbortController();
    try {
      const starting = startHub(optionsOf(kubeconfig), { clock: systemClock, log: silentLogger }, asked.signal);
      await Promise.race([silent.called, starting]);
      asked.abort(new Error('asked to end'));
      await expect(starting).rejects.toThrow('asked to end');
    } finally {
      silent.close();
    }
  });

  test('says that the API can not be reached', async () => {
    await api.stop();
    await expect(start()).rejects.toThrow(/the connection to 127\.0\.0\.1:\d+ was refused/);
  });
});
