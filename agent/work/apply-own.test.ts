import { beforeEach, expect, test } from 'vitest';
import { newConflict } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { AnotherObject, applyOwn, createUnseen } from './apply-own.ts';
import { configMap, SPACE } from './delivery-fixture.ts';
import { newFakeClock } from './fake-world.ts';
import { takeOver } from './karmada-takeover.ts';
import { type Manifest, manifestsOf } from './manifest.ts';
import { observe } from './observed.ts';

/** Which requests are sent by force, and which not: what the fake API of the other tests does not judge. */

const type: ResourceType<Unstructured> = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const work: Work = {
  apiVersion: 'work.karmada.io/v1alpha1',
  kind: 'Work',
  metadata: { name: 'w', namespace: SPACE },
  spec: { workload: { manifests: [configMap('a')] } },
};
const [manifest = expect.unreachable()] = manifestsOf(work);
const { signal } = new AbortController();

let sent: { isForced: boolean; resourceVersion: string | undefined }[];
let patched: unknown[];
/** How many applies without force are refused. */
let conflicts: number;

beforeEach(() => {
  sent = [];
  patched = [];
  conflicts = 0;
});

const member = {
  apply: async (_type: unknown, object: Unstructured, { force }: { force?: boolean }) => {
    sent.push({ isForced: force === true, resourceVersion: object.metadata.resourceVersion });
    if (!force && conflicts-- > 0) throw newConflict(type, 'taken');
    return object;
  },
  patch: async (_type: unknown, _key: unknown, patch: unknown) => void patched.push(patch),
} as unknown as KubeClient;
const deps = { member, clock: newFakeClock() };

test('what nobody has looked for is made only where nothing is, whatever that says', async () => {
  expect(await createUnseen(deps, { manifest, type }, signal)).toBeDefined();
  expect(sent).toEqual([{ isForced: false, resourceVersion: String(Number.MAX_SAFE_INTEGER) }]);
  conflicts = 1;
  expect(await createUnseen(deps, { manifest, type }, signal)).toBeUndefined();
  expect(sent.filter(({ isForced }) => isForced)).toEqual([]);
});

test('what somebody else makes after it was looked for in vain is not overrun', async () => {
  conflicts = 1;
  const apply = { work, manifest, type, found: undefined, isDrift: false };
  await expect(applyOwn(deps, apply, signal)).rejects.toThrow('somebody else just made it');
  expect(sent).toEqual([{ isForced: false, resourceVersion: String(Number.MAX_SAFE_INTEGER) }]);
});

test.each([
  ['what a Work changes is applied by force', false, [true]],
  ['whoever made drift is asked for before it is set back by force', true, [false, true]],
])('%s', async (_, isDrift, expected) => {
  conflicts = 1;
  await applyOwn(deps, { work, manifest, type, found: observe(configMap('a')), isDrift }, signal);
  expect(sent.map(({ isForced }) => isForced)).toEqual(expected);
});

const ofKarmada = { manager: 'karmada-agent', operation: 'Update' as const, fieldsV1: { 'f:data': { 'f:a': {} } } };

test("an object of Karmada's agent is taken over before it is changed, whatever is left to others in it", async () => {
  const live = { ...configMap('a'), metadata: { name: 'a', resourceVersion: '7', managedFields: [ofKarmada] } };
  const requests: string[] = [];
  const recorded = {
    get: async () => (requests.includes('patch') ? configMap('a') : live),
    patch: async () => void requests.push('patch'),
    apply: async (_type: unknown, object: Unstructured) => {
      requests.push('apply');
      return object;
    },
  } as unknown as KubeClient;
  const apply = { work, manifest, type, found: observe(live), isDrift: false };
  await applyOwn({ ...deps, member: recorded }, apply, signal);
  expect(requests).toEqual(['patch', 'apply']);
});

function withIgnored(data: Record<string, string>): Manifest {
  const object = configMap('a', data);
  object.metadata.annotations = { 'pullet.io/ignore-fields': '/data/b' };
  const [one = expect.unreachable()] = manifestsOf({ ...work, spec: { workload: { manifests: [object] } } });
  return one;
}

/** A member that has the object, which is of our manager, and what it is asked to apply. */
function newHolder(uid: string) {
  const owned = { manager: 'pullet-agent', operation: 'Apply' as const, fieldsV1: { 'f:data': { 'f:b': {} } } };
  const live = { ...configMap('a', { b: '2' }), metadata: { name: 'a', uid, managedFields: [owned] } };
  const applied: (string | undefined)[] = [];
  const holder = {
    get: async () => live,
    apply: async (_type: unknown, object: Unstructured) => {
      applied.push(object.metadata.uid);
      return live;
    },
  } as unknown as KubeClient;
  return { live, applied, deps: { ...deps, member: holder } };
}

test('who lets go of fields does so in the very object that was looked at, or that was just made', async () => {
  const leaving = withIgnored({ a: '1', b: '2' });
  const { live, applied, deps: own } = newHolder('u1');
  await applyOwn(own, { work, manifest: leaving, type, found: observe(live), isDrift: false }, signal);
  expect(applied).toEqual(['u1', 'u1', 'u1']);
  await createUnseen(own, { manifest: leaving, type }, signal);
  expect(applied.slice(3)).toEqual([undefined, 'u1', 'u1']);
});

test('nothing is let go of in another object than was looked at', async () => {
  const { live, applied, deps: own } = newHolder('u2');
  const found = observe({ ...live, metadata: { ...live.metadata, uid: 'u1' } });
  const apply = { work, manifest: withIgnored({ b: '2' }), type, found, isDrift: false };
  await expect(applyOwn(own, apply, signal)).rejects.toThrow(AnotherObject);
  expect(applied).toEqual([]);
});

test('of an object just made, what counts only then belongs to our other manager, and no longer to ours', async () => {
  const applied: [string, unknown][] = [];
  const recorded = {
    apply: async (_type: unknown, object: Unstructured, { fieldManager }: { fieldManager: string }) => {
      applied.push([fieldManager, object['data']]);
      return object;
    },
  } as unknown as KubeClient;
  await createUnseen({ ...deps, member: recorded }, { manifest: withIgnored({ a: '1', b: '2' }), type }, signal);
  expect(applied).toEqual([
    ['pullet-agent', { a: '1', b: '2' }],
    ['pullet-agent-left', { b: '2' }],
    ['pullet-agent', { a: '1' }],
  ]);
});

test("the fields of Karmada's agent become ours beside those that are, unless the object has changed meanwhile", async () => {
  const managedFields = [
    ofKarmada,
    { manager: 'pullet-agent', operation: 'Apply' as const, fieldsV1: { 'f:data': { 'f:b': {} } } },
    { manager: 'kubectl', operation: 'Update' as const, fieldsV1: { 'f:data': { 'f:c': {} } } },
  ];
  const live = { ...configMap('a'), metadata: { name: 'a', resourceVersion: '7', managedFields } };
  await takeOver(member, type, live, signal);
  const ours = { manager: 'pullet-agent', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } } };
  expect(patched).toEqual([
    {
      type: 'json',
      operations: [
        { op: 'replace', path: '/metadata/managedFields', value: [ours, managedFields[2]] },
        { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      ],
    },
  ]);
});
