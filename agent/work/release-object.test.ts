import { expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { RemovalDeps } from './delete-object.ts';
import { releaseObject } from './release-object.ts';

/** What is written to let go of one object, and of which. */

const type: ResourceType<Unstructured> = { group: '', version: 'v1', resource: 'x', kind: 'X', namespaced: true };
const object = { group: '', kind: 'X', namespace: 'default', name: 'a' };

/** The metadata that is written where the live object has these. */
async function release(more: Unstructured['metadata']): Promise<Unstructured['metadata'][]> {
  const written: Unstructured['metadata'][] = [];
  const labels = { 'karmada.io/managed': 'true' };
  const annotations = { 'work.karmada.io/name': 'w', 'work.karmada.io/namespace': 'karmada-es-m1' };
  const metadata = { name: 'a', namespace: 'default', uid: 'uid-1', resourceVersion: '7', labels, annotations };
  const member = {
    get: async () => ({ apiVersion: 'v1', kind: 'X', metadata: { ...metadata, ...more } }),
    patch: async (_type: unknown, _key: unknown, { patch }: { patch: Unstructured }) =>
      void written.push(patch.metadata),
  } as unknown as KubeClient;
  const removal = { type, object, workKey: 'karmada-es-m1/w', uid: 'uid-1' };
  await releaseObject({ member } as RemovalDeps, removal, new AbortController().signal);
  return written;
}

test('the very object that was looked at, as it was, is let go of, with every manager of ours', async () => {
  const of = (manager: string) => ({ manager, operation: 'Apply' as const });
  const managedFields = ['pullet-agent', 'kubectl', 'pullet-agent-left', 'karmada-agent'].map(of);
  expect(await release({ managedFields })).toMatchObject([
    { uid: 'uid-1', resourceVersion: '7', managedFields: [of('kubectl')] },
  ]);
});

test.each<[string, Unstructured['metadata']]>([
  ['another object', { uid: 'uid-2' }],
  ['of another Work', { annotations: { 'work.karmada.io/name': 'v', 'work.karmada.io/namespace': 'karmada-es-m1' } }],
  ["a person's", { labels: {} }],
])('what is %s by now is left as it is', async (_what, more) => {
  expect(await release(more)).toEqual([]);
});
