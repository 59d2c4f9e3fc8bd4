import { expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { manifestIds, manifestsOf, namedIds } from './manifest.ts';

function workOf(manifests: unknown[]): Work {
  const spec = { workload: { manifests: manifests as Unstructured[] } };
  return { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'w', namespace: 'n' }, spec };
}

/** As deep as the JSON of a request may be for kube-apiserver. */
const deep: unknown = JSON.parse(`${'{"a":'.repeat(9900)}1${'}'.repeat(9900)}`);
const thing = (name: string, spec: unknown): unknown => ({
  ...{ apiVersion: 'example.com/v1', kind: 'Thing', spec },
  metadata: { name, namespace: 'default' },
});

/** Newer versions of node write what is nested as deep as anybody may send it. */
function isTooDeep(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}

test('a manifest that is nested too deep has a problem, names its object all the same, and is no problem of the others', () => {
  const [first, second] = manifestsOf(workOf([thing('a', deep), thing('b', {})]));
  expect(first?.problem).toBe(isTooDeep(deep) ? 'Thing default/a is nested too deep to be delivered' : undefined);
  expect(first?.key).toBe('example.com/Thing/default/a');
  expect(second?.problem).toBeUndefined();
});

test('the ids of manifests are those that they have when they are made ready, whatever they are', () => {
  const work = workOf([
    thing('a', deep),
    thing('b', 1),
    thing('b', 2),
    { kind: 'Thing' },
    { apiVersion: 5, kind: {} },
    null,
  ]);
  expect(manifestIds(work)).toEqual(manifestsOf(work).map(({ id }) => id));
  expect(manifestIds({ ...work, spec: {} })).toEqual([]);
});

test('a Work names each object once, whether or not it can be delivered', () => {
  const named = namedIds(
    workOf([thing('a', deep), thing('b', 1), thing('b', 2), { kind: 'Thing' }, { apiVersion: 5, kind: {} }, null]),
  );
  expect(named).toEqual([
    ...['example.com/Thing/default/a', 'example.com/Thing//a'], // should it live outside of namespaces
    ...['example.com/Thing/default/b', 'example.com/Thing//b'],
    ...['/Thing//', '///'],
  ]);
});
