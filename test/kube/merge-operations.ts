/** Random writes on a Deployment, a Service, a ConfigMap and a custom resource, for comparing what they do with what a kube-apiserver does. */

import fc from 'fast-check';

export type Operation =
  | { verb: 'apply'; manager: string; force: boolean; body: Record<string, unknown> }
  | { verb: 'create'; manager: string; body: Record<string, unknown> }
  /** PUT of the live object with a merge patch laid over it. */
  | { verb: 'put'; manager: string; body: unknown }
  /** A merge patch or an apply of the status subresource. */
  | { verb: 'status'; manager: string; body: unknown }
  | { verb: 'apply-status'; manager: string; force: boolean; body: Record<string, unknown> }
  | { verb: 'merge' | 'strategic' | 'json'; manager: string; body: unknown };

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const optional = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(fields, { requiredKeys: [] });
const subset = (...items: unknown[]): fc.Arbitrary<unknown[]> => fc.shuffledSubarray(items);

const texts = optional({ a: pick('1', '2'), b: pick('1', '2'), c: pick('1', '2') });
const metadata = optional({
  labels: texts,
  annotations: texts,
  finalizers: subset('example.com/a', 'example.com/b', 'example.com/c'),
});

const ports = subset({ containerPort: 53, protocol: 'UDP' }, { containerPort: 53 }, { containerPort: 80, name: 'web' });
const container = (name: string, image: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.record(
    {
      name: fc.constant(name),
      image,
      args: pick(['-v'], ['-v', '-x'], []),
      ports,
      env: subset({ name: 'A', value: '1' }, { name: 'B' }, { name: 'C', value: '3' }),
      resources: pick({}, { limits: { cpu: '1' } }, { limits: { cpu: '2', memory: '1Gi' } }),
    },
    { requiredKeys: ['name', 'image'] },
  );
const containers = fc
  .tuple(container('app', pick('i:1', 'i:2')), container('side', pick('s:1', 's:2')))
  .chain((both) => fc.shuffledSubarray(both, { minLength: 1 }));

const selector = { matchLabels: { app: 'x' } };
const template = fc.record(
  {
    metadata: fc.record({ labels: fc.constant({ app: 'x' }), annotations: texts }, { requiredKeys: ['labels'] }),
    spec: fc.record(
      {
        containers,
        volumes: subset({ name: 'v', emptyDir: {} }, { name: 'w', configMap: { name: 'c' } }),
        nodeSelector: texts,
        tolerations: pick([{ key: 'a', operator: 'Exists' }], []),
      },
      { requiredKeys: ['containers'] },
    ),
  },
  { requiredKeys: ['metadata', 'spec'] },
);
const deploymentSpec = fc.record(
  {
    selector: fc.constant(selector),
    template,
    replicas: pick(1, 2, 3),
    minReadySeconds: pick(0, 5),
    strategy: pick({ type: 'Recreate' }, { rollingUpdate: { maxSurge: '50%' } }, {}),
    paused: fc.boolean(),
  },
  { requiredKeys: ['selector', 'template'] },
);

const servicePorts = subset(
  { port: 80, name: 'a' },
  { port: 80, protocol: 'UDP', name: 'b' },
  { port: 443, targetPort: 'https', name: 'c' },
);
const serviceSpec = fc.record(
  { ports: servicePorts, selector: texts, sessionAffinity: pick('None', 'ClientIP') },
  { requiredKeys: ['ports'] },
);

const widgetSpec = optional({
  size: pick(1, 2),
  mode: pick('x', 'y', null),
  items: subset({ name: 'a', v: 1 }, { name: 'b' }, { name: 'c', nested: { k: 'v' } }),
  set: subset('a', 'b', 'c'),
  list: pick([1], [1, 2], []),
  atomic: pick({ a: 1 }, { b: 2 }),
  free: pick({ a: { b: 1 } }, { a: { c: [1] }, d: null }, {}),
  map: texts,
});

export interface Subject {
  apiVersion: string;
  kind: string;
  /** The collection. */
  path: string;
  body: fc.Arbitrary<Record<string, unknown>>;
  /** What merge and strategic merge patches of it look like. */
  patch: fc.Arbitrary<unknown>;
  /** Of kinds that have it as a subresource. */
  status?: fc.Arbitrary<unknown>;
}

const withSpec = (spec: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record({ metadata, spec }, { requiredKeys: ['spec'] });

/** With nulls, which remove. */
const nullable = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.option(value, { freq: 3 });
const patchTexts = optional({ a: nullable(pick('1', '2')), b: nullable(pick('3')) });
const patchMetadata = optional({ labels: nullable(patchTexts), annotations: patchTexts });

const podPatch = optional({
  containers: pick<unknown>(
    [{ name: 'app', image: 'i:3' }],
    [{ name: 'side', image: 's:3', env: [{ name: 'C', value: '4' }] }],
    [
      { name: 'app', image: 'i:1', ports: [{ containerPort: 8080 }] },
      { name: 'third', image: 't' },
    ],
    [{ name: 'side', $patch: 'delete' }],
    [{ $patch: 'replace' }, { name: 'app', image: 'r' }],
    [{ name: 'app', args: null, $setElementOrder: undefined }],
  ),
  '$setElementOrder/volumes': pick<unknown>([{ name: 'w' }, { name: 'v' }], [{ name: 'v' }]),
  tolerations: pick<unknown>([{ key: 'b', operator: 'Exists' }], null),
});

export const subjects: Subject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    path: '/apis/apps/v1/namespaces/default/deployments',
    body: withSpec(deploymentSpec),
    patch: optional({
      metadata: patchMetadata,
      spec: optional({
        replicas: nullable(pick(4, 5)),
        strategy: pick<unknown>({ $retainKeys: ['type'], type: 'Recreate', rollingUpdate: null }, null),
        template: fc.record({ spec: podPatch }),
      }),
    }),
    status: optional({
      replicas: pick(1, 2),
      conditions: subset({ type: 'Available', status: 'True' }, { type: 'Progressing', status: 'False', reason: 'x' }),
    }),
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    path: '/api/v1/namespaces/default/services',
    body: withSpec(serviceSpec),
    patch: optional({
      metadata: patchMetadata,
      spec: optional({
        selector: nullable(patchTexts),
        ports: pick<unknown>([{ port: 443, name: 'c', targetPort: 8443 }], [{ port: 80, $patch: 'delete' }]),
      }),
    }),
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    path: '/api/v1/namespaces/default/configmaps',
    body: optional({ metadata, data: texts }),
    patch: optional({
      metadata: fc.oneof(
        patchMetadata,
        pick(
          { finalizers: ['example.com/c', 'example.com/d'] },
          { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] },
          { '$setElementOrder/finalizers': ['example.com/c', 'example.com/a'] },
        ),
      ),
      data: nullable(patchTexts),
    }),
  },
  {
    apiVersion: 'merge.example.com/v1',
    kind: 'Widget',
    path: '/apis/merge.example.com/v1/namespaces/default/widgets',
    body: withSpec(widgetSpec),
    patch: optional({
      metadata: patchMetadata,
      spec: optional({
        size: nullable(pick(7)),
        set: nullable(subset('a', 'd')),
        items: nullable(pick([{ name: 'a', v: 2 }, { name: 'd' }])),
        free: nullable(pick({ a: null, e: { f: {} } })),
      }),
    }),
    status: optional({ a: pick(1, 2), b: optional({ c: pick('x', 'y') }) }),
  },
];

