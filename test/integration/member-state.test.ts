import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeHead, decodeShard, shardOf } from '../../agent/work/known-state.ts';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, type Secret, secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import { STATE_LABEL, works } from '../../shared/apis/work/v1alpha1.ts';
import { type AgentProcess, startAgentProcess } from '../framework/agent-process.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember, untilReady } from '../framework/join.ts';
import { newCommandRunner } from '../framework/run-command.ts';
import { startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { configMapManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';

/** People edit and delete the Secrets in which an agent keeps what it has delivered: nothing is deleted for that, it is told, and the agent recovers. */

let world: World;
let hub: TestHub;
let member: TestMember;
let kubeconfig: string;
let agent: AgentProcess;
let run: (args: string[]) => Promise<string>;

beforeAll(async () => {
  world = await newWorld();
  run = newCommandRunner(world);
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  kubeconfig = await registerMember(world, { hub, member });
  agent = startAgent();
  await untilReady(hub, 'm1', 'True');
});

afterAll(() => world.stop());

function startAgent(): AgentProcess {
  return startAgentProcess(world, member, kubeconfig, ['--leader-elect=false']);
}

const NAMESPACE = 'karmada-system';
const WORK = { namespace: executionSpace('m1'), name: 'w' };
const manifestsOf = (names: string[]) => names.map((name) => configMapManifest('default', name, { of: 'work' }));

async function deliver(...names: string[]): Promise<void> {
  await hub.client.create(works, newWork('m1', WORK.name, manifestsOf(names)));
  await untilApplied(hub, 'm1', WORK.name);
  await untilKept(...names);
}

async function change(...names: string[]): Promise<void> {
  const patch = { spec: { workload: { manifests: manifestsOf(names) } } };
  await hub.client.patch(works, WORK, { type: 'merge', patch });
}

async function there(): Promise<string[]> {
  const { items } = await member.client.list(configMaps, { namespace: 'default' });
  return items.map(({ metadata }) => metadata.name ?? '').filter((name) => name !== 'kube-root-ca.crt');
}

const untilThere = (...names: string[]) =>
  eventually(`${names} are there`, async () => (await there()).join() === names.join());

async function shardName(): Promise<string> {
  const { uid = '' } = (await hub.client.get(works, WORK)).metadata;
  return `pullet-state-${shardOf(uid)}`;
}

const secretOf = (name: string): Promise<Secret> => member.client.get(secrets, { namespace: NAMESPACE, name });

/** What the member's Secret says that the Work has delivered. */
async function kept(): Promise<string[]> {
  const { uid = '' } = (await hub.client.get(works, WORK)).metadata;
  const { data } = await secretOf(await shardName());
  const shard = await decodeShard(Buffer.from(data?.['data'] ?? '', 'base64'));
  const objects = shard?.[uid]?.record.objects ?? [];
  return objects
    .filter(({ uid: made, orphaned }) => made !== '' && !orphaned)
    .map(({ name }) => name)
    .sort();
}

/** What the Secret that knows the hub says that is about to be made: as long as it stands there, it is proof too. */
async function intended(): Promise<string[]> {
  const { data } = await secretOf(HEAD);
  return Object.keys((await decodeHead(Buffer.from(data?.['data'] ?? '', 'base64')))?.intentions ?? {});
}

const untilKept = (...names: string[]) =>
  eventually(
    'it is written down',
    async () => (await kept()).join() === names.join() && (await intended()).length === 0,
  );

/** The Secret with this in it, as `kubectl replace --force` would make it. */
async function remake(name: string, more: Partial<Secret>): Promise<void> {
  const { data, type, metadata } = await secretOf(name);
  await member.client.delete(secrets, { namespace: NAMESPACE, name });
  const fresh = { name, namespace: NAMESPACE, labels: metadata.labels ?? {} };
  const secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: fresh, ...(data ? { data } : {}) };
  await member.client.create(secrets, { ...secret, ...(type ? { type } : {}), ...more });
}

async function edit(name: string, patch: object): Promise<void> {
  await member.client.patch(secrets, { namespace: NAMESPACE, name }, { type: 'merge', patch });
}

const dataOf = (text: Buffer | string) => ({ data: Buffer.from(text).toString('base64') });
const remove = (name: string) => member.client.delete(secrets, { namespace: NAMESPACE, name });
const HEAD = 'pullet-state-head';

interface Damage {
  what: string;
  /** While the agent is not there. */
  does(shard: string): Promise<unknown>;
  /** Why what the Work has stopped naming meanwhile may not be deleted; undefined where all proof is still there. */
  orphaned?: 'NotInInventory' | 'HubChanged';
  logged?: RegExp;
}

const NOT_USED = /the kept state is damaged: it is not used, and nothing that only it knows of is deleted/;
const NOTHING_WRITTEN = /nothing is written down of that: it stays/;
const MADE_ANEW = /it is made anew/;

const DAMAGES: Damage[] = [
  {
    what: 'the Secret of the Work is deleted',
    does: (shard) => remove(shard),
    orphaned: 'NotInInventory',
    logged: NOTHING_WRITTEN,
  },
  {
    what: 'it holds what was never compressed',
    does: (shard) => edit(shard, { data: dataOf('nonsense') }),
    orphaned: 'NotInInventory',
    logged: NOT_USED,
  },
  {
    what: 'it holds something else, and cannot be changed any more',
    does: (shard) => edit(shard, { data: dataOf(gzipSync('{"x":{}}')), immutable: true }),
    orphaned: 'NotInInventory',
    logged: NOT_USED,
  },
  {
    what: 'it names parts that there are not',
    does: (shard) =>
      edit(shard, { data: { data: null, parts: Buffer.from('["pullet-state-1-0"]').toString('base64') } }),
    orphaned: 'NotInInventory',
    logged: /a part of the kept state is missing: it is not used/,
  },
  {
    what: 'its label is gone, and its type is another',
    does: async (shard) => {
      const { data } = await secretOf(shard);
      await remove(shard);
      const metadata = { name: shard, namespace: NAMESPACE };
      await member.client.create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata, ...(data ? { data } : {}) });
    },
    orphaned: 'NotInInventory',
    logged: MADE_ANEW,
  },
  {
    what: 'the Secret that knows the hub is deleted',
    does: () => remove(HEAD),
    orphaned: 'HubChanged',
    logged: /an object is orphaned, not deleted/,
  },
  {
    what: 'the Secret that knows the hub is damaged',
    does: () => edit(HEAD, { data: dataOf('nonsense') }),
    orphaned: 'HubChanged',
    logged: NOT_USED,
  },
  {
    what: 'the Secret that knows the hub has the label of another',
    does: () => edit(HEAD, { metadata: { labels: { [STATE_LABEL]: 'part' } } }),
    orphaned: 'HubChanged',
    logged: /has the label of the agent's state is not of it/,
  },
  {
    what: 'all are made immutable',
    does: async (shard) => {
      for (const name of [shard, HEAD]) await edit(name, { immutable: true });
    },
    logged: MADE_ANEW,
  },
  {
    what: 'they get labels, annotations and a type of somebody else',
    does: async (shard) => {
      for (const name of [shard, HEAD]) {
        await remake(name, { type: 'Opaque' });
        await edit(name, { metadata: { labels: { team: 'shop' }, annotations: { by: 'hand' } } });
      }
    },
    logged: MADE_ANEW,
  },
  {
    what: 'older copies of them lie beside them',
    does: async (shard) => {
      for (const name of [shard, HEAD]) {
        const { metadata, type = '' } = await secretOf(name);
        const copy = { name: `${name}-copy`, namespace: NAMESPACE, labels: metadata.labels ?? {} };
        const data = dataOf(gzipSync('{}'));
        await member.client.create(secrets, { apiVersion: 'v1', kind: 'Secret', type, metadata: copy, data });
      }
    },
    logged: /has the label of the agent's state is not of it/,
  },
];

