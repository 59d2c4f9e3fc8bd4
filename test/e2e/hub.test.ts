import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freeAddress } from '../kube/free-ports.ts';
import { eventually, kubectl, pullet, type Result, type Running, startKubectl, startPullet } from './processes.ts';

/** The hub's process with kubectl, and a member that joins it, as an operator types it. */

let dir = '';
let address = '';
let hub: Running;
let admin = '';

const hubArgs = (): string[] => ['hub', '--data-dir', path.join(dir, 'hub'), '--listen', address];

async function startHub(): Promise<Running> {
  const started = startPullet(hubArgs());
  await eventually('the hub is ready', async () => {
    if (started.child.exitCode !== null) throw new Error(started.output.stderr);
    return (await k('get', '--raw', '/readyz')).stdout === 'ok' || undefined;
  });
  return started;
}

const k = (...args: string[]): Promise<Result> => kubectl(admin, args, { home: dir });
const apply = (text: string): Promise<Result> => kubectl(admin, ['apply', '-f', '-'], { home: dir, input: text });

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'pullet-e2e-'));
  admin = path.join(dir, 'hub/admin.kubeconfig');
  address = await freeAddress();
  hub = await startHub();
});

afterAll(async () => {
  await hub?.stop('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

describe('a hub that is started wrongly says so and harms nothing', () => {
  test.each([
    [
      'on a port in use',
      () => ['hub', '--data-dir', path.join(dir, 'other'), '--listen', address],
      'the port is in use',
    ],
    [
      'twice on one directory',
      () => ['hub', '--data-dir', path.join(dir, 'hub'), '--listen', '127.0.0.1:0'],
      'is in use by process',
    ],
    ['on a directory of something else', () => ['hub', '--data-dir', path.join(dir, 'foreign')], "is not a hub's"],
    ['on a file', () => ['hub', '--data-dir', path.join(dir, 'foreign/file')], "can't be used"],
    ['without a directory', () => ['hub'], '--data-dir is required'],
  ])('%s', async (_name, args, message) => {
    await mkdir(path.join(dir, 'foreign'), { recursive: true });
    await writeFile(path.join(dir, 'foreign/file'), 'mine');
    const result = await pullet(args());
    expect(result.code).toBeGreaterThan(0);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(readFileSync(path.join(dir, 'foreign/file'), 'utf8')).toBe('mine');
    expect((await k('get', '--raw', '/readyz')).stdout).toBe('ok');
  });
});

test('private files are readable by their owner only', async () => {
  for (const file of ['admin.kubeconfig', 'pki/ca.pem', 'pki/admin.pem', 'pki/service-account.key', 'store/data.mdb']) {
    expect([file, ((await stat(path.join(dir, 'hub', file))).mode & 0o777).toString(8)]).toEqual([file, '600']);
  }
});

describe('kubectl on the hub', () => {
  test('applies, changes, labels, waits and deletes', async () => {
    const manifest = (replicas: number): string => `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {colour: green}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
`;
    expect((await apply(manifest(2))).stdout).toContain('deployment.apps/web created');
    expect((await apply(manifest(2))).stdout).toContain('deployment.apps/web unchanged');
    expect((await apply(manifest(3))).stdout).toContain('deployment.apps/web configured');
    expect((await k('get', 'deploy', '-n', 'shop', 'web', '-o', 'jsonpath={.spec.replicas}')).stdout).toBe('3');
    expect((await k('label', 'cm', '-n', 'shop', 'settings', 'tier=front')).code).toBe(0);
    expect((await k('get', 'cm', '-n', 'shop', '-l', 'tier=front', '-o', 'name')).stdout).toBe('configmap/settings\n');
    expect((await k('patch', 'cm', '-n', 'shop', 'settings', '-p', '{"data":{"colour":"blue"}}')).code).toBe(0);
    expect(
      (await k('wait', '-n', 'shop', 'cm/settings', '--for=jsonpath={.data.colour}=blue', '--timeout=50s')).code,
    ).toBe(0);
    expect((await k('describe', 'deploy', '-n', 'shop', 'web')).stdout).toMatch(/^Replicas:\s+3 desired/m);
    const edited = await kubectl(admin, ['edit', 'cm', '-n', 'shop', 'settings'], {
      home: dir,
      env: { KUBE_EDITOR: 'sed -i s/blue/red/' },
    });
    expect(edited.stdout).toContain('configmap/settings edited');
    expect((await k('delete', 'ns', 'shop', '--timeout=50s')).code).toBe(0);
    expect((await k('get', 'deploy', '-n', 'shop', 'web')).stderr).toContain('NotFound');
  });

  test('sees what changes while it watches', async () => {
    await k('create', 'cm', 'seen-first', '-n', 'default');
    const watching = startKubectl(admin, ['get', 'cm', '-n', 'default', '-w', '-o', 'name'], { home: dir });
    const tells = (name: string): Promise<true> =>
      eventually(`the watch tells of ${name}`, async () => watching.output.stdout.includes(name) || undefined);
    try {
      await tells('configmap/seen-first');
      await k('create', 'cm', 'seen-last', '-n', 'default');
      await tells('configmap/seen-last');
    } finally {
      await watching.stop();
    }
  });

  test('explains kinds and refuses unknown fields', async () => {
    expect((await k('explain', 'cluster.spec.syncMode')).stdout).toContain('syncMode');
    const wrong = await apply('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"dta":{}}');
    expect(wrong.stderr).toContain('unknown field "dta"');
  });
});

describe('a member joins by hand', () => {
  test('token, register, agent, Work; and the hub killed in between', async () => {
    const demo = startPullet(['demo', '--data-dir', path.join(dir, 'demo')]);
    let agent: Running | undefined;
    try {
      await eventually(
        'a cluster to register',
        async () => demo.output.stdout.includes('Try in a second') || undefined,
      );
      const member = path.join(dir, 'demo/member1/admin.kubeconfig');
      const created = await pullet(['token', 'create', '--kubeconfig', admin, '--print-register-command']);
      expect(created.code).toBe(0);
      const command = created.stdout.trim().split(' ').slice(1);
      const out = path.join(dir, 'agent.kubeconfig');
      const joined = await pullet([
        ...command,
        '--cluster-name',
        'edge',
        '--kubeconfig',
        member,
        '--agent-kubeconfig-out',
        out,
      ]);
      expect(joined.stdout).toContain('cluster(edge) is joined successfully');
      expect(joined.stdout).toContain(`pullet agent --cluster-name edge --hub-kubeconfig ${out}`);
      agent = startPullet([
        'agent',
        '--cluster-name',
        'edge',
        '--hub-kubeconfig',
        out,
        '--kubeconfig',
        member,
        '--leader-elect=false',
      ]);
      await eventually('the cluster is Ready', async () => {
        const { stdout } = await pullet(['get', 'clusters', '--kubeconfig', admin]);
        return /^edge\s+v1\.\S+\s+Pull\s+True\s/m.test(stdout) || undefined;
      });

      expect(await hub.stop('SIGKILL')).toBeNull();
      hub = await startHub();
      const work = {
        apiVersion: 'work.karmada.io/v1alpha1',
        kind: 'Work',
        metadata: { name: 'hello', namespace: 'karmada-es-edge' },
        spec: {
          workload: {
            manifests: [
              {
                apiVersion: 'v1',
                kind: 'ConfigMap',
                metadata: { name: 'hello', namespace: 'default' },
                data: { a: '1' },
              },
            ],
          },
        },
      };
      expect((await apply(JSON.stringify(work))).stdout).toContain('work.work.karmada.io/hello created');
      const applied = await k(
        'wait',
        '-n',
        'karmada-es-edge',
        'work/hello',
        '--for=condition=Applied',
        '--timeout=50s',
      );
      expect(applied.stderr).toBe('');
      const removed = await k('delete', 'work', '-n', 'karmada-es-edge', 'hello', '--timeout=50s');
      expect(removed.code).toBe(0);
      const left = await kubectl(member, ['get', 'cm', '-n', 'default', 'hello'], { home: dir });
      expect(left.stderr).toContain('NotFound');

      const as = (...args: string[]): Promise<Result> => kubectl(out, args, { home: dir });
      expect((await as('get', 'cluster', 'edge')).code).toBe(0);
      expect((await as('get', 'secrets', '-A')).stderr).toContain('Forbidden');
      expect((await as('get', 'works', '-n', 'karmada-es-other')).stderr).toContain('Forbidden');

      const unregistered = await pullet([
        'unregister',
        'edge',
        '--cluster-kubeconfig',
        member,
        '--karmada-config',
        admin,
      ]);
      expect(unregistered.code).toBe(0);
      expect((await pullet(['get', 'clusters', '--kubeconfig', admin])).stderr).toContain('No resources found');
    } finally {
      await agent?.stop();
      await demo.stop('SIGINT');
    }
  });

  test('an agent whose cluster has left is not let in any more', async () => {
    const refused = await kubectl(path.join(dir, 'agent.kubeconfig'), ['get', 'cluster', 'edge'], { home: dir });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Unauthorized');
  });
});

describe('cordon and taint', () => {
  test('change what the scheduler may use, and say so', async () => {
    await apply(
      '{"apiVersion":"cluster.karmada.io/v1alpha1","kind":"Cluster","metadata":{"name":"c1"},"spec":{"syncMode":"Pull"}}',
    );
    const p = (...args: string[]): Promise<Result> => pullet([...args, '--kubeconfig', admin]);
    expect((await p('cordon', 'c1')).stdout).toBe('c1 cluster cordoned\n');
    expect((await p('cordon', 'c1')).stdout).toBe('c1 cluster already cordoned\n');
    expect((await p('uncordon', 'c1')).stdout).toBe('c1 cluster uncordoned\n');
    expect((await p('taint', 'clusters', 'c1', 'a=b:NoSchedule')).stdout).toBe('cluster/c1 tainted\n');
    expect((await p('taint', 'clusters', 'c1', 'a-')).stdout).toBe('cluster/c1 untainted\n');
    expect((await p('cordon', 'nobody')).stderr).toBe(
      'Error from server (NotFound): clusters.cluster.karmada.io "nobody" not found\n',
    );
  });
});

test('the hub stops cleanly when it is asked to', async () => {
  const started = hub;
  expect(await started.stop('SIGTERM')).toBe(0);
  hub = await startHub();
});
