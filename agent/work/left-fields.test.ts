import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { ownsField } from './field-path.ts';
import { leftFields, onlyFields, withLiveFields, withoutFields } from './left-fields.ts';

const work: Work = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata: { name: 'w' }, spec: {} };

function object(apiVersion: string, kind: string, rest: object, annotation?: string): Unstructured {
  const annotations = annotation === undefined ? {} : { annotations: { 'pullet.io/ignore-fields': annotation } };
  const { metadata = {}, ...more } = rest as { metadata?: object };
  return { apiVersion, kind, metadata: { name: 'a', namespace: 'b', ...annotations, ...metadata }, ...more };
}

const containers = [
  { name: 'web', image: 'a', ports: [{ containerPort: 80, hostPort: 8080 }] },
  { name: 'log', image: 'b' },
];

describe('the fields that are left to others', () => {
  test.each<[string, Unstructured, unknown[]]>([
    ['none without a reason', object('apps/v1', 'Deployment', { spec: { replicas: 2 } }), []],
    [
      'those of the annotation',
      object('apps/v1', 'Deployment', { spec: { replicas: 2 } }, ' /spec/replicas ,'),
      [['spec', 'replicas']],
    ],
    ['not those that the manifest does not name', object('v1', 'ConfigMap', { data: { a: '1' } }, '/data/b'), []],
    [
      'with a slash in their names',
      object('v1', 'ConfigMap', { data: { 'a/b~c': '1' } }, '/data/a~1b~0c'),
      [['data', 'a/b~c']],
    ],
    [
      'in lists by what tells their items apart',
      object('v1', 'Sample', { spec: { containers } }, '/spec/containers/0/ports/0/hostPort,/spec/containers/1/image'),
      [
        ['spec', 'containers', { name: 'web' }, 'ports', { containerPort: 80 }, 'hostPort'],
        ['spec', 'containers', { name: 'log' }, 'image'],
      ],
    ],
    [
      'replicas where the label says so',
      object('apps/v1', 'Deployment', {
        spec: { replicas: 2 },
        metadata: { labels: { 'resourcetemplate.karmada.io/retain-replicas': 'true' } },
      }),
      [['spec', 'replicas']],
    ],
    [
      'finalizers and owners always',
      object('v1', 'ConfigMap', { metadata: { finalizers: ['x'] } }),
      [['metadata', 'finalizers']],
    ],
    ['the address of a Service', object('v1', 'Service', { spec: { clusterIP: '10.0.0.1' } }), [['spec', 'clusterIP']]],
    [
      'the mounts of a Pod',
      object('v1', 'Pod', { spec: { containers: [{ name: 'web', volumeMounts: [] }], nodeName: 'n' } }),
      [
        ['spec', 'nodeName'],
        ['spec', 'containers', { name: 'web' }, 'volumeMounts'],
      ],
    ],
    [
      'the mounts of what runs in a Pod at its start',
      object('v1', 'Pod', { spec: { initContainers: [{ name: 'init', volumeMounts: [] }] } }),
      [['spec', 'initContainers', { name: 'init' }, 'volumeMounts']],
    ],
    [
      'the volume of a claim',
      object('v1', 'PersistentVolumeClaim', { spec: { volumeName: 'v' } }),
      [['spec', 'volumeName']],
    ],
    ['the claim of a volume', object('v1', 'PersistentVolume', { spec: { claimRef: {} } }), [['spec', 'claimRef']]],
    [
      'the labels that a Job makes up',
      object('batch/v1', 'Job', {
        spec: { selector: { matchLabels: {} }, template: { metadata: { labels: {} } } },
      }),
      [
        ['spec', 'selector', 'matchLabels'],
        ['spec', 'template', 'metadata', 'labels'],
      ],
    ],
    [
      'not the replicas of another kind with that label',
      object('v1', 'Sample', {
        spec: { replicas: 2 },
        metadata: { labels: { 'resourcetemplate.karmada.io/retain-replicas': 'true' } },
      }),
      [],
    ],
    [
      'the data of a token Secret',
      object('v1', 'Secret', { type: 'kubernetes.io/service-account-token', data: {} }),
      [['data']],
    ],
    ['but not that of another', object('v1', 'Secret', { type: 'Opaque', data: {} }), []],
  ])('are %s', (_, manifest, expected) => {
    expect(leftFields(work, manifest)).toEqual(expected);
  });

  test.each([
    ['spec.replicas', 'is no JSON pointer'],
    ['/', 'is no JSON pointer'],
    ['/args/0/x', 'leads into a list whose items have no name'],
    ['/metadata/name', "says which object it is, and can't be left to others"],
  ])('%s is refused: %s', (pointer, words) => {
    expect(() => leftFields(work, object('v1', 'Sample', { args: ['a'] }, pointer))).toThrow(words);
  });
});

