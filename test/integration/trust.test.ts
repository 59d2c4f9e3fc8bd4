import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCertRevoke } from '../../cli/commands/cert-revoke.ts';
import type { Factory } from '../../cli/factory.ts';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { withRevokedKeys } from '../../shared/apis/cluster/agent-keys.ts';
import { APPROVED_REQUEST_ANNOTATION, clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { isForbidden, isNotFound, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { clusterRoleBindings, clusterRoles } from '../../shared/apis/rbac/v1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { changeAgentKeys, fetchAgentKeys } from '../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { newCertificateRequest } from '../../shared/pki/certificate-request.ts';
import { newKey, privateKeyPem } from '../../shared/pki/private-key.ts';
import { clientFor, clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { createToken, registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { newWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** Credentials that end: revoked, replaced, left behind by a cluster that has gone. */

let world: World;
let hub: TestHub;
let member: TestMember;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
});

afterAll(() => world.stop());

const ownWorks = (agent: KubeClient, cluster: string) => agent.list(works, { namespace: executionSpace(cluster) });
const isRefused = (attempt: Promise<unknown>): Promise<boolean> =>
  attempt.then(
    () => false,
    (error: unknown) => isUnauthorized(error),
  );
const revoke = (cluster: string) =>
  changeAgentKeys(hub.client, cluster, (record) => withRevokedKeys(record, Date.now()));

// A kube-apiserver can't be told to refuse a certificate.
describe.skipIf(hubIsKube)('on the embedded API a revoked credential', () => {
  test('gets 401 from the next request on, also after a restart, and its watches end', async () => {
    const agent = await clientOf(world, await registerMember(world, { hub, member, clusterName: 'revoked' }));
    await ownWorks(agent, 'revoked');
    await hub.client.create(works, newWork('revoked', 'first', []));
    const watch = agent.watch(works, { namespace: executionSpace('revoked') }, new AbortController().signal);
    let seen = 0;
    const ended = (async () => {
      for await (const _ of watch) seen++;
      return 'ended';
    })();
    await eventually('the watch is open', () => seen > 0);
    await revoke('revoked');
    expect(await isRefused(ownWorks(agent, 'revoked'))).toBe(true);
    expect(await ended).toBe('ended');
    await hub.stop();
    await hub.start();
    await eventually('the hub is back, and refuses it still', () => isRefused(ownWorks(agent, 'revoked')));
  });

  test('leaves the name to a replacing token, and to no other', async () => {
    await expect(registerMember(world, { hub, member, clusterName: 'revoked' })).rejects.toThrow(
      /belongs to another cluster[\s\S]*--replace/,
    );
    const token = await createToken(hub, 3600_000, { clusterName: 'revoked', isReplacing: true, isSingleUse: true });
    const agent = await clientOf(world, await registerMember(world, { hub, member, clusterName: 'revoked', token }));
    await eventually('the new credential works', async () => ownWorks(agent, 'revoked'));
  });

  test('of a cluster that was removed does not come back to life with its name', async () => {
    const oldKubeconfig = await registerMember(world, { hub, member });
    const agent = await startTestAgent(world, member, oldKubeconfig);
    await untilReady(hub, 'm1', 'True');
    const old = await clientOf(world, oldKubeconfig);
    await hub.client.delete(clusters, { name: 'm1' });
    await eventually('the cluster is gone', () =>
      hub.client.get(clusters, { name: 'm1' }).then(() => false, isNotFound),
    );
    expect(await isRefused(ownWorks(old, 'm1'))).toBe(true);
    await agent.stop();
    const fresh = await clientOf(world, await registerMember(world, { hub, member }));
    await ownWorks(fresh, 'm1');
    expect(await isRefused(ownWorks(old, 'm1'))).toBe(true);
  });
});

describe.runIf(hubIsKube)('on a real kube-apiserver a revoked credential', () => {
  async function revokeByHand(cluster: string): Promise<string> {
    const said: string[] = [];
    const streams = { out: (text: string) => void said.push(text), err: () => {}, isTerminal: false };
    const factory = { hubClient: async () => hub.client, streams, clock: systemClock } as unknown as Factory;
    await runCertRevoke({ hub: {}, cluster }, factory);
    return said.join('');
  }

  test('has no rights from then on, and its name stays closed until its last certificate has ended', async () => {
    const agent = await clientOf(world, await registerMember(world, { hub, member, clusterName: 'revoked' }));
    await eventually('it has its rights', () => ownWorks(agent, 'revoked'));
    const end = await eventually('the hub knows until when it was certified', async () => {
      const [key] = Object.values((await fetchAgentKeys(hub.client, 'revoked')).keys);
      return key?.issued?.until;
    });
    const said = await revokeByHand('revoked');
    expect(said).toContain('Watches that it has open on this API server may last until they time out');
    expect(said).toContain(`stays closed until its last certificate ends: ${rfc3339(end)}`);
    await eventually('its rights are gone', () => ownWorks(agent, 'revoked').then(() => false, isForbidden));
    const token = await createToken(hub, 3600_000, { clusterName: 'revoked', isReplacing: true, isSingleUse: true });
    await expect(registerMember(world, { hub, member, clusterName: 'revoked', token })).rejects.toThrow(
      new RegExp(`closed until ${rfc3339(end)}`),
    );
    expect(await ownWorks(agent, 'revoked').then(() => false, isForbidden)).toBe(true);
  });
});

// Whose approval, and by which way, is the hub's: on both.
test('a join that somebody else approved has its claim and its rights', async () => {
  const key = await newKey();
  const subject = { commonName: 'system:karmada:agent:by-hand', organizations: ['system:karmada:agents'] };
  const name = 'by-hand-aaaaa';
  const robot = await hubUser('robot');
  await robot.create(certificateSigningRequests, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: Buffer.from(newCertificateRequest(key, subject)).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['digital signature', 'client auth'],
      expirationSeconds: 3600,
    },
  });
  const csr = await hub.client.get(certificateSigningRequests, { name });
  const approval = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'by hand' } as const;
  const approved = { ...csr, status: { conditions: [approval] } };
  await hub.client.update(certificateSigningRequests, approved, { subresource: 'approval' });
  const certPem = await eventually('the certificate', async () => {
    const { status } = await hub.client.get(certificateSigningRequests, { name });
    return status?.certificate && Buffer.from(status.certificate, 'base64').toString();
  });
  const transport = { server: hub.server, caPem: hub.caPem, certPem, keyPem: privateKeyPem(key) };
  const agent = clientFor(world, { transport });
  await eventually('its own Works', () => ownWorks(agent, 'by-hand').then(() => true));
});