describe('while the agent is away', () => {
  test.each(DAMAGES.map((damage): [string, Damage] => [damage.what, damage]))(
    '%s',
    async (_, { does, orphaned, logged }) => {
      await deliver('a', 'b');
      await agent.kill();
      await does(await shardName());
      await change('a', 'c');
      agent = startAgent();
      const expected = orphaned ? ['a', 'b', 'c'] : ['a', 'c'];
      await untilThere(...expected);
      if (orphaned) {
        const line = new RegExp(`ConfigMap/default/b +w +${orphaned}`);
        await eventually('it is told of', async () => line.test(await pullet('get works --orphans')));
      }
      if (logged) await eventually('the log says so', () => logged.test(agent.log()));
      await untilKept('a', 'c');

      await change('a');
      await untilThere(...(orphaned ? ['a', 'b'] : ['a']));
      await hub.client.delete(works, WORK);
      await eventually('the Work is gone', () => hub.client.get(works, WORK).then(() => false, isNotFound));
      expect(await there()).toEqual(orphaned ? ['b'] : []);
      if (orphaned) await pullet('prune m1 ConfigMap/default/b');
      expect(await there()).toEqual([]);
    },
  );
});

const pullet = (line: string): Promise<string> => run([...line.split(' '), '--kubeconfig', hub.kubeconfig]);

test('an older copy in the place of a Secret makes nothing go that the Work does not prove to be its own', async () => {
  await deliver('a', 'b');
  const shard = await shardName();
  const { data: older = {} } = await secretOf(shard);
  await change('a', 'c');
  await untilThere('a', 'c');
  await untilKept('a', 'c');
  await agent.kill();
  await edit(shard, { data: older });
  const b = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'b', namespace: 'default' },
    data: { of: 'people' },
  };
  await member.client.create(configMaps, b);
  await change('a', 'd');
  agent = startAgent();
  await untilThere('a', 'b', 'c', 'd');
  await eventually('c is told of', async () =>
    /ConfigMap\/default\/c +w +NotInInventory/.test(await pullet('get works --orphans')),
  );
  await untilKept('a', 'd');
  expect(await there()).toEqual(['a', 'b', 'c', 'd']);
  expect((await member.client.get(configMaps, { namespace: 'default', name: 'b' })).data).toEqual({ of: 'people' });
});
