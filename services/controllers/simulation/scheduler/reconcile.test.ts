import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../../../shared/client/client.ts';
import type { Store } from '../../../../shared/controller/store.ts';
import { reconcileUnscheduled } from './reconcile.ts';

const node = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
const pod = (spec: object, metadata: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'ns', uid: 'u', ...metadata },
  spec: { containers: [], ...spec },
});
const storeOf = <T>(...items: T[]) => ({ get: () => items[0], list: () => items }) as unknown as Store<T & Pod>;

async function sentFor(given: Pod, nodes: Node[]): Promise<{ path: string; body: unknown }[]> {
  const sent: { path: string; body: unknown }[] = [];
  const raw: KubeClient['raw'] = async ({ path, body }) => {
    sent.push({ path, body: JSON.parse(String(body)) });
    return '';
  };
  const client = { raw } as unknown as KubeClient;
  await reconcileUnscheduled({ client, pods: storeOf(given), nodes: storeOf(...nodes) as never }, 'ns/p');
  return sent;
}

describe('the simulated scheduler', () => {
  test('binds a pod without a node to one that is there', async () => {
    const [request] = await sentFor(pod({}), [node('n')]);
    expect(request).toEqual({
      path: '/api/v1/namespaces/ns/pods/p/binding',
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'p', uid: 'u' },
        target: { kind: 'Node', name: 'n' },
      },
    });
  });

  test.each([
    ['has a node', pod({ nodeName: 'n' }), [node('n')]],
    ['is going', pod({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), [node('n')]],
    ['waits at a gate', pod({ schedulingGates: [{ name: 'g' }] }), [node('n')]],
    ['has nowhere to go', pod({}), []],
  ])('leaves a pod alone that %s', async (_what, given, nodes) => {
    expect(await sentFor(given, nodes)).toEqual([]);
  });
});