describe('an object', () => {
  const manifest = object(
    'v1',
    'Sample',
    { spec: { containers, selector: { only: 'x' } } },
    '/spec/containers/0/image,/spec/selector/only',
  );
  const paths = leftFields(work, manifest);

  test('without them has no empty leftovers', () => {
    const { spec } = withoutFields(manifest, paths) as unknown as { spec: Record<string, object[]> };
    expect(spec).toEqual({ containers: [{ name: 'web', ports: containers[0]?.ports }, containers[1]] });
  });

  test('of them alone has the live values, wherever they are', () => {
    const live = object('v1', 'Sample', {
      spec: { containers: [...containers].reverse().map((one) => ({ ...one, image: 'live' })) },
    });
    expect(onlyFields(live, paths)).toEqual({
      apiVersion: 'v1',
      kind: 'Sample',
      metadata: { name: 'a', namespace: 'b' },
      spec: { containers: [{ name: 'web', image: 'live' }] },
    });
  });

  test.each([
    [{ 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } } }, true],
    [{ 'f:spec': { 'f:containers': { 'k:{"name":"log"}': { 'f:image': {} } } } }, false],
    [{ 'f:spec': { 'f:replicas': {} } }, false],
    [undefined, false],
  ])('with managed fields %j: its manager owns the image: %j', (fields, expected) => {
    expect(ownsField(fields, ['spec', 'containers', { name: 'web' }, 'image'])).toBe(expected);
  });
});

test('many fields, also of one map or one item, are those of the live object, with and without the others', () => {
  const ports = [{ containerPort: 80, hostPort: 1 }];
  const spec = { containers: [{ name: 'web', image: 'a', ports }], mode: { x: '1', y: '1', z: '1' } };
  const pointers = ['/spec/containers/0/image', '/spec/containers/0/ports/0/hostPort', '/spec/mode/x', '/spec/mode/y'];
  const manifest = object('v1', 'Sample', { spec }, pointers.join());
  const livePorts = [{ containerPort: 80, hostPort: 2 }];
  const live = object('v1', 'Sample', {
    spec: { containers: [{ name: 'web', image: 'b', ports: livePorts }], mode: { x: '2' } },
  });
  const paths = leftFields(work, manifest);
  expect(onlyFields(live, paths)['spec']).toEqual(live['spec']);
  const containers = [{ name: 'web', image: 'b', ports: livePorts }];
  expect(withLiveFields(manifest, live, paths)['spec']).toEqual({ containers, mode: { x: '2', z: '1' } });
  expect(withoutFields(manifest, paths)['spec']).toEqual({
    containers: [{ name: 'web', ports: [{ containerPort: 80 }] }],
    mode: { z: '1' },
  });
});

test('an item of a list is left to others as a whole', () => {
  const web = { name: 'web', image: 'a' };
  const log = { name: 'log', image: 'a' };
  const manifest = object(
    'v1',
    'Sample',
    { spec: { containers: [web, log] }, list: [log] },
    '/spec/containers/1,/list/0,/spec/containers/1',
  );
  const paths = leftFields(work, manifest);
  const liveLog = { name: 'log', image: 'b', tty: true };
  const live = object('v1', 'Sample', { spec: { containers: [liveLog, web] } });
  expect(onlyFields(live, paths)).toMatchObject({ spec: { containers: [liveLog] } });
  expect(withLiveFields(manifest, live, paths)['spec']).toEqual({ containers: [web, liveLog] });
  const { spec, list } = withoutFields(manifest, paths);
  expect({ spec, list }).toEqual({ spec: { containers: [web] }, list: undefined });
});
