import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { clusterRoleBindings } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { eventually } from '../framework/eventually.ts';
import { untilReady } from '../framework/join.ts';
import { joinPushMember, rotatePushCredentials, unjoinPushMember } from '../framework/push.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** With what the hub reaches a push-mode cluster: a program's short-lived tokens, and other credentials put in their place. The tests follow one another. */

let world: World;
let hub: TestHub;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  const quick = ['--cluster-status-update-frequency=1s', '--cluster-success-threshold=1s'];
  hub = await startTestHub(world, [...quick, '--cluster-failure-threshold=1s', '--allowed-exec-plugins=sh']);
  member = await startTestMember(world, 'm1');
}, 120_000);

afterAll(() => world.stop());

const secretKey = { namespace: 'karmada-cluster', name: 'm1' };
const secretKeys = async () => Object.keys((await hub.client.get(secrets, secretKey)).data ?? {}).sort();

/** A token for an account that may do everything in the member, or nothing. */
async function newToken(name: string, mayDoEverything = true): Promise<string> {
  const namespace = 'default';
  await member.client.create(serviceAccounts, {
    ...{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
  });
  if (mayDoEverything) {
    await member.client.create(clusterRoleBindings, {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }
  const answer = await member.client.raw({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  return JSON.parse(answer).status.token;
}

/** A kubeconfig of the member with this user. */
async function kubeconfigWith(name: string, user: object, of = member): Promise<string> {
  const { transport } = await loadKubeconfig({ path: of.kubeconfig });
  const ca = Buffer.from(transport.caPem ?? '').toString('base64');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster: { server: transport.server, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user }],
  };
  const file = path.join(world.dir, name);
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Prints the token that a file has, good for no time at all, and counts its runs. */
async function execUser(): Promise<object> {
  const script = path.join(world.dir, 'plugin.sh');
  const apiVersion = 'client.authentication.k8s.io/v1';
  const status = '{"token":"%s","expirationTimestamp":"2020-01-01T00:00:00Z"}';
  await writeFile(
    script,
    `echo x >> "$RUNS"\nprintf '{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":${status}}' "$(cat "$TOKEN")"\n`,
  );
  const env = [
    { name: 'RUNS', value: path.join(world.dir, 'runs') },
    { name: 'TOKEN', value: path.join(world.dir, 'token') },
  ];
  return { exec: { apiVersion, command: 'sh', args: [script], env, interactiveMode: 'Never' } };
}

const runs = async (): Promise<number> => (await readFile(path.join(world.dir, 'runs'), 'utf8')).length;

describe('a kubeconfig whose program hands out short-lived tokens', () => {
  test('is kept by the hub, which runs the program whenever it needs a token', async () => {
    await writeFile(path.join(world.dir, 'token'), await newToken('first'));
    const kubeconfig = await kubeconfigWith('exec.kubeconfig', await execUser());
    const printed = await joinPushMember(world, { hub, member }, { member: { kubeconfig }, credentials: 'kubeconfig' });
    expect(printed).toContain('note: the hub runs sh for this: start it with --allowed-exec-plugins=sh');
    await untilReady(hub, 'm1', 'True');
    expect(await secretKeys()).toEqual(['kubeconfig']);
    const before = await runs();
    await hub.client.create(works, newWork('m1', 'one', [configMapManifest('default', 'one', { a: 'b' })]));
    await untilApplied(hub, 'm1', 'one');
    expect(await runs()).toBeGreaterThan(before);
  });

  test('goes on when the program gives another token and the first is not good any more', async () => {
    await writeFile(path.join(world.dir, 'token'), await newToken('second'));
    await member.client.delete(serviceAccounts, { namespace: 'default', name: 'first' });
    await hub.client.create(works, newWork('m1', 'two', [configMapManifest('default', 'two', { a: 'b' })]));
    await untilApplied(hub, 'm1', 'two');
  });
});

describe('rotate-credentials', () => {
  test.each<[string, () => Promise<string>, RegExp]>([
    [
      'one that is not accepted',
      () => kubeconfigWith('bad.kubeconfig', { token: 'nonsense' }),
      /refuses user "u" of the kubeconfig: Unauthorized/,
    ],
    [
      'one without rights',
      async () => kubeconfigWith('weak.kubeconfig', { token: await newToken('weak', false) }),
      /refuses user "u" of the kubeconfig: namespaces "kube-system" is forbidden/,
    ],
    ['one that is not there', async () => path.join(world.dir, 'nowhere'), /there is no such file/],
  ])('takes nothing from %s', async (_what, make, message) => {
    const before = await hub.client.get(secrets, secretKey);
    const given = { member: { kubeconfig: await make() }, credentials: 'kubeconfig' as const };
    await expect(rotatePushCredentials(world, { hub, member }, given)).rejects.toThrow(message);
    expect((await hub.client.get(secrets, secretKey)).data).toEqual(before.data);
  });

  test('takes nothing from one of another cluster', async () => {
    const setId = (id: string | undefined) =>
      hub.client.patch(clusters, { name: 'm1' }, { type: 'merge', patch: { spec: { id } } });
    const { id } = (await hub.client.get(clusters, { name: 'm1' })).spec;
    await setId('another');
    const given = { credentials: 'kubeconfig' as const };
    await expect(rotatePushCredentials(world, { hub, member }, given)).rejects.toThrow(
      `the kubeconfig is of another cluster: its kube-system has the uid ${id}, and that of the registered one is another`,
    );
    await setId(id);
  });

  test('replaces them by a token while Works are delivered, and none waits for it', async () => {
    const uid = (await hub.client.get(clusters, { name: 'm1' })).metadata.uid;
    const names = Array.from({ length: 10 }, (_, index) => `load-${index}`);
    const delivering = (async () => {
      for (const name of names) {
        await hub.client.create(works, newWork('m1', name, [configMapManifest('default', name, { a: 'b' })]));
        await untilApplied(hub, 'm1', name);
      }
    })();
    const printed = await rotatePushCredentials(world, { hub, member }, { credentials: 'service-account' });
    expect(printed).toContain('the credentials of cluster(m1) are replaced');
    await delivering;
    expect(await secretKeys()).toEqual(['caBundle', 'token']);
    const { metadata, status } = await hub.client.get(clusters, { name: 'm1' });
    expect(metadata.uid).toBe(uid);
    expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  });

  test('again ends the former token, and only then', async () => {
    const token = async () => (await hub.client.get(secrets, secretKey)).data?.['token'];
    const former = await token();
    await rotatePushCredentials(world, { hub, member });
    expect(await token()).not.toBe(former);
    const { items } = await member.client.list(secrets, { namespace: 'karmada-cluster' });
    const held = items.filter(({ metadata }) => metadata.name?.startsWith('karmada-m1'));
    expect(held.map(({ data }) => data?.['token'])).toEqual([await token()]);
    await hub.client.create(works, newWork('m1', 'last', [configMapManifest('default', 'last', { a: 'b' })]));
    await untilApplied(hub, 'm1', 'last');
  });

  test('leaves nothing behind when the cluster leaves', async () => {
    await unjoinPushMember(world, { hub, member });
    await eventually('the account and its tokens are gone', async () => {
      const { items } = await member.client.list(secrets, { namespace: 'karmada-cluster' });
      return !items.some(({ metadata }) => metadata.name?.startsWith('karmada-m1'));
    });
    const gone = await hub.client.get(secrets, secretKey).then(
      () => false,
      (error: unknown) => isNotFound(error),
    );
    expect(gone).toBe(true);
  });
});
