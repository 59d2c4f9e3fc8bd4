/**
 * What an apply that carries a uid does: the agent sends the one that it has seen, so as not to take over another object of the name. And what is said of objects
 * that are not there.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { isObjectNotFound, StatusError } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import { startKubeControlPlane } from './control-plane.ts';

const binaries = await ensureBinaries();
const MINE = { fieldManager: 'mine', force: true, fieldValidation: 'Ignore' } as const;

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.shop.example' },
  spec: {
    group: 'shop.example',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { data: { type: 'object', additionalProperties: { type: 'string' } } },
          },
        },
      },
    ],
  },
};

const kinds: [string, ResourceType<Unstructured>, string][] = [
  ['a built-in kind', { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true }, 'v1'],
  [
    'a custom resource',
    { group: 'shop.example', version: 'v1', resource: 'widgets', kind: 'Widget', namespaced: true },
    'shop.example/v1',
  ],
];

describe.runIf('dir' in binaries)('a kube-apiserver', () => {
  let world: World;
  let member: KubeClient;

  beforeAll(async () => {
    world = await newWorld();
    const kube = await startKubeControlPlane({ name: 'uid' });
    world.onStop('kube-apiserver', kube.stop);
    member = await clientOf(world, kube.kubeconfigPath);
    await member.create(customResourceDefinitions, definition as never);
    for (const [, type] of kinds) await eventually(`${type.resource} are served`, () => member.list(type));
  });
  afterAll(() => world?.stop());

  describe.each(kinds)('with an object of %s', (_kind, type, apiVersion) => {
    const object = (a: string, uid?: string): Unstructured => ({
      ...{ apiVersion, kind: type.kind, data: { a } },
      metadata: { namespace: 'default', name: 'one', ...(uid ? { uid } : {}) },
    });
    const key = { namespace: 'default', name: 'one' };
    const answer = (a: string, uid: string): Promise<unknown> =>
      member.apply(type, object(a, uid), MINE).then(
        () => 'done',
        (error: unknown) => (error instanceof StatusError ? [error.code, error.reason, error.message] : error),
      );

    test('an apply that carries a uid changes that object, is owned as without it, and is a conflict where there is another or none', async () => {
      const without = await member.apply(type, object('1'), MINE);
      const uid = without.metadata.uid ?? '';
      const live = await member.apply(type, object('2', uid), MINE);
      const fieldsOf = ({ metadata }: Unstructured) => metadata.managedFields?.map(({ fieldsV1 }) => fieldsV1);
      expect([live['data'], fieldsOf(live)]).toEqual([{ a: '2' }, fieldsOf(without)]);
      await member.delete(type, key);
      const isGone = () =>
        member.get(type, key).then(
          () => false,
          () => true,
        );
      await eventually('it is gone', isGone);
      expect(await answer('3', uid)).toEqual([409, 'Conflict', expect.stringContaining('uid mismatch')]);
      const theirs = await member.apply(type, object('4'), { ...MINE, fieldManager: 'theirs' });
      expect(await answer('5', uid)).toEqual([422, 'Invalid', expect.stringContaining('metadata.uid: ')]);
      expect(await member.get(type, key)).toEqual(theirs);
    });

    test('an apply at a version that no object has makes one, and is a conflict where there is one', async () => {
      const unseen = object('1');
      Object.assign(unseen.metadata, { name: 'two', resourceVersion: String(Number.MAX_SAFE_INTEGER) });
      const send = () => member.apply(type, unseen, { ...MINE, force: false });
      expect((await send())['data']).toEqual({ a: '1' });
      await expect(send()).rejects.toMatchObject({ reason: 'Conflict' });
    });

    test('one that is gone is told of otherwise than what is not served', async () => {
      const missing = { namespace: 'default', name: 'never' };
      const isKnown = (served: ResourceType<Unstructured>) =>
        Promise.all(
          [member.get(served, missing), member.delete(served, missing)].map((one) => one.catch(isObjectNotFound)),
        );
      expect(await isKnown(type)).toEqual([true, true]);
      expect(await isKnown({ ...type, version: 'v7' })).toEqual([false, false]);
      expect(await isKnown({ ...type, resource: 'never' })).toEqual([false, false]);
    });
  });
});