/** Somebody who may make requests for certificates, and nothing else. */
async function hubUser(user: string): Promise<KubeClient> {
  const rules = [{ apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['create'] }];
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  await hub.client.create(clusterRoles, { apiVersion, kind: 'ClusterRole', metadata: { name: user }, rules });
  await hub.client.create(clusterRoleBindings, {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: user },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
  const { transport } = await loadKubeconfig({ path: hub.kubeconfig });
  return clientFor(world, { transport: { ...transport, impersonate: { user } } });
}

describe('a token', () => {
  test('for one use ends when the cluster that used it is registered', async () => {
    const token = await createToken(hub, 3600_000, { isSingleUse: true });
    const kubeconfig = await registerMember(world, { hub, member, clusterName: 'once', token });
    await expect(registerMember(world, { hub, member, clusterName: 'twice', token })).rejects.toThrow(
      /has been used by once/,
    );
    const agent = await clientOf(world, kubeconfig);
    await agent.create(clusters, {
      apiVersion: 'cluster.karmada.io/v1alpha1',
      kind: 'Cluster',
      metadata: { name: 'once' },
      spec: { syncMode: 'Pull' },
    });
    const key = { namespace: 'kube-system', name: `bootstrap-token-${token.split('.')[0]}` };
    await eventually('the token is gone', () => hub.client.get(secrets, key).then(() => false, isNotFound));
  });

  test('for one name lets no other in', async () => {
    const token = await createToken(hub, 3600_000, { clusterName: 'bound' });
    await expect(registerMember(world, { hub, member, clusterName: 'elsewhere', token })).rejects.toThrow(
      /for the cluster name bound alone/,
    );
  });

  test('that needs a person lets in when one has said yes', async () => {
    const token = await createToken(hub, 3600_000, { requiresApproval: true });
    const joining = registerMember(world, { hub, member, clusterName: 'asking', token });
    const csr = await eventually('the request', async () => {
      const { items } = await hub.client.list(certificateSigningRequests);
      return items.find(({ metadata }) => metadata.name?.startsWith('asking-'));
    });
    const { name = '', uid } = csr.metadata;
    const patch = { metadata: { annotations: { [APPROVED_REQUEST_ANNOTATION]: uid } } };
    await hub.client.patch(certificateSigningRequests, { name }, { type: 'merge', patch });
    await ownWorks(await clientOf(world, await joining), 'asking');
  });
});
