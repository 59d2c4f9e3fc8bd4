import { expect, test } from 'vitest';
import { configMaps } from '../../../shared/apis/core/v1.ts';
import { newNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import type { MetadataGraph, Node } from './metadata-graph.ts';
import { reconcileGarbage } from './reconcile.ts';

test('an object that names thousands of owners has one of them asked for at a time', async () => {
  const type = configMaps as unknown as ResourceType<Unstructured>;
  const ownerReferences = Array.from({ length: 3000 }, (_, index) => {
    return { apiVersion: 'v1', kind: 'ConfigMap', name: `o${index}`, uid: `u${index}` };
  });
  const node: Node = { type, metadata: { name: 'a', namespace: 'n', uid: 'a', ownerReferences } };
  const graph: Partial<MetadataGraph> = { get: () => node, findByUid: () => undefined, dependentsOf: () => [] };
  let [open, most, deleted] = [0, 0, 0];
  const client: Partial<KubeClient> = {
    async get() {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open--;
      throw newNotFound({ resource: 'configmaps', name: 'o' });
    },
    async delete() {
      deleted++;
      return undefined as never;
    },
  };
  const deps = { client: client as KubeClient, graph: graph as MetadataGraph, typeOfOwner: () => type, enqueue() {} };
  await reconcileGarbage(deps, 'a', new AbortController().signal);
  expect({ most, deleted }).toEqual({ most: 1, deleted: 1 });
});
