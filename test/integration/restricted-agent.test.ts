import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAgent } from '../../agent/main.ts';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, secrets } from '../../shared/apis/core/v1.ts';
import { clusterRoles, roles } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { kubeconfigText } from '../../shared/client/kubeconfig-text.ts';
import { eventually } from '../framework/eventually.ts';
import { installAgentIn, startTestAgent, untilReady } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, deploymentManifest, getWork, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** An agent that may manage a part of its member only, with the rights that register gave it. The tests follow one another. */

let world: World;
let hub: TestHub;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  await installAgentIn({ hub, member, manage: ['cm', 'services'] });
  await startTestAgent(world, { ...member, kubeconfig: await agentsKubeconfig() }, await hubKubeconfig());
});

afterAll(() => world.stop());

/** Of the member, with the token of the agent's service account, as its pod would have it. */
async function agentsKubeconfig(): Promise<string> {
  const { transport } = await loadKubeconfig({ path: member.kubeconfig });
  const account = '/api/v1/namespaces/karmada-system/serviceaccounts/karmada-agent-sa/token';
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  const headers = { 'content-type': 'application/json' };
  const answer = await member.client.raw({ method: 'POST', path: account, headers, body });
  const { token } = JSON.parse(answer).status as { token: string };
  const names = { clusterName: 'm1', userName: 'agent', contextName: 'm1' };
  const { server, caPem = '' } = transport;
  return write('agents-member.kubeconfig', kubeconfigText({ server, caPem, token, ...names }));
}

async function hubKubeconfig(): Promise<string> {
  const { data } = await member.client.get(secrets, { namespace: 'karmada-system', name: 'karmada-kubeconfig' });
  return write('agents-hub.kubeconfig', Buffer.from(data?.['karmada-kubeconfig'] ?? '', 'base64').toString());
}

async function write(name: string, text: string): Promise<string> {
  const file = path.join(world.dir, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

describe('an agent with --manage', () => {
  test('has rights for that and for what it needs itself, and no others', async () => {
    const { rules = [] } = await member.client.get(clusterRoles, { name: 'karmada-agent' });
    expect(rules[0]).toMatchObject({ apiGroups: [''], resources: ['configmaps', 'services'] });
    expect(JSON.stringify(rules)).not.toContain('"*"');
    await member.client.get(roles, { namespace: 'karmada-system', name: 'karmada-agent' });
  });

  test('becomes Ready, with its nodes counted', async () => {
    await untilReady(hub, 'm1', 'True');
    await eventually('nodes are counted', async () => {
      const { status } = await hub.client.get(clusters, { name: 'm1' });
      return status?.nodeSummary?.totalNum === 2;
    });
  });

  test('is told by doctor what that is', async () => {
    let out = '';
    const write = (text: string): void => {
      out += text;
    };
    const args = ['doctor', '--hub-kubeconfig', await hubKubeconfig(), '--kubeconfig', await agentsKubeconfig()];
    await runAgent(args, { streams: { out: write, err: write }, env: {}, signal: new AbortController().signal });
    expect(out).toMatch(/ok +rights in the member +the agent may do what it needs for itself/);
    expect(out).toMatch(/ok +what it manages +configmaps, services; Works may hold nothing else/);
  });

  test('delivers what it may manage', async () => {
    const manifests = [configMapManifest('default', 'settings', { color: 'blue' })];
    await hub.client.create(works, newWork('m1', 'settings', manifests));
    await untilApplied(hub, 'm1', 'settings');
  });

  test('says on the Work which rule is missing for the rest, and does the rest when it is given', async () => {
    await hub.client.create(works, newWork('m1', 'web', [deploymentManifest('default', 'web')]));
    const message = await eventually('the Work is refused', async () => {
      const applied = (await getWork(hub, 'm1', 'web')).status?.conditions?.find(({ type }) => type === 'Applied');
      return applied?.status === 'False' ? applied.message : undefined;
    });
    expect(message).toContain('Deployment default/web: ');
    expect(message).toContain('Missing in its ClusterRole there: {"apiGroups":["apps"],"resources":["deployments"]');
    const role = await member.client.get(clusterRoles, { name: 'karmada-agent' });
    const rule = JSON.parse(/\{.*\}/.exec(message ?? '')?.[0] ?? '');
    await member.client.update(clusterRoles, { ...role, rules: [...(role.rules ?? []), rule] });
    await untilApplied(hub, 'm1', 'web');
  });

  test('takes back what it has delivered', async () => {
    await hub.client.delete(works, { namespace: 'karmada-es-m1', name: 'settings' });
    await eventually('the ConfigMap is gone', async () => {
      const { items } = await member.client.list(configMaps, { namespace: 'default' });
      return !items.some(({ metadata }) => metadata.name === 'settings');
    });
  });
});
