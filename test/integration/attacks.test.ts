import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { agentKeysKey, withRevokedKeys } from '../../shared/apis/cluster/agent-keys.ts';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { configMaps, namespaces, secrets } from '../../shared/apis/core/v1.ts';
import { isForbidden, isNotFound, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { clusterRoleBindings, roleBindings } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { changeAgentKeys } from '../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newCertificateRequest } from '../../shared/pki/certificate-request.ts';
import { newKey } from '../../shared/pki/private-key.ts';
import { clientFor, clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { createToken, registerMember } from '../framework/join.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember } from '../framework/start-member.ts';
import { newWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** Each identity tries what an attacker in its place would, and gets what the table says. The victim is an agent called `victim`. */

type Identity = 'nobody' | 'expired token' | 'token' | 'bound token' | 'own agent' | 'other agent' | 'revoked agent';
type Outcome = 'allowed' | 'forbidden' | 'unauthorized' | 'denied' | 'approved' | 'waits';

let world: World;
let hub: TestHub;
const clients = {} as Record<Identity, KubeClient>;
let requests = 0;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  const member = await startTestMember(world, 'm1');
  const bearer = (token: string) => clientFor(world, { transport: { server: hub.server, caPem: hub.caPem, token } });
  const agent = async (clusterName: string) =>
    clientOf(world, await registerMember(world, { hub, member, clusterName }));
  clients.nobody = clientFor(world, { transport: { server: hub.server, caPem: hub.caPem } });
  const expired = await createToken(hub, 1000);
  clients['expired token'] = bearer(expired);
  clients.token = bearer(await createToken(hub));
  clients['bound token'] = bearer(await createToken(hub, 3600_000, { clusterName: 'bound' }));
  clients['own agent'] = await agent('victim');
  clients['other agent'] = await agent('attacker');
  clients['revoked agent'] = await agent('revoked');
  await hub.client.create(works, newWork('victim', 'secret', []));
  await changeAgentKeys(hub.client, 'revoked', (record) => withRevokedKeys(record, Date.now()));
  const gone = { namespace: 'kube-system', name: `bootstrap-token-${expired.split('.')[0]}` };
  await eventually('the token has expired', () => hub.client.get(secrets, gone).then(() => false, isNotFound));
}, 60_000);

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
  await clients.token.create(certificateSigningRequests, {
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

const ATTEMPTS: Record<string, (client: KubeClient) => Promise<Outcome>> = {
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
  "ask for the victim's certificate": (c) => askFor(c, 'system:karmada:agent:victim'),
  "ask for it with the victim's uid": (c) => askFor(c, 'system:karmada:agent:victim', { 'pullet.io/member-uid': 'x' }),
  "ask for the generator's certificate": (c) => askFor(c, 'system:karmada:agent:rbac-generator'),
};

function notFoundIsAllowed(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** What everybody of a column gets unless the row says otherwise. */
const USUAL: Partial<Record<Identity, Outcome>> = {
  nobody: 'forbidden',
  'expired token': 'unauthorized',
  token: 'forbidden',
  'bound token': 'forbidden',
  'other agent': 'forbidden',
  'revoked agent': 'unauthorized',
};
const EXCEPTIONS: Record<string, Partial<Record<Identity, Outcome>>> = {
  'read cluster-info': { nobody: 'allowed' },
  "ask for the victim's certificate": { token: 'denied', 'bound token': 'denied', 'other agent': 'waits' },
  "ask for it with the victim's uid": { token: 'denied', 'bound token': 'denied', 'other agent': 'waits' },
  "ask for the generator's certificate": { token: 'denied', 'bound token': 'denied', 'other agent': 'waits' },
};

const TABLE = Object.keys(ATTEMPTS).flatMap((attempt) =>
  (Object.entries(USUAL) as [Identity, Outcome][]).map(([identity, usual]): [Identity, string, Outcome] => [
    identity,
    attempt,
    EXCEPTIONS[attempt]?.[identity] ?? usual,
  ]),
);

// On a kube-apiserver a revoked certificate still says who one is; its rights are what is gone.
describe.skipIf(hubIsKube)('what an attacker gets', () => {
  test.each(TABLE)('%s: %s', async (identity, attempt, expected) => {
    expect(await ATTEMPTS[attempt]?.(clients[identity])).toBe(expected);
  });

  test('and the victim goes on undisturbed', async () => {
    const { items } = await clients['own agent'].list(works, { namespace: space });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['secret']);
  });
});
