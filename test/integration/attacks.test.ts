import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCertRevoke } from '../../cli/commands/cert-revoke.ts';
import type { Factory } from '../../cli/factory.ts';
import { HUB_LEASE } from '../../services/install/hub-rights.ts';
import { ADMISSION_POLICY_NAME } from '../../services/install/policy/agent-admission-policy.ts';
import { validatingAdmissionPolicies } from '../../shared/apis/admissionregistration/v1.ts';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { agentKeysKey } from '../../shared/apis/cluster/agent-keys.ts';
import {
  AGENT_ORGANIZATION,
  AGENT_RBAC_GENERATOR,
  clusters,
  executionSpace,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, namespaces, secrets } from '../../shared/apis/core/v1.ts';
import { isForbidden, isNotFound, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { clusterRoleBindings, roleBindings } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { newCertificateRequest } from '../../shared/pki/certificate-request.ts';
import { newKey } from '../../shared/pki/private-key.ts';
import { clientFor, clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { createToken, registerMember } from '../framework/join.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { newWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/**
 * Each identity tries what an attacker in its place would, and gets what the table says. The victim is an agent called `victim`. Whoever administers a member
 * finds its agent's credential there, and so can do what `other agent` can; `member admin` is what else they have.
 */

const IDENTITIES = [
  'nobody',
  'expired token',
  'token',
  'bound token',
  'other agent',
  'revoked agent',
  'member admin',
] as const;
/** Only where karmadactl is served, and outside of a join; what it can do during one has a test of its own. */
const GENERATOR = 'compat generator';
type Identity = (typeof IDENTITIES)[number] | typeof GENERATOR;
type Outcome = 'allowed' | 'forbidden' | 'unauthorized' | 'denied' | 'approved' | 'waits';

let world: World;
let requests = 0;

/** A hub with a victim on it. */
interface Scene {
  hub: TestHub;
  victim: KubeClient;
  /** Of an unlimited token. */
  token: KubeClient;
  clients: Partial<Record<Identity, KubeClient>>;
}
let main: Scene;
let compat: Scene;

async function newScene(member: TestMember, flags: string[] = []): Promise<Scene> {
  const hub = await startTestHub(world, flags);
  const victim = await agentOf(hub, member, 'victim');
  await hub.client.create(works, newWork('victim', 'secret', []));
  return { hub, victim, token: bearer(hub, await createToken(hub)), clients: {} };
}

const at = ({ server, caPem }: TestHub, who: Partial<TransportOptions>): KubeClient =>
  clientFor(world, { transport: { ...who, server, caPem } });
const bearer = (hub: TestHub, token: string): KubeClient => at(hub, { token });
const ownWorks = (agent: KubeClient, cluster: string) => agent.list(works, { namespace: executionSpace(cluster) });

/** A kube-apiserver knows of rights a moment after they are given. */
async function agentOf(hub: TestHub, member: TestMember, clusterName: string): Promise<KubeClient> {
  const agent = await clientOf(world, await registerMember(world, { hub, member, clusterName }));
  await eventually(`${clusterName} has its rights`, () => ownWorks(agent, clusterName));
  return agent;
}

async function expiredToken(hub: TestHub): Promise<KubeClient> {
  const expired = await createToken(hub, 1000);
  const key = { namespace: 'kube-system', name: `bootstrap-token-${expired.split('.')[0]}` };
  await eventually('the token has expired', () => hub.client.get(secrets, key).then(() => false, isNotFound));
  return bearer(hub, expired);
}

async function revokedAgent(hub: TestHub, member: TestMember): Promise<KubeClient> {
  const agent = await agentOf(hub, member, 'revoked');
  const streams = { out: () => {}, err: () => {}, isTerminal: false };
  const factory = { hubClient: async () => hub.client, clock: systemClock, streams } as unknown as Factory;
  await runCertRevoke({ hub: {}, cluster: 'revoked' }, factory);
  await eventually('it is revoked', async () => (await outcome(ownWorks(agent, 'revoked'))) !== 'allowed');
  return agent;
}

async function generator(hub: TestHub): Promise<KubeClient> {
  const { transport } = await loadKubeconfig({ path: hub.kubeconfig });
  return at(hub, { ...transport, impersonate: { user: AGENT_RBAC_GENERATOR, groups: [AGENT_ORGANIZATION] } });
}

beforeAll(async () => {
  world = await newWorld();
  const member = await startTestMember(world, 'm1');
  main = await newScene(member);
  const { hub, clients } = main;
  clients.nobody = at(hub, {});
  clients['expired token'] = await expiredToken(hub);
  clients.token = main.token;
  clients['bound token'] = bearer(hub, await createToken(hub, 3600_000, { clusterName: 'bound' }));
  clients['other agent'] = await agentOf(hub, member, 'attacker');
  clients['revoked agent'] = await revokedAgent(hub, member);
  clients['member admin'] = at(hub, (await loadKubeconfig({ path: member.kubeconfig })).transport);
  if (hubIsKube) return;
  compat = await newScene(member, ['--karmada-compat', `--data-dir=${path.join(world.dir, 'compat')}`]);
  compat.clients[GENERATOR] = await generator(compat.hub);
});

afterAll(() => world.stop());

const outcome = (attempt: Promise<unknown>): Promise<Outcome> =>
  attempt.then(
    () => 'allowed' as const,
    (error: unknown) => {
      if (isForbidden(error)) return 'forbidden';
      if (isUnauthorized(error)) return 'unauthorized';
      throw error;
    },
  );

/** Asks for an agent's certificate with a key of the attacker's and sees what becomes of it. */
async function askFor(
  client: KubeClient,
  { hub, token }: Scene,
  commonName: string,
  annotations: Record<string, string> = {},
): Promise<Outcome> {
  const name = `attack-${++requests}`;
  const subject = { commonName, organizations: ['system:karmada:agents'] };
  const posted = await outcome(
    client.create(certificateSigningRequests, {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name, annotations },
      spec: {
        request: Buffer.from(newCertificateRequest(await newKey(), subject)).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['digital signature', 'client auth'],
      },
    }),
  );
  if (posted !== 'allowed') return posted;
  // Requests are looked at in order: when a later one is decided on, this one never will be.
  const marker = `marker-${requests}`;
  await token.create(certificateSigningRequests, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: marker },
    spec: {
      request: Buffer.from(
        newCertificateRequest(await newKey(), { ...subject, commonName: 'system:karmada:agent:victim' }),
      ).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['digital signature', 'client auth'],
    },
  });
  const decisionOn = async (request: string) =>
    (await hub.client.get(certificateSigningRequests, { name: request })).status?.conditions?.[0]?.type;
  await eventually('the marker is denied', async () => (await decisionOn(marker)) === 'Denied');
  const decision = await decisionOn(name);
  return decision === 'Denied' ? 'denied' : decision === 'Approved' ? 'approved' : 'waits';
}

