import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { events, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { eventually } from '../framework/eventually.ts';
import { untilReady } from '../framework/join.ts';
import { base64, kubeconfigDraft, newMemberToken, writeKubeconfig } from '../framework/member-accounts.ts';
import { joinPushMember, QUICK_PUSH, rotatePushCredentials, unjoinPushMember } from '../framework/push.ts';
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
  hub = await startTestHub(world, [...QUICK_PUSH, '--allowed-exec-plugins=sh']);
  member = await startTestMember(world, 'm1');
});

afterAll(() => world.stop());

const secretKey = { namespace: 'karmada-cluster', name: 'm1' };
const secretKeys = async () => Object.keys((await hub.client.get(secrets, secretKey)).data ?? {}).sort();

async function ready(): Promise<Condition | undefined> {
  const { status } = await hub.client.get(clusters, { name: 'm1' });
  return status?.conditions?.find(({ type }) => type === 'Ready') as Condition | undefined;
}

async function deliver(name: string): Promise<void> {
  await hub.client.create(works, newWork('m1', name, [configMapManifest('default', name, { a: 'b' })]));
  await untilApplied(hub, 'm1', name);
}

/** What has gone wrong, of the cluster's Works, as its users are told. */
async function warnings(): Promise<string[]> {
  const { items } = await hub.client.list(events, { namespace: 'karmada-es-m1' });
  return items.filter(({ type }) => type === 'Warning').map(({ message = '' }) => message);
}

const fileOf = (name: string): string => path.join(world.dir, name);

/** A kubeconfig of the member with this user: a file. */
async function kubeconfigWith(user: Record<string, unknown>): Promise<string> {
  return writeKubeconfig(world.dir, 'given.kubeconfig', await kubeconfigDraft(member, user));
}

const APPLICATION = 'client.authentication.k8s.io/v1';

/**
 * A user whose program prints the file `credential`, as a cloud's does it: it must be told the region, by `env`, and the cluster, by `provideClusterInfo`, and that there
 * is no terminal. Each run is noted, with the number of the credential that it gave.
 */
async function programUser(): Promise<Record<string, unknown>> {
  const script = [
    'case "$KUBERNETES_EXEC_INFO" in *\'"server":"\'"$SERVER"*) ;; *) exit 3 ;; esac',
    'case "$KUBERNETES_EXEC_INFO" in *\'"config":{"account":"42"}\'*) ;; *) exit 4 ;; esac',
    'case "$KUBERNETES_EXEC_INFO" in *\'"interactive":false\'*) ;; *) exit 5 ;; esac',
    'test "$REGION" = north || exit 6',
    'printf \'%s\' "$KUBERNETES_EXEC_INFO" > "$DIR/info.new" && mv "$DIR/info.new" "$DIR/info"',
    // The number and the credential out of one file: another may take its place between two looks.
    '{ read -r number && credential=$(cat); } < "$DIR/credential"',
    'echo "$number" >> "$DIR/runs"',
    'printf \'%s\' "$credential"',
  ];
  await writeFile(fileOf('plugin.sh'), script.join('\n'));
  const env = Object.entries({ DIR: world.dir, REGION: 'north', SERVER: member.server });
  return {
    exec: {
      ...{ apiVersion: APPLICATION, command: 'sh', args: [fileOf('plugin.sh')] },
      env: env.map(([name, value]) => ({ name, value })),
      interactiveMode: 'IfAvailable',
      provideClusterInfo: true,
    },
  };
}

/** A file that is never seen half written. */
async function put(name: string, content: string): Promise<void> {
  await writeFile(fileOf(`${name}.new`), content);
  await rename(fileOf(`${name}.new`), fileOf(name));
}

/** For the program to print from now on: a token of an account of its own, said to be good for this long. */
async function putCredential(number: number, lifeMs: number): Promise<void> {
  const token = await newMemberToken(member, `login-${number}`);
  const expirationTimestamp = new Date(Date.now() + lifeMs).toISOString();
  const credential = { apiVersion: APPLICATION, kind: 'ExecCredential', status: { token, expirationTimestamp } };
  await put('credential', `${number}\n${JSON.stringify(credential)}`);
}

/** The token is worth nothing from now on. */
const endCredential = (number: number): Promise<void> =>
  member.client.delete(serviceAccounts, { namespace: 'default', name: `login-${number}` });

const runs = async (): Promise<string[]> => (await readFile(fileOf('runs'), 'utf8')).trim().split('\n');

