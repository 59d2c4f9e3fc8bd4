import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_AGENT_KEYS, renderAgentKeys, withAgentKey } from '../../../shared/apis/cluster/agent-keys.ts';
import { type ConfigMap, configMaps, namespaces } from '../../../shared/apis/core/v1.ts';
import { clusterRoleBindings } from '../../../shared/apis/rbac/v1.ts';
import { changeAgentKeys, fetchAgentKeys } from '../../../shared/client/agent-keys.ts';
import { newExecutionSpace } from '../cluster-mailbox.ts';
import { FIXTURE_NOW, type HubFixture, newHubFixture } from '../hub-fixture.ts';
import { KARMADA_AGENT_ANNOTATION, LEFT_ANNOTATION } from './annotations.ts';

let hub: HubFixture;
beforeEach(async () => {
  hub = await newHubFixture();
});
afterEach(() => hub.stop());

const { signal } = new AbortController();
const BINDING = 'system:karmada:m1:agent';
const rights = () => hub.kube.get('clusterrolebindings.rbac.authorization.k8s.io', BINDING);
const withKey = (record = NO_AGENT_KEYS, pin: string) => withAgentKey(record, pin, FIXTURE_NOW + 3600_000, FIXTURE_NOW);

/** The Cluster m1 of a karmada-agent has gone a moment ago. */
async function depart(): Promise<void> {
  await changeAgentKeys(hub.kube.client, 'm1', (record) => withKey(record, 'sha256:old'), signal);
  const annotations = { [KARMADA_AGENT_ANNOTATION]: 'true', [LEFT_ANNOTATION]: 'm1' };
  hub.kube.put(clusterRoleBindings, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: BINDING, annotations },
  });
  await hub.start({ servesKarmada: true });
}

test('the credential of a karmada-agent that has left ends a moment later', async () => {
  await depart();
  await hub.clock.advance(14_000);
  expect(rights()).toBeDefined();
  await hub.clock.advance(2000);
  await hub.until(() => rights() === undefined);
  expect((await fetchAgentKeys(hub.kube.client, 'm1')).keys).toMatchObject({ 'sha256:old': { isRevoked: true } });
});

test('who joins under its name in that moment keeps the key and the rights', async () => {
  await depart();
  const { kube } = hub;
  let hasLooked = false;
  let hasJoined = false;
  kube.before = (request) => {
    hasLooked ||= request === 'get namespaces karmada-es-m1';
    if (!hasLooked || hasJoined || request !== 'get configmaps karmada-cluster/agent-keys-m1') return;
    hasJoined = true;
    kube.put(namespaces, newExecutionSpace('m1', {}));
    const stored = kube.get('configmaps', 'karmada-cluster/agent-keys-m1');
    const record = withKey(withKey(undefined, 'sha256:old'), 'sha256:new');
    kube.put(configMaps, { ...stored, data: renderAgentKeys(record) } as ConfigMap);
  };
  await hub.clock.advance(16_000);
  await hub.until(() => rights() !== undefined && !(LEFT_ANNOTATION in (rights()?.metadata.annotations ?? {})));
  expect((await fetchAgentKeys(kube.client, 'm1')).keys).toMatchObject({
    'sha256:old': { isRevoked: true },
    'sha256:new': { isRevoked: false },
  });
});
