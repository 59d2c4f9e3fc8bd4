import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { type ConfigMap, configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { joinMember } from '../framework/join.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import type { TestMember } from '../framework/start-member.ts';
import { configMapManifest, getWork, newWork, untilApplied } from '../framework/works.ts';
import type { World } from '../framework/world.ts';
import { startKubeControlPlane } from './control-plane.ts';

/** A hub and a member, a real kube-apiserver, in which things go wrong by themselves; and what its Works are expected to say of that. */
export interface FailingMember {
  hub: TestHub;
  member: TestMember;
  /** Works of one config map in the namespace, named after it. */
  deliver(namespace: string, count?: number): Promise<void>;
  untilSaid(name: string, words: RegExp): Promise<unknown>;
  /** Another Work is delivered while that goes on. */
  neighbourIsFine(name: string): Promise<void>;
  /** By itself, when what stood in its way has gone. */
  recovers(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Resolves when it is in force. */
  configureWebhook(namespace: string, port: number, more?: object): Promise<void>;
}

/** A Work tries again twice a minute at least. */
export const AGAIN_MS = 90_000;

export const webhooks = newType('admissionregistration.k8s.io', 'v1', 'validatingwebhookconfigurations');
const bindings = newType('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings');

export function newType(group: string, version: string, resource: string): ResourceType<Unstructured> {
  return { group, version, resource, kind: '', namespaced: false };
}

export function newObject<T extends KubeObject>(
  apiVersion: string,
  kind: string,
  metadata: object,
  more: object = {},
): T {
  return { apiVersion, kind, metadata, ...more } as unknown as T;
}

export async function startFailingMember(world: World, spaces: string[]): Promise<FailingMember> {
  const hub = await startTestHub(world);
  const member = await startMember(world);
  await joinMember(world, hub, member);
  for (const name of ['fine', ...spaces])
    await member.client.create(namespaces, newObject('v1', 'Namespace', { name }));
  return { hub, member, ...newExpectations(hub), ...newWebhooks(member) };
}

/** Its agent may do everything, but is none of those whom an API server exempts from its limits. */
async function startMember(world: World): Promise<TestMember> {
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

function newExpectations(
  hub: TestHub,
): Pick<FailingMember, 'deliver' | 'untilSaid' | 'neighbourIsFine' | 'recovers' | 'remove'> {
  const isApplied = async (name: string, is: 'True' | 'False', words = /(?:)/): Promise<boolean> => {
    const { status } = await getWork(hub, 'm1', name);
    const applied = status?.conditions?.find(({ type }) => type === 'Applied');
    return applied?.status === is && words.test(applied.message ?? '');
  };
  return {
    deliver: async (namespace, count = 1) => {
      for (let index = 0; index < count; index += 1) {
        const name = count === 1 ? namespace : `${namespace}-${index}`;
        await hub.client.create(works, newWork('m1', name, [configMapManifest(namespace, name, { a: 'b' })]));
      }
    },
    untilSaid: (name, words) =>
      eventually(`Work ${name} says ${words}`, () => isApplied(name, 'False', words), AGAIN_MS),
    neighbourIsFine: async (name) => {
      await hub.client.create(works, newWork('m1', name, [configMapManifest('fine', name, { a: 'b' })]));
      await untilApplied(hub, 'm1', name);
    },
    recovers: async (name) => {
      await eventually(`Work ${name} is applied`, () => isApplied(name, 'True'), AGAIN_MS);
    },
    remove: (name) => hub.client.delete(works, { name, namespace: executionSpace('m1') }),
  };
}

function newWebhooks({ client }: TestMember): Pick<FailingMember, 'configureWebhook'> {
  const isInForce = (namespace: string): Promise<boolean> => {
    const probe = newObject<ConfigMap>('v1', 'ConfigMap', { name: 'probe', namespace });
    return client.create(configMaps, probe, { dryRun: true }).then(
      () => false,
      () => true,
    );
  };
  return {
    configureWebhook: async (namespace, port, more) => {
      await client.create(webhooks, newWebhook(namespace, port, more));
      await eventually(`the webhook for ${namespace} is in force`, () => isInForce(namespace));
    },
  };
}

/** Config maps in the namespace are created only if what answers at the port says so. */
export function newWebhook(namespace: string, port: number, more: object = {}): Unstructured {
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

/** Takes connections and never says anything, until it is ended. */
export async function startSilent(world: World): Promise<{ port: number; end(): void }> {
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