describe('a kubeconfig whose program hands out short-lived tokens', () => {
  test('is kept by the hub, which runs the program as the kubeconfig says', async () => {
    await putCredential(1, 1000);
    const cluster = { extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { account: '42' } }] };
    const draft = await kubeconfigDraft(member, await programUser(), cluster);
    const given = { member: { kubeconfig: await writeKubeconfig(world.dir, 'program.kubeconfig', draft) } };
    const printed = await joinPushMember(world, { hub, member }, { ...given, credentials: 'kubeconfig' });
    expect(printed).toContain('note: the hub runs sh for this: start it with --allowed-exec-plugins=sh');
    await untilReady(hub, 'm1', 'True');
    expect(await secretKeys()).toEqual(['kubeconfig']);
    await deliver('first');
    const { spec } = JSON.parse(await readFile(fileOf('info'), 'utf8'));
    expect(spec.cluster).toMatchObject({ server: member.server, config: { account: '42' } });
  });

  test('renews them while Works are delivered, and none fails', async () => {
    const before = await ready();
    for (let number = 2; number <= 5; number++) {
      await putCredential(number, 1000);
      await eventually(`the program gives ${number}`, async () => {
        await deliver(`renewal-${number}-${(await runs()).length}`);
        return (await runs()).includes(`${number}`);
      });
      await deliver(`with-${number}`);
      await endCredential(number - 1);
      await deliver(`after-${number}`);
    }
    expect(await warnings()).toEqual([]);
    expect(await ready()).toEqual(before);
    expect(new Set(await runs())).toEqual(new Set(['1', '2', '3', '4', '5']));
  });

  test('asks the program again when a token ends before its time', async () => {
    await putCredential(6, 3600_000);
    await eventually('the program gives 6', async () => {
      await deliver(`with-6-${(await runs()).length}`);
      return (await runs()).includes('6');
    });
    await putCredential(7, 3600_000);
    await endCredential(6);
    await eventually('the program gives 7', async () => (await runs()).includes('7'));
    await deliver('last-of-program');
    await untilReady(hub, 'm1', 'True');
  });
});

describe('a kubeconfig that expires', () => {
  const certificateUser = async (notAfter: Date): Promise<Record<string, unknown>> => {
    const { certPem, keyPem } = await member.issueCertificate(notAfter);
    return { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) };
  };
  const inTwoHours = () => new Date(Date.now() + 2 * 3600_000);

  test('is replaced before that, under load, and nobody waits or fails', async () => {
    const token = await newMemberToken(member, 'to-end');
    const ending = await kubeconfigWith({ token });
    await rotatePushCredentials(world, { hub, member }, { member: { kubeconfig: ending } });
    const before = [await ready(), await warnings()];
    let isReplaced = false;
    const delivering = (async () => {
      for (let index = 0, after = 0; after < 5; index++, after += isReplaced ? 1 : 0) await deliver(`load-${index}`);
    })();
    await putCredential(8, 1000);
    await rotatePushCredentials(world, { hub, member }, { member: { kubeconfig: fileOf('program.kubeconfig') } });
    const { length } = await runs();
    await eventually('the hub runs the program', async () => (await runs()).length > length);
    await deliver('with-the-program'); // what was asked for with the token is answered by then
    await member.client.delete(serviceAccounts, { namespace: 'default', name: 'to-end' });
    isReplaced = true;
    await delivering;
    expect([await ready(), await warnings()]).toEqual(before);
  });

  test('is told of where it was not replaced in time; what is there stays, and what waits is delivered once it is', async () => {
    const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000);
    const short = await kubeconfigWith(await certificateUser(notAfter));
    const kubeconfig = base64(await readFile(short, 'utf8'));
    await hub.client.patch(secrets, secretKey, { type: 'merge', patch: { data: { kubeconfig } } });
    const message =
      `the cluster refuses user "me" of the kubeconfig: Unauthorized: its certificate has expired (${notAfter.toISOString()}): ` +
      'check Secret karmada-cluster/m1, or replace it: pullet rotate-credentials m1';
    await eventually('the Cluster says so', async () => (await ready())?.message === message);
    await hub.client.create(works, newWork('m1', 'waits', [configMapManifest('default', 'waits', { a: 'b' })]));
    const good = await kubeconfigWith(await certificateUser(inTwoHours()));
    await rotatePushCredentials(world, { hub, member }, { member: { kubeconfig: good } });
    await untilReady(hub, 'm1', 'True');
    await untilApplied(hub, 'm1', 'waits');
    await untilApplied(hub, 'm1', 'load-0');
  });
});

describe('rotate-credentials', () => {
  test('takes nothing from a kubeconfig of another cluster', async () => {
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
    const delivering = (async () => {
      for (let index = 0; index < 10; index++) await deliver(`by-token-${index}`);
    })();
    const printed = await rotatePushCredentials(world, { hub, member }, { credentials: 'service-account' });
    expect(printed).toContain('the credentials of cluster(m1) are replaced');
    await delivering;
    expect(await secretKeys()).toEqual(['caBundle', 'token']);
    expect((await hub.client.get(clusters, { name: 'm1' })).metadata.uid).toBe(uid);
    expect((await ready())?.status).toBe('True');
  });

  test('again ends the former token, and only then', async () => {
    const token = async () => (await hub.client.get(secrets, secretKey)).data?.['token'];
    const former = await token();
    await rotatePushCredentials(world, { hub, member });
    expect(await token()).not.toBe(former);
    const { items } = await member.client.list(secrets, { namespace: 'karmada-cluster' });
    const held = items.filter(({ metadata }) => metadata.name?.startsWith('karmada-m1'));
    expect(held.map(({ data }) => data?.['token'])).toEqual([await token()]);
    await deliver('last');
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