const space = executionSpace('victim');
const newCluster = (name: string) => ({
  apiVersion: 'cluster.karmada.io/v1alpha1',
  kind: 'Cluster',
  metadata: { name },
  spec: { syncMode: 'Pull' as const },
});
const newBinding = (name: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole' as const, name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group' as const, name: 'system:karmada:agents' }],
});

const ATTEMPTS: Record<string, (client: KubeClient, scene: Scene) => Promise<Outcome>> = {
  'read cluster-info': (c) => outcome(c.get(configMaps, { namespace: 'kube-public', name: 'cluster-info' })),
  "read the victim's Works": (c) => outcome(c.list(works, { namespace: space })),
  "write the victim's Works": (c) =>
    outcome(c.create(works, newWork('victim', `w${++requests}`, []), { dryRun: true })),
  "take the victim's heartbeat": (c) =>
    outcome(c.patch(leases, { namespace: 'karmada-cluster', name: 'victim' }, { type: 'merge', patch: { spec: {} } })),
  "read the victim's Cluster": (c) => outcome(c.get(clusters, { name: 'victim' }).catch(notFoundIsAllowed)),
  "create the victim's Cluster": (c) => outcome(c.create(clusters, newCluster('victim'), { dryRun: true })),
  'read the tokens': (c) => outcome(c.list(secrets, { namespace: 'kube-system' })),
  'read the keys on record': (c) => outcome(c.get(configMaps, agentKeysKey('victim'))),
  'clear its revocation': (c) => outcome(c.delete(configMaps, agentKeysKey('revoked'), { dryRun: ['All'] })),
  'list namespaces': (c) => outcome(c.list(namespaces)),
  'bind everybody to cluster-admin': (c) =>
    outcome(c.create(clusterRoleBindings, newBinding('evil'), { dryRun: true })),
  "widen the victim's rights": (c) =>
    outcome(
      c.delete(roleBindings, { namespace: space, name: 'system:karmada:victim:agent-work' }, { dryRun: ['All'] }),
    ),
  'impersonate the admin': (c) =>
    outcome(c.raw({ method: 'GET', path: '/api/v1/namespaces', headers: { 'impersonate-user': 'admin' } })),
  'approve a request': (c) =>
    outcome(
      c.patch(
        certificateSigningRequests,
        { name: 'any' },
        { type: 'merge', patch: { metadata: { annotations: { 'pullet.io/approved-request': 'x' } } } },
      ),
    ),
  'approve one as kubectl does': (c) =>
    outcome(
      c.patch(
        certificateSigningRequests,
        { name: 'any' },
        { type: 'merge', patch: { status: { conditions: [{ type: 'Approved', status: 'True', reason: 'x' }] } } },
        { subresource: 'approval' },
      ),
    ),
  "replace the hub's authority": (c) =>
    outcome(c.raw({ method: 'POST', path: '/pullet/ca', body: JSON.stringify({ step: 'rotate' }) })),
  "ask for the victim's certificate": (c, scene) => askFor(c, scene, 'system:karmada:agent:victim'),
  "ask for it with the victim's uid": (c, scene) =>
    askFor(c, scene, 'system:karmada:agent:victim', { 'pullet.io/member-uid': 'x' }),
  "ask for the generator's certificate": (c, scene) => askFor(c, scene, 'system:karmada:agent:rbac-generator'),
  "take the victim's credentials Secret": (c) =>
    outcome(c.get(secrets, { namespace: 'karmada-cluster', name: 'victim' }).catch(notFoundIsAllowed)),
  "make a Secret of the victim's name": (c) => outcome(c.create(secrets, newSecret('victim'), { dryRun: true })),
  "make the victim's heartbeat": (c) => outcome(c.create(leases, newLease('victim'), { dryRun: true })),
  'take the policy of agents away': (c) =>
    outcome(c.delete(validatingAdmissionPolicies, { name: ADMISSION_POLICY_NAME }, { dryRun: ['All'] })),
  'stop the hub': (c) => outcome(c.delete(leases, HUB_LEASE, { dryRun: ['All'] })),
  'change what newcomers are told': (c) =>
    outcome(c.patch(configMaps, CLUSTER_INFO, { type: 'merge', patch: { data: { kubeconfig: 'evil' } } })),
};

