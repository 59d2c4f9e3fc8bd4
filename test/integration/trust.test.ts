import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { withRevokedKeys } from '../../shared/apis/cluster/agent-keys.ts';
import { APPROVED_REQUEST_ANNOTATION, clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { changeAgentKeys } from '../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { clientOf } from '../framework/access.ts';
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