function statusOperations(status: fc.Arbitrary<unknown>): fc.Arbitrary<Operation> {
  const body = fc.record({ metadata, status }, { requiredKeys: ['status'] });
  const manager = pick('s', 'a');
  return fc.oneof(
    fc.record({ verb: fc.constant('status' as const), manager, body }),
    fc.record({ verb: fc.constant('apply-status' as const), manager, force: fc.boolean(), body }),
  );
}

/** How an object comes to be: half of them by POST. */
export function creationsOf({ body }: Subject): fc.Arbitrary<Operation[]> {
  const create = fc.record({ verb: fc.constant('create' as const), manager: pick('a', 'kubectl', 'u'), body });
  return fc.option(create).map((operation) => (operation ? [operation] : []));
}

/** An operation on a subject; strategic merge is not for custom resources. */
export function operationsOn({ body, patch, status, kind }: Subject): fc.Arbitrary<Operation> {
  const apply = fc.record({
    verb: fc.constant('apply' as const),
    manager: pick('a', 'b', 'c', 'kubectl'),
    force: fc.boolean(),
    body,
  });
  const verbs = kind === 'Widget' ? (['merge'] as const) : (['merge', 'strategic'] as const);
  const plain = fc.record({ verb: pick(...verbs), manager: pick('a', 'u', 'v'), body: patch });
  const json = fc.record({
    verb: fc.constant('json' as const),
    manager: pick('u', 'w'),
    body: subset(
      { op: 'add', path: '/metadata/labels', value: { j: '1' } },
      { op: 'add', path: '/metadata/labels/k', value: '2' },
      { op: 'remove', path: '/metadata/labels/a' },
      { op: 'test', path: '/kind', value: kind },
      { op: 'replace', path: '/metadata/annotations', value: { z: '1' } },
    ),
  });
  const put = fc.record({ verb: fc.constant('put' as const), manager: pick('a', 'u', 'p'), body: patch });
  return fc.oneof(
    { weight: 5, arbitrary: apply },
    { weight: 3, arbitrary: plain },
    { weight: 2, arbitrary: put },
    { weight: 1, arbitrary: json },
    ...(status ? [{ weight: 2, arbitrary: statusOperations(status) }] : []),
  );
}
