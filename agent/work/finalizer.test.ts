import { expect, test } from 'vitest';
import { newNotFound, newPathNotFound } from '../../shared/apis/meta/status-error.ts';
import { EXECUTION_FINALIZER, type Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { addExecutionFinalizer, removeExecutionFinalizer } from './finalizer.ts';

const { signal } = new AbortController();

function deletedWork(finalizers: string[]): Work {
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: {
      name: 'app',
      uid: 'u1',
      labels: { team: 'web' },
      namespace: 'karmada-es-m1',
      resourceVersion: '7',
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers,
    },
    spec: { workload: { manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }] } },
    status: { conditions: [] },
  };
}

async function sentFor(work: Work, change = removeExecutionFinalizer): Promise<Work[]> {
  const sent: Work[] = [];
  const update = async (_type: unknown, object: Work): Promise<Work> => {
    sent.push(object);
    return object;
  };
  await change({ update } as unknown as KubeClient, work, signal);
  return sent;
}

test('a Work that goes with the write is named at its version alone', async () => {
  const work = deletedWork([EXECUTION_FINALIZER]);
  const { labels: _, ...metadata } = work.metadata;
  const [sent] = await sentFor(work);
  expect(sent).toEqual({
    ...work,
    metadata: { ...metadata, finalizers: [], managedFields: [{}] },
    spec: { workload: { manifests: [] } },
    status: undefined,
  });
});

test('what something else holds stays held, and as it is but for its status', async () => {
  const work = deletedWork([EXECUTION_FINALIZER, 'example.com/hold']);
  const [sent] = await sentFor(work);
  expect(sent).toEqual({
    ...work,
    status: undefined,
    metadata: { ...work.metadata, finalizers: ['example.com/hold'] },
  });
});

test.each(['deletionTimestamp', 'resourceVersion'] as const)(
  'a Work without a %s is written as it is',
  async (field) => {
    const work = deletedWork([EXECUTION_FINALIZER]);
    delete work.metadata[field];
    const [sent] = await sentFor(work);
    expect(sent?.spec).toEqual(work.spec);
    expect(sent?.metadata.labels).toEqual(work.metadata.labels);
  },
);

test('a Work without our finalizer is not written', async () => {
  expect(await sentFor(deletedWork(['example.com/hold']))).toEqual([]);
});

test('a Work that has our finalizer is not written to have it, and one that has not is', async () => {
  expect(await sentFor(deletedWork(['example.com/hold', EXECUTION_FINALIZER]), addExecutionFinalizer)).toEqual([]);
  const [sent] = await sentFor(deletedWork(['example.com/hold']), addExecutionFinalizer);
  expect(sent?.metadata.finalizers).toEqual(['example.com/hold', EXECUTION_FINALIZER]);
});

test('a Work that is gone already is let go of, and one of which a proxy before the hub knows nothing is not', async () => {
  const work = deletedWork([EXECUTION_FINALIZER]);
  const letGo = (error: Error): Promise<Work> => {
    const update = async (): Promise<never> => Promise.reject(error);
    return removeExecutionFinalizer({ update } as unknown as KubeClient, work, signal);
  };
  expect(await letGo(newNotFound({ group: 'work.karmada.io', resource: 'works', name: 'app' }))).toBe(work);
  await expect(letGo(newPathNotFound())).rejects.toThrow('could not find the requested resource');
});
