/** What goes wrong in a member by itself: each Work that meets it says so and goes on when it is over, and the others notice nothing. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { type ConfigMap, configMaps } from '../../shared/apis/core/v1.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { MANAGED_LABEL, works } from '../../shared/apis/work/v1alpha1.ts';
import { readText } from '../../shared/client/json-lines.ts';
import { clientOf } from '../framework/access.ts';
import { eventually, throughout } from '../framework/eventually.ts';
import { configMapManifest, newWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import {
  type FailingMember,
  newObject,
  newType,
  newWebhook,
  startFailingMember,
  startSilent,
  webhooks,
} from './failing-member.ts';

const binaries = await ensureBinaries();

const apiServices = newType('apiregistration.k8s.io', 'v1', 'apiservices');
const definitions = newType('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
const flowSchemas = newType('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas');
const priorityLevels = newType('flowcontrol.apiserver.k8s.io', 'v1', 'prioritylevelconfigurations');
const quotas: ResourceType<Unstructured> = { ...newType('', 'v1', 'resourcequotas'), namespaced: true };

describe.runIf('dir' in binaries)('a member', () => {
  let world: World;
  let failing: FailingMember;

  beforeAll(async () => {
    world = await newWorld();
    failing = await startFailingMember(world, ['full', 'busy', 'away', 'changed']);
  });
  afterAll(() => world?.stop());

  test('whose quota is used up says which, and takes the object when there is room', async () => {
    const { member, deliver, untilSaid, neighbourIsFine, recovers, remove } = failing;
    const hard = (count: string) => ({ spec: { hard: { 'count/configmaps': count } } });
    const quota = newObject<Unstructured>('v1', 'ResourceQuota', { name: 'tight', namespace: 'full' }, hard('0'));
    const made = await member.client.create(quotas, quota);
    // In a whole cluster a controller does that.
    const status = { hard: { 'count/configmaps': '0' }, used: { 'count/configmaps': '0' } };
    await member.client.update(quotas, { ...made, status }, { subresource: 'status' });
    const probe = newObject<ConfigMap>('v1', 'ConfigMap', { name: 'probe', namespace: 'full' });
    await eventually('the quota is in force', () =>
      member.client.create(configMaps, probe, { dryRun: true }).then(
        () => false,
        (error: unknown) => String(error).includes('exceeded quota'),
      ),
    );
    await deliver('full');
    await untilSaid('full', /ConfigMap full\/full: .*exceeded quota: tight/);
    await neighbourIsFine('beside-full');
    await member.client.delete(quotas, { name: 'tight', namespace: 'full' });
    await recovers('full');
    await remove('full');
  });

  test('that is too busy for a Work says so, and is asked again when it wants to be', async () => {
    const { member, deliver, untilSaid, neighbourIsFine, recovers, remove } = failing;
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
    const { port, end } = await startSilent(world);
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
    await remove('busy');
  });

  test('of which an aggregated API is down delivers all the rest, and says that something is missing', async () => {
    const { hub, member, untilSaid, neighbourIsFine, recovers } = failing;
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
    const words =
      /Thing x: .*discovery of away\.pullet\.test\/v1 fails at the moment: service\/nobody in "away" is not present/;
    await untilSaid('away', words);
    expect(await member.client.get(configMaps, { namespace: 'fine', name: 'beside-thing' })).toBeDefined();
    await neighbourIsFine('beside-away');
    await member.client.delete(apiServices, { name });
    await member.client.create(definitions, newDefinition());
    await recovers('away');
  });

  test('that changes what is delivered to it is not fought with, and drift is undone all the same', async () => {
    const { member, deliver, recovers } = failing;
    await configureMutation('changed');
    await deliver('changed');
    await recovers('changed');
    const key = { namespace: 'changed', name: 'changed' };
    const before = await member.client.get(configMaps, key);
    expect(before.data).toEqual({ a: 'theirs', more: 'theirs' });
    await untouched(key, before);
    const patch = { metadata: { labels: { [MANAGED_LABEL]: null } } };
    await member.client.patch(configMaps, key, { type: 'merge', patch });
    const after = await eventually('the label is back', async () => {
      const found = await member.client.get(configMaps, key);
      return found.metadata.labels?.[MANAGED_LABEL] === 'true' && found;
    });
    expect(after.data?.['a']).toBe('theirs');
    await untouched(key, after);
  });

  function untouched(key: { namespace: string; name: string }, { metadata }: ConfigMap): Promise<void> {
    return throughout('nobody writes the object', 2000, async () => {
      const found = await failing.member.client.get(configMaps, key);
      return found.metadata.resourceVersion === metadata.resourceVersion;
    });
  }

  /** Every config map of the namespace gets other data than it is sent with, and again other data with each write. Resolves when that is in force. */
  async function configureMutation(namespace: string): Promise<void> {
    const set = (field: string, value: string): string =>
      `JSONPatch{op: 'add', path: '/data/${field}', value: ${value}}`;
    const longer = "oldObject == null ? 'theirs' : oldObject.data.more + '+'";
    const expression = `[${set('a', "'theirs'")}, ${set('more', longer)}]`;
    const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] };
    const spec = {
      matchConstraints: { resourceRules: [rule] },
      matchConditions: [{ name: 'there', expression: `object.metadata.namespace == '${namespace}'` }],
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
    };
    const [version, name] = ['admissionregistration.k8s.io/v1', 'changing'];
    const create = (kind: string, resource: string, more: object) =>
      failing.member.client.create(
        newType('admissionregistration.k8s.io', 'v1', resource),
        newObject<Unstructured>(version, kind, { name }, { spec: more }),
      );
    await create('MutatingAdmissionPolicy', 'mutatingadmissionpolicies', spec);
    await create('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings', { policyName: name });
    const probe = newObject<ConfigMap>('v1', 'ConfigMap', { name: 'probe', namespace }, { data: { a: 'b' } });
    await eventually('the policy is in force', async () => {
      const { data } = await failing.member.client.create(configMaps, probe, { dryRun: true });
      return data?.['more'] === 'theirs';
    });
  }

  /** The same kind, served by the API server itself. */
  function newDefinition(): Unstructured {
    const group = 'away.pullet.test';
    const names = { kind: 'Thing', listKind: 'ThingList', plural: 'things', singular: 'thing' };
    const schema = { openAPIV3Schema: { type: 'object' } };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const spec = { group, names, scope: 'Cluster', versions };
    const metadata = { name: `things.${group}` };
    return newObject('apiextensions.k8s.io/v1', 'CustomResourceDefinition', metadata, { spec });
  }
});