const CLUSTER_INFO = { namespace: 'kube-public', name: 'cluster-info' };
const newSecret = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'karmada-cluster', name },
});
const newLease = (name: string) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { namespace: 'karmada-cluster', name },
});

function notFoundIsAllowed(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** What everybody of a column gets unless the row says otherwise. On a kube-apiserver a revoked certificate still says who one is; its rights are gone. */
const USUAL: Record<Identity, Outcome> = {
  nobody: 'forbidden',
  'expired token': 'unauthorized',
  token: 'forbidden',
  'bound token': 'forbidden',
  'other agent': 'forbidden',
  'revoked agent': hubIsKube ? 'forbidden' : 'unauthorized',
  'member admin': 'unauthorized',
  'compat generator': 'forbidden',
};
const EXCEPTIONS: Record<string, Partial<Record<Identity, Outcome>>> = {
  'read cluster-info': { nobody: 'allowed' },
  "read the victim's Cluster": { [GENERATOR]: 'allowed' },
  "ask for the victim's certificate": { token: 'denied', 'bound token': 'denied', 'other agent': 'waits' },
  "ask for it with the victim's uid": { token: 'denied', 'bound token': 'denied', 'other agent': 'waits' },
  "ask for the generator's certificate": { token: 'denied', 'bound token': 'denied', 'other agent': 'waits' },
};

const tableOf = (identities: readonly Identity[]): [Identity, string, Outcome][] =>
  Object.keys(ATTEMPTS).flatMap((attempt) =>
    identities.map((identity): [Identity, string, Outcome] => [
      identity,
      attempt,
      EXCEPTIONS[attempt]?.[identity] ?? USUAL[identity],
    ]),
  );

async function attemptAs(scene: Scene, identity: Identity, attempt: string): Promise<Outcome | undefined> {
  const client = scene.clients[identity];
  if (!client) throw new Error(`there is no client of ${identity}`);
  return await ATTEMPTS[attempt]?.(client, scene);
}

async function isUndisturbed({ victim }: Scene): Promise<boolean> {
  const { items } = await victim.list(works, { namespace: space });
  return items.length === 1 && items[0]?.metadata.name === 'secret';
}

describe('what an attacker gets', () => {
  test.each(tableOf(IDENTITIES))('%s: %s', async (identity, attempt, expected) => {
    expect(await attemptAs(main, identity, attempt)).toBe(expected);
  });

  test('and the victim goes on undisturbed', async () => {
    expect(await isUndisturbed(main)).toBe(true);
  });
});

describe.skipIf(hubIsKube)('where karmadactl is served', () => {
  test.each(tableOf([GENERATOR]))('%s: %s', async (identity, attempt, expected) => {
    expect(await attemptAs(compat, identity, attempt)).toBe(expected);
  });

  test('and the victim goes on undisturbed', async () => {
    expect(await isUndisturbed(compat)).toBe(true);
  });
});
