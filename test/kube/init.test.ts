/** A real cluster becomes a hub and stops being one; and what a hub says of a cluster that lacks something. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, startHub } from '../../services/hub/hub.ts';
import { parseHubOptions } from '../../services/hub/options.ts';
import { type InstallDeps, install } from '../../services/install/install.ts';
import { missingRequirements } from '../../services/install/requirements.ts';
import { uninstall } from '../../services/install/uninstall.ts';
import type { BootstrapToken } from '../../shared/apis/bootstrap/token.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { newBootstrapToken, newBootstrapTokenSecret } from '../../shared/pki/bootstrap-token.ts';
import { signClusterInfo } from '../../shared/pki/cluster-info-signature.ts';
import { clientFor, clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { forever } from '../framework/forever.ts';
import { newHubKubeconfig } from '../framework/start-hub.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import { defaultControllers, type KubeControlPlane, startKubeControlPlane } from './control-plane.ts';

const binaries = await ensureBinaries();
const unending = forever();

async function depsFor(world: World, { server, caPem, kubeconfigPath }: KubeControlPlane): Promise<InstallDeps> {
  return {
    client: await clientOf(world, kubeconfigPath),
    newClient: (credentials) => clientFor(world, { transport: { server, caPem, ...credentials } }),
    clock: systemClock,
    print: () => {},
  };
}

describe.runIf('dir' in binaries)('a cluster whose kube-controller-manager signs certificates and no tokens', () => {
  let world: World;
  let cluster: KubeControlPlane;
  let deps: InstallDeps;
  let before: string[];

  beforeAll(async () => {
    world = await newWorld();
    cluster = await startKubeControlPlane({ name: 'init', controllers: [...defaultControllers, 'csrsigning'] });
    world.onStop('kube-apiserver', () => cluster.stop());
    deps = await depsFor(world, cluster);
    before = await everything();
  });
  afterAll(() => world?.stop());

  const KINDS: [path: string, resource: string][] = [
    ['/api/v1', 'namespaces'],
    ['/api/v1', 'configmaps'],
    ['/api/v1', 'secrets'],
    ['/api/v1', 'services'],
    ['/apis/apps/v1', 'deployments'],
    ['/apis/apiextensions.k8s.io/v1', 'customresourcedefinitions'],
    ['/apis/admissionregistration.k8s.io/v1', 'validatingadmissionpolicies'],
    ['/apis/admissionregistration.k8s.io/v1', 'validatingadmissionpolicybindings'],
    ['/apis/certificates.k8s.io/v1', 'certificatesigningrequests'],
    ...['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map((resource): [string, string] => [
      '/apis/rbac.authorization.k8s.io/v1',
      resource,
    ]),
  ];

  /** But for what Kubernetes makes by itself in its own time. */
  async function everything(): Promise<string[]> {
    const lists = await Promise.all(
      KINDS.map(async ([path, resource]) => {
        const text = await deps.client.raw({ method: 'GET', path: `${path}/${resource}` });
        const { items } = JSON.parse(text) as { items: { metadata: { namespace?: string; name: string } }[] };
        return items.map(({ metadata }) => `${resource} ${metadata.namespace ?? ''}/${metadata.name}`);
      }),
    );
    return lists.flat().filter((name) => !/kube-root-ca\.crt$|^configmaps kube-system\//.test(name));
  }

  const runInstall = async ({ isDryRun = false } = {}): Promise<string[]> => {
    const lines: string[] = [];
    const { server, caPem } = cluster;
    const clusterInfo = { server, caPem, isOverwriting: false, advertised: server };
    const deployment = { image: 'pullet-hub:test', replicas: 2, servesControl: true };
    await install({ clusterInfo, deployment, isDryRun }, { ...deps, print: (line) => lines.push(line) }, unending);
    return lines;
  };

  async function startOn(kubeconfig = cluster.kubeconfigPath, flags: string[] = []): Promise<Hub> {
    const pages = ['--health-probe-bind-address=127.0.0.1:0', '--metrics-bind-address=127.0.0.1:0'];
    const options = parseHubOptions([`--kubeconfig=${kubeconfig}`, ...pages, ...flags], {});
    if (!options) throw new Error('the hub was asked for help');
    const hub = await startHub(options, { clock: systemClock, log: world.log });
    world.onStop('hub', () => hub.stop());
    return hub;
  }

  async function createToken(ttlMs: number): Promise<BootstrapToken> {
    const token = newBootstrapToken();
    const expiresAt = Date.now() + ttlMs;
    const record = { token, usages: ['signing' as const], groups: [], description: '', expiresAt };
    await deps.client.create(secrets, newBootstrapTokenSecret(record));
    return token;
  }

  test('in a dry run is left as it is', async () => {
    expect((await runInstall({ isDryRun: true })).every((line) => line.includes('created (dry run)'))).toBe(true);
    expect(await everything()).toEqual(before);
  });

  test('becomes a hub, and a second time nothing is left to be done', async () => {
    expect((await runInstall()).every((line) => line.includes('created'))).toBe(true);
    expect((await runInstall()).every((line) => line.includes('unchanged'))).toBe(true);
    expect(await everything()).toContain('deployments pullet-system/pullet-hub');
  });

  test('has cluster-info signed with each token, and ended tokens removed, by Pullet', async () => {
    const hub = await startOn();
    const [valid, ended] = [await createToken(3600_000), await createToken(1000)];
    await eventually('the signature', async () => {
      const { data } = await deps.client.get(configMaps, { namespace: 'kube-public', name: 'cluster-info' });
      return data?.[`jws-kubeconfig-${valid.id}`] === signClusterInfo(data?.['kubeconfig'] ?? '', valid);
    });
    const key = { namespace: 'kube-system', name: `bootstrap-token-${ended.id}` };
    await eventually('the token is removed', () => deps.client.get(secrets, key).then(() => false, isNotFound));
    await deps.client.delete(secrets, { namespace: 'kube-system', name: `bootstrap-token-${valid.id}` });
    await hub.stop();
  });

  test('runs replicas that are ready for probes, the leader and the one that stands by', async () => {
    const replicas = [await startOn(), await startOn()];
    const page = async ({ pagePorts = [] }: Hub, path: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${pagePorts[0]}${path}`)).text();
    const isReady = async (hub: Hub): Promise<boolean> => (await page(hub, '/readyz')) === 'ok';
    await eventually('both are ready', async () => (await Promise.all(replicas.map(isReady))).every(Boolean));
    const leading = async (): Promise<number> => {
      const numbers = await Promise.all(replicas.map((hub) => page(hub, '/metrics')));
      return numbers.filter((text) => text.includes('\npullet_hub_leading 1\n')).length;
    };
    await eventually('one leads', async () => (await leading()) > 0);
    expect(await leading()).toBe(1);
    for (const hub of replicas) await hub.stop();
  });

  test('has replicas that share a certificate of the control-plane API, with no more rights than a pod has', async () => {
    const kubeconfig = await newHubKubeconfig(world, cluster);
    const where = { namespace: 'pullet-system', name: 'pullet-hub-control' };
    const flags = ['--control-listen=127.0.0.1:0', `--control-tls-secret=${where.namespace}/${where.name}`];
    const replicas = await Promise.all([startOn(kubeconfig, flags), startOn(kubeconfig, flags)]);
    const { data = {} } = await deps.client.get(secrets, where);
    const caPem = Buffer.from(data['ca.crt'] ?? '', 'base64').toString();
    for (const { control: server = '' } of replicas) {
      const client = clientFor(world, { transport: { server, caPem } });
      expect(await client.raw({ method: 'GET', path: '/api/v1/health' })).toContain('"ok"');
    }
    for (const hub of replicas) await hub.stop();
  });

  test('stays one while a cluster is joined', async () => {
    await deps.client.create(clusters, {
      apiVersion: 'cluster.karmada.io/v1alpha1',
      kind: 'Cluster',
      metadata: { name: 'joined' },
      spec: { syncMode: 'Pull' },
    });
    await expect(uninstall({ isDryRun: false }, deps, unending)).rejects.toThrow(/clusters are joined: joined/);
    await deps.client.delete(clusters, { name: 'joined' });
  });

  test('stops being one, and is as it was', async () => {
    await uninstall({ isDryRun: false }, deps, unending);
    expect(new Set(await everything())).toEqual(new Set(before));
  });
});

describe.runIf('dir' in binaries)('a cluster that lacks what a hub needs', () => {
  let world: World;
  let deps: InstallDeps;

  beforeAll(async () => {
    world = await newWorld();
    const cluster = await startKubeControlPlane({
      name: 'lacking',
      controllers: [],
      apiserverFlags: ['--enable-bootstrap-token-auth=false', '--anonymous-auth=false'],
    });
    world.onStop('kube-apiserver', () => cluster.stop());
    deps = await depsFor(world, cluster);
  });
  afterAll(() => world?.stop());

  test('is told so, thing by thing', async () => {
    const missing = await missingRequirements(deps, {}, unending);
    expect(missing.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining('--enable-bootstrap-token-auth=true'),
      expect.stringContaining('--anonymous-auth=true'),
      expect.stringContaining('csrsigning'),
    ]);
  });
});

test.skipIf('dir' in binaries)('kube-apiserver is not here, so nothing was installed', () => {
  expect(binaries).toHaveProperty('reason');
});
