/** What goes wrong in a member by itself: each Work that meets it says so and goes on when it is over, and the others notice nothing. */

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { type ConfigMap, configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { readText } from '../../shared/client/json-lines.ts';
import { clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { joinMember } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import type { TestMember } from '../framework/start-member.ts';
import { configMapManifest, getWork, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import { startKubeControlPlane } from './control-plane.ts';

const binaries = await ensureBinaries();

/** A Work tries again twice a minute at least. */
const AGAIN_MS = 90_000;

const webhooks = newType('admissionregistration.k8s.io', 'v1', 'validatingwebhookconfigurations');
const apiServices = newType('apiregistration.k8s.io', 'v1', 'apiservices');
const flowSchemas = newType('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas');
const bindings = newType('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings');
const priorityLevels = newType('flowcontrol.apiserver.k8s.io', 'v1', 'prioritylevelconfigurations');
const quotas: ResourceType<Unstructured> = { ...newType('', 'v1', 'resourcequotas'), namespaced: true };

function newType(group: string, version: string, resource: string): ResourceType<Unstructured> {
  return { group, version, resource, kind: '', namespaced: false };
}

describe.runIf('dir' in binaries)('a member', () => {
  let world: World;
  let hub: TestHub;
  let member: TestMember;

  beforeAll(async () => {
    world = await newWorld();
    hub = await startTestHub(world);
    member = await startMember();
    await joinMember(world, hub, member);
    for (const name of ['fine', 'closed', 'hanging', 'full', 'busy', 'away'])
      await member.client.create(namespaces, newObject('v1', 'Namespace', { name }));
  });
  afterAll(() => world?.stop());

  /** Its agent may do everything, but is none of those whom an API server exempts from its limits. */
  async function startMember(): Promise<TestMember> {
    const kube = await startKubeControlPlane({ name: 'failing' });
    world.onStop('kube-apiserver', kube.stop);
    const client = await clientOf(world, kube.kubeconfigPath);
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'agent' }];
    const binding = newObject(
      'rbac.authorization.k8s.io/v1',
      'ClusterRoleBinding',
      { name: 'agent' },
      { roleRef, subjects },
    );
    await client.create(bindings, binding);
    const kubeconfig = path.join(world.dir, 'agent-in-member.kubeconfig');
    const agent = await kube.issueClientCertificate({ commonName: 'agent', organizations: [] });
    await writeFile(kubeconfig, kube.kubeconfigFor(agent), { mode: 0o600 });
    const issueCertificate = (notAfter: Date) =>
      kube.issueClientCertificate({ commonName: 'agent', organizations: [], notAfter });
    return { name: 'm1', server: kube.server, kubeconfig, client, issueCertificate };
  }

  function newObject<T extends KubeObject>(apiVersion: string, kind: string, metadata: object, more: object = {}): T {
    return { apiVersion, kind, metadata, ...more } as unknown as T;
  }

  /** A Work of one config map in the namespace; `fail` is set in the member before it. */
  async function deliver(namespace: string, count = 1): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const name = count === 1 ? namespace : `${namespace}-${index}`;
      await hub.client.create(works, newWork('m1', name, [configMapManifest(namespace, name, { a: 'b' })]));
    }
  }

  function untilSaid(name: string, words: RegExp): Promise<unknown> {
    return eventually(
      `Work ${name} says ${words}`,
      async () => {
        const { status } = await getWork(hub, 'm1', name);
        const applied = status?.conditions?.find(({ type }) => type === 'Applied');
        return applied?.status === 'False' && words.test(applied.message ?? '');
      },
      AGAIN_MS,
    );
  }

  /** Another Work is delivered while that goes on. */
  async function neighbourIsFine(name: string): Promise<void> {
    await hub.client.create(works, newWork('m1', name, [configMapManifest('fine', name, { a: 'b' })]));
    await untilApplied(hub, 'm1', name);
  }

  async function recovers(name: string): Promise<void> {
    await eventually(
      `Work ${name} is applied`,
      async () => {
        const { status } = await getWork(hub, 'm1', name);
        return status?.conditions?.some(({ type, status: is }) => type === 'Applied' && is === 'True');
      },
      AGAIN_MS,
    );
    await hub.client.delete(works, { name, namespace: executionSpace('m1') });
  }

  /** Takes connections and never says anything, until it is ended. */
  async function startSilent(): Promise<{ port: number; end(): void }> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const end = (): void => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    world.onStop('silent server', end);
    return { port: (server.address() as { port: number }).port, end };
  }

  /** Config maps in the namespace are created only if what answers at the port says so. */
  function newWebhook(namespace: string, port: number, more: object = {}): Unstructured {
    return newObject(
      'admissionregistration.k8s.io/v1',
      'ValidatingWebhookConfiguration',
      { name: namespace },
      {
        webhooks: [
          {
            name: `${namespace}.pullet.test`,
            clientConfig: { url: `https://127.0.0.1:${port}/` },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            failurePolicy: 'Fail',
            sideEffects: 'None',
            timeoutSeconds: 3,
            admissionReviewVersions: ['v1'],
            ...more,
          },
        ],
      },
    );
  }

  test('whose webhook is not there refuses, and its Work names the webhook', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as { port: number };
    gone.close();
    await member.client.create(webhooks, newWebhook('closed', port));
    await deliver('closed');
    await untilSaid('closed', /ConfigMap closed\/closed: .*failed calling webhook "closed\.pullet\.test".*refused/);
    await neighbourIsFine('beside-closed');
    await member.client.delete(webhooks, { name: 'closed' });
    await recovers('closed');
  }, 200_000);

  test('whose webhook hangs makes its Works wait, however many, and no others', async () => {
    const { port } = await startSilent();
    await member.client.create(webhooks, newWebhook('hanging', port));
    await deliver('hanging', 40);
    await neighbourIsFine('beside-hanging');
    await untilSaid('hanging-0', /hanging\/hanging-0: .*failed calling webhook "hanging\.pullet\.test"/);
    await member.client.delete(webhooks, { name: 'hanging' });
    await recovers('hanging-0');
    await recovers('hanging-39');
  }, 300_000);

  test('whose quota is used up says which, and takes the object when there is room', async () => {
    const hard = (count: string) => ({ spec: { hard: { 'count/configmaps': count } } });
    const quota = newObject<Unstructured>('v1', 'ResourceQuota', { name: 'tight', namespace: 'full' }, hard('0'));
    const made = await member.client.create(quotas, quota);
    // In a whole cluster a controller does that.
    const status = { hard: { 'count/configmaps': '0' }, used: { 'count/configmaps': '0' } };
    await member.client.update(quotas, { ...made, status }, { subresource: 'status' });
    await deliver('full');
    await untilSaid('full', /ConfigMap full\/full: .*exceeded quota: tight/);
    await neighbourIsFine('beside-full');
    await member.client.delete(quotas, { name: 'tight', namespace: 'full' });
    await recovers('full');
  }, 200_000);

  test('that is too busy for a Work says so, and is asked again when it wants to be', async () => {
    const limited = { nominalConcurrencyShares: 0, borrowingLimitPercent: 0, limitResponse: { type: 'Reject' } };
    const level = { name: 'none' };
    await member.client.create(
      priorityLevels,
      newObject('flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration', level, {
        spec: { type: 'Limited', limited },
      }),
    );
    const rule = { verbs: ['*'], apiGroups: [''], resources: ['configmaps'], namespaces: ['busy'] };
    const subjects = [{ kind: 'User', user: { name: 'agent' } }];
    const spec = {
      priorityLevelConfiguration: level,
      matchingPrecedence: 2,
      rules: [{ subjects, resourceRules: [rule] }],
    };
    await member.client.create(
      flowSchemas,
      newObject('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', { name: 'a-busy' }, { spec }),
    );
    // One request at a time is taken at least: one that hangs.
    const { port, end } = await startSilent();
    const onlyThat = { objectSelector: { matchLabels: { hangs: 'yes' } }, timeoutSeconds: 30 };
    await member.client.create(webhooks, newWebhook('busy', port, onlyThat));
    const agent = await clientOf(world, member.kubeconfig);
    const hanging = newObject<ConfigMap>('v1', 'ConfigMap', {
      name: 'hangs',
      namespace: 'busy',
      labels: { hangs: 'yes' },
    });
    let isOver = false;
    const occupy = async (): Promise<void> => {
      while (!isOver) await agent.create(configMaps, hanging).catch(() => undefined);
    };
    const occupying = occupy();
    await eventually('the member has no time for the agent', async () => {
      const answer = await agent.transport.request({ method: 'GET', path: '/api/v1/namespaces/busy/configmaps' });
      await readText(answer.body);
      return answer.status === 429;
    });
    await deliver('busy');
    await untilSaid('busy', /ConfigMap busy\/busy: .*[Tt]oo many requests/);
    await neighbourIsFine('beside-busy');
    isOver = true;
    end();
    await occupying;
    await recovers('busy');
  }, 200_000);

  test('of which an aggregated API is down delivers all the rest, and says that something is missing', async () => {
    const service = { name: 'nobody', namespace: 'away', port: 443 };
    const spec = { group: 'away.pullet.test', version: 'v1', service, insecureSkipTLSVerify: true };
    const more = { spec: { ...spec, groupPriorityMinimum: 1000, versionPriority: 10 } };
    const name = 'v1.away.pullet.test';
    await member.client.create(apiServices, newObject('apiregistration.k8s.io/v1', 'APIService', { name }, more));
    await eventually('the Cluster says that APIs are missing', async () => {
      const { status } = await hub.client.get(clusters, { name: 'm1' });
      return status?.conditions?.some(({ type, status: is }) => type === 'CompleteAPIEnablements' && is === 'False');
    });
    const thing = newObject<Unstructured>('away.pullet.test/v1', 'Thing', { name: 'x' });
    const beside = configMapManifest('fine', 'beside-thing', { a: 'b' });
    await hub.client.create(works, newWork('m1', 'away', [thing, beside]));
    await untilSaid('away', /Thing x: .*away\.pullet\.test\/v1/);
    expect(await member.client.get(configMaps, { namespace: 'fine', name: 'beside-thing' })).toBeDefined();
    await neighbourIsFine('beside-away');
    await member.client.delete(apiServices, { name });
  }, 200_000);
});
