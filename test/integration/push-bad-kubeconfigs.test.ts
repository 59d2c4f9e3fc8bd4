import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newProcessFactory } from '../../cli/process-factory.ts';
import { runPullet } from '../../cli/pullet.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoles } from '../../shared/apis/rbac/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import {
  type BadKubeconfig,
  badKubeconfigs,
  newSurroundings,
  type Surroundings,
} from '../framework/bad-kubeconfigs.ts';
import { eventually } from '../framework/eventually.ts';
import { untilReady } from '../framework/join.ts';
import { kubeconfigDraft, newMemberToken, writeKubeconfig } from '../framework/member-accounts.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { newWorld, type World } from '../framework/world.ts';

/** What a user reads who joins a push-mode cluster, or gives it other credentials, with a kubeconfig that is no good; nothing is made then. The tests follow one another. */

let world: World;
let hub: TestHub;
let member: TestMember;
let around: Surroundings;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world, ['--cluster-status-update-frequency=1s', '--cluster-success-threshold=1s']);
  member = await startTestMember(world, 'm1');
  around = await newSurroundings(world, member);
});

afterAll(() => world.stop());

async function pullet(...args: string[]): Promise<{ code: number; told: string }> {
  const factory = newProcessFactory();
  let told = '';
  const write = (part: string): void => {
    told += part;
  };
  const streams = { ...factory.streams, out: write, err: write, exact: write, isTerminal: false };
  return { code: await runPullet([...args, '--kubeconfig', hub.kubeconfig], { ...factory, streams }), told };
}

const COMMAND_MAKES = /^karmada-/;

/** Names of all that such a command makes or changes, on both sides, with what it could change. */
async function everything(): Promise<string[]> {
  const named = async (client: KubeClient, type: ResourceType<KubeObject>): Promise<string[]> =>
    (await client.list(type)).items.map(({ metadata }) => `${type.resource} ${metadata.name}`);
  const made = async (type: ResourceType<KubeObject>): Promise<string[]> =>
    (await named(member.client, type)).filter((line) => COMMAND_MAKES.test(line.split(' ')[1] ?? ''));
  const registered = await hub.client.list(clusters);
  const stored = await hub.client.list(secrets, { namespace: 'karmada-cluster' });
  return [
    // The hub takes taints off while it looks at the cluster.
    ...registered.items.map(({ metadata, spec }) => `${metadata.name} ${JSON.stringify({ ...spec, taints: [] })}`),
    ...stored.items.map(({ metadata, data }) => `${metadata.name} ${JSON.stringify(data)}`),
    ...(await made(secrets as ResourceType<KubeObject>)),
    ...(await made(serviceAccounts as ResourceType<KubeObject>)),
    ...(await made(clusterRoles as ResourceType<KubeObject>)),
  ].sort();
}

async function fileOf(content: Awaited<ReturnType<BadKubeconfig['make']>>): Promise<string> {
  return content === undefined
    ? path.join(world.dir, 'nowhere')
    : writeKubeconfig(world.dir, 'bad.kubeconfig', content);
}

/** The table's text as what is told of this member. */
function asTold(text: string, file: string): RegExp {
  const known: Record<string, string> = {
    FILE: file,
    DIR: world.dir,
    SERVER: member.server,
    HOST: new URL(member.server).host,
  };
  const literal = text
    .replace(/\b(FILE|DIR|SERVER|HOST)\b(?!:PORT)/g, (word) => known[word] ?? word)
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`^error: ${literal.replaceAll('…', '.*')}\n$`);
}

async function refused(bad: BadKubeconfig, ...args: string[]): Promise<void> {
  const file = await fileOf(await bad.make(around));
  const before = await everything();
  const { code, told } = await pullet(...args, 'm1', '--cluster-kubeconfig', file);
  expect(told).toMatch(asTold(bad.told, file));
  expect(told).not.toContain('hunter2');
  expect(code).toBe(1);
  expect(await everything()).toEqual(before);
}

const all = Object.entries(badKubeconfigs);

describe('join tells, and makes nothing, of a kubeconfig with', () => {
  test.each(all)('%s', (_what, bad) => refused(bad, 'join'));

  test('any of these, also no namespace in the member', async () => {
    const { items } = await member.client.list(namespaces);
    expect(items.map(({ metadata }) => metadata.name)).not.toContain('karmada-cluster');
  });
});

test('join with a program that the hub may not run says so, and the Cluster says why it is not Ready', async () => {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const status = { token: await newMemberToken(member, 'strong') };
  const script = await around.script(`printf '%s' '${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}'`);
  const exec = { apiVersion, command: 'sh', args: [script], interactiveMode: 'Never' };
  const file = await fileOf(await kubeconfigDraft(member, { exec }));
  const { code, told } = await pullet('join', 'm1', '--cluster-kubeconfig', file, '--credentials', 'kubeconfig');
  expect(told).toContain('note: the hub runs sh for this: start it with --allowed-exec-plugins=sh');
  expect(code).toBe(0);
  await eventually('the Cluster says so', async () => {
    const { status: seen } = await hub.client.get(clusters, { name: 'm1' });
    return seen?.conditions?.some(({ type, message }) => type === 'Ready' && message === NOT_ALLOWED);
  });
  expect((await pullet('unjoin', 'm1', '--cluster-kubeconfig', member.kubeconfig)).code).toBe(0);
});

const NOT_ALLOWED =
  'failed to create a ClusterClient: Secret karmada-cluster/m1: user "me": exec: sh is not among the programs that may be run here (none is); ' +
  '--allowed-exec-plugins of the hub lists them';

test('join with paths that are relative to the kubeconfig takes along what they name', async () => {
  const { caPem = '', certPem = '', keyPem = '' } = (await loadKubeconfig({ path: member.kubeconfig })).transport;
  const pki = path.join(world.dir, 'keys');
  await mkdir(pki);
  for (const [name, text] of Object.entries({ 'ca.crt': caPem, 'me.crt': certPem, 'me.key': keyPem }))
    await writeFile(path.join(pki, name), text);
  const files = { 'client-certificate': 'keys/me.crt', 'client-key': './keys/me.key' };
  const authority = { 'certificate-authority-data': '', 'certificate-authority': 'keys/../keys/ca.crt' };
  const file = await fileOf(await kubeconfigDraft(member, files, authority));
  expect(await pullet('join', 'm1', '--cluster-kubeconfig', file, '--credentials', 'kubeconfig')).toEqual({
    code: 0,
    told: 'cluster(m1) is joined successfully\n',
  });
  await untilReady(hub, 'm1', 'True');
});

describe('rotate-credentials tells, and changes nothing, of a kubeconfig with', () => {
  test.each(all.filter(([, { isOfAddress }]) => !isOfAddress))('%s', (_what, bad) =>
    refused(bad, 'rotate-credentials'),
  );

  test('a server that is not the hub’s way to the member, which is not dialled', async () => {
    const file = await fileOf(await kubeconfigDraft(member, undefined, { server: 'https://127.0.0.1:1' }));
    const { told } = await pullet('rotate-credentials', 'm1', '--cluster-kubeconfig', file, '--dry-run');
    expect(told).toBe(
      `note: the hub goes on to dial ${member.server}, which its Cluster names, and not https://127.0.0.1:1 of the kubeconfig\n` +
        'the credentials of cluster(m1) would be replaced\n',
    );
  });
});
