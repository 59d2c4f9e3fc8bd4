import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { fillWork } from './fill-work.ts';

const newWork = (data = '1', metadata: object = {}): Unstructured =>
  structuredClone({
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name: 'settings', namespace: 'karmada-es-m1', uid: 'work-uid' },
    spec: {
      workload: {
        manifests: [
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'settings', labels: { app: 'a' }, ...metadata },
            data: { a: data },
          },
        ],
      },
    },
  }) as Unstructured;

interface Manifest {
  metadata: { labels: Record<string, string>; annotations: Record<string, string>; [field: string]: unknown };
}
const manifestOf = (work: Unstructured) =>
  (work['spec'] as { workload: { manifests: Manifest[] } }).workload.manifests[0];
const generationOf = (work: Unstructured) =>
  manifestOf(work)?.metadata.annotations['resourcetemplate.karmada.io/generation'];

function filled(work: Unstructured, old?: Unstructured): Unstructured {
  fillWork(work, old);
  return work;
}

describe('a Work for a karmada-agent', () => {
  test('gets the finalizer, and its manifests the keys that the agent relies on', () => {
    const work = filled(newWork());
    expect(work.metadata.finalizers).toEqual(['karmada.io/execution-controller']);
    expect(manifestOf(work)?.metadata).toEqual({
      name: 'settings',
      labels: { app: 'a', 'karmada.io/managed': 'true', 'work.karmada.io/permanent-id': 'work-uid' },
      annotations: {
        'work.karmada.io/name': 'settings',
        'work.karmada.io/namespace': 'karmada-es-m1',
        'resourcetemplate.karmada.io/generation': '1',
        'resourcetemplate.karmada.io/managed-labels': 'app,karmada.io/managed,work.karmada.io/permanent-id',
        'resourcetemplate.karmada.io/managed-annotations':
          'resourcetemplate.karmada.io/generation,resourcetemplate.karmada.io/managed-annotations,' +
          'resourcetemplate.karmada.io/managed-labels,work.karmada.io/name,work.karmada.io/namespace',
      },
    });
  });

  test.each([
    ['orphans are told', { labels: { 'pullet.io/orphans': 'true' } }],
    ['is asked what would change', { annotations: { 'pullet.io/dry-run': 'true' } }],
  ])('is left as it is where by it %s: nobody would take the finalizer away', (_what, marks) => {
    const work = newWork();
    Object.assign(work.metadata, marks);
    Object.assign(work['spec'] as object, { suspendDispatching: true });
    expect(filled(structuredClone(work))).toEqual(work);
  });

  test('is pruned of what another cluster had set', () => {
    const work = filled(newWork('1', { resourceVersion: '7', uid: 'x', ownerReferences: [{}], finalizers: ['f'] }));
    expect(Object.keys(manifestOf(work)?.metadata ?? {})).toEqual(['name', 'labels', 'annotations']);
  });

  test('filled once more is the same', () => {
    const work = filled(newWork());
    expect(filled(structuredClone(work), work)).toEqual(work);
  });

  test('written again as it was given keeps its generation, and changed it gets the next', () => {
    const old = filled(newWork());
    expect(manifestOf(filled(newWork(), old))).toEqual(manifestOf(old));
    expect(generationOf(filled(newWork('2'), old))).toBe('2');
  });

  test('keeps a generation of its own, if it is a number', () => {
    const withGeneration = (value: string) =>
      filled(newWork('1', { annotations: { 'resourcetemplate.karmada.io/generation': value } }));
    expect(generationOf(withGeneration('41'))).toBe('41');
    expect(generationOf(withGeneration('many'))).toBe('1');
  });

  test('loses its finalizer when the agent takes it off', () => {
    const old = filled(newWork());
    const released = structuredClone(old);
    released.metadata.finalizers = [];
    expect(filled(released, old).metadata.finalizers).toEqual([]);
  });

  test.each<[string, object | null]>([
    ['no spec', null],
    ['no workload', {}],
    ['manifests that are none', { workload: { manifests: 'x' } }],
    ['a manifest without metadata', { workload: { manifests: [{ kind: 'X' }, null] } }],
  ])('with %s is left to validation', (_what, spec) => {
    const work = { ...newWork(), spec: structuredClone(spec) } as Unstructured;
    expect(filled(work)['spec']).toEqual(spec);
  });
});
