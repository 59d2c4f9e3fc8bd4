import { expect, test } from 'vitest';
import { EXECUTION_FINALIZER, type Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { removeExecutionFinalizer } from './finalizer.ts';

const { signal } = new AbortController();

function deletedWork(finalizers: string[]): Work {
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: {
      name: 'app',
      namespace: 'karmada-es-m1',
      resourceVersion: '7',
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers,
    },
    spec: { workload: { manifests: [] } },
    status: { conditions: [] },
  };
}

async function sentFor(work: Work): Promise<Work[]> {
  const sent: Work[] = [];
  const update = async (_type: unknown, object: Work): Promise<Work> => {
    sent.push(object);
    return object;
  };
  await removeExecutionFinalizer({ update } as unknown as KubeClient, work, signal);
  return sent;
}

test('a Work is written at its version, without its status', async () => {
  const work = deletedWork([EXECUTION_FINALIZER]);
  const [sent] = await sentFor(work);
  expect(sent).toEqual({ ...work, status: undefined, metadata: { ...work.metadata, finalizers: [] } });
});

test('what something else holds stays held', async () => {
  const [sent] = await sentFor(deletedWork([EXECUTION_FINALIZER, 'example.com/hold']));
  expect(sent?.metadata.finalizers).toEqual(['example.com/hold']);
  expect(sent?.metadata.resourceVersion).toBe('7');
});

test('a Work without our finalizer is not written', async () => {
  expect(await sentFor(deletedWork(['example.com/hold']))).toEqual([]);
});
