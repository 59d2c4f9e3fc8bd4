import { beforeEach, describe, expect, test } from 'vitest';
import { configMaps, namespaces, secrets, serviceAccounts } from '../shared/apis/core/v1.ts';
import { newFakeClock } from '../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../shared/controller/fake-kube.ts';
import { newMadeObjects } from './made-objects.ts';
import { obtainMemberCredentials } from './member-credentials.ts';

const SPACE = 'karmada-cluster';
let member: FakeKube;
let interrupt: AbortController;

beforeEach(() => {
  member = newFakeKube();
  interrupt = new AbortController();
});

/** A join that is interrupted at the request; the member issues tokens as soon as they are asked for. */
async function joinInterruptedAt(request: string): Promise<void> {
  const access = { client: member.client, clock: newFakeClock(), signal: interrupt.signal };
  const made = newMadeObjects(access);
  member.before = (one) => {
    if (one === request) interrupt.abort(new Error('interrupted'));
    const name = /^get secrets karmada-cluster\/(.*)$/.exec(one)?.[1];
    const secret = name && member.get('secrets', `${SPACE}/${name}`);
    if (secret && !secret['data']) member.put(secrets, { ...secret, data: { token: 'dA==' } } as typeof secret);
  };
  const joining = obtainMemberCredentials({ ...access, made, cluster: 'm1', namespace: SPACE });
  await expect(joining).rejects.toThrow('interrupted');
  member.before = () => undefined;
  await made.takeBack();
}

/** A namespace that is being deleted goes when its controller has seen that. */
const all = (): string[] =>
  ['namespaces', 'serviceaccounts', 'secrets', 'clusterroles.rbac.authorization.k8s.io']
    .flatMap((resource) => member.list(resource))
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);

const put = (name: string): void => {
  const metadata = { name, namespace: SPACE };
  member.put(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
};

describe('what an interrupted join has made in a member goes', () => {
  test.each([
    `create namespaces ${SPACE}`,
    `create secrets ${SPACE}/karmada-impersonator`,
    `create serviceaccounts ${SPACE}/karmada-m1`,
    `get secrets ${SPACE}/karmada-m1`,
    'create clusterroles.rbac.authorization.k8s.io karmada-controller-manager:karmada-m1',
  ])('at %s', async (request) => {
    await joinInterruptedAt(request);
    expect(all()).toEqual([]);
  });

  test('but nothing that was there before', async () => {
    member.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SPACE } });
    put('karmada-impersonator');
    put('karmada-m1');
    const before = all();
    await joinInterruptedAt('create clusterroles.rbac.authorization.k8s.io karmada-controller-manager:karmada-m1');
    expect(all()).toEqual(before);
  });

  test('but not the namespace where somebody has put something into it meanwhile', async () => {
    const metadata = { name: 'theirs', namespace: SPACE };
    const access = { client: member.client, clock: newFakeClock(), signal: interrupt.signal };
    const made = newMadeObjects(access);
    await made.ensure(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SPACE } });
    member.put(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await made.takeBack();
    expect(all()).toEqual([`Namespace ${SPACE}`]);
  });

  test('but not what somebody made in its place', async () => {
    const made = newMadeObjects({ client: member.client, clock: newFakeClock(), signal: interrupt.signal });
    const metadata = { name: 'a', namespace: SPACE };
    await made.ensure(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await member.client.delete(serviceAccounts, metadata);
    put('a');
    await made.takeBack();
    expect(all()).toEqual(['ServiceAccount a']);
  });
});
