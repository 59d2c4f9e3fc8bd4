/** Random configurations of several appliers: each lists some parts of an object, alone or as others do, so that parts come to be shared, contested and left. */

import fc from 'fast-check';
import { crate } from './crate-definition.ts';
import { type Body, configMap, deployment, type Kind, pod, service, serviceAccount, widget } from './objects.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Any of these fields, each with a value of its own. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Body> =>
  fc.record(fields, { requiredKeys: [] });

/** Any items of a list, in any order. */
const few = (...items: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.shuffledSubarray(items).chain((chosen) => fc.tuple(...chosen));

/** What stays as it is listed, and what has to be there whatever else is. */
const fixed = (item: Body, more: fc.Arbitrary<Body> = fc.constant({})): fc.Arbitrary<Body> =>
  more.map((own) => ({ ...item, ...own }));

const one = (...values: unknown[]): fc.Arbitrary<unknown> => pick(...values);

const metadata = some({
  labels: some({ app: one('x', 'y', null), tier: one('web', 'db') }),
  annotations: some({ note: one('1', '2'), other: one('z', '') }),
  finalizers: few(one('example.com/a'), one('example.com/b'), one('example.com/c')),
  ownerReferences: few(
    fixed({ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u-1' }, some({ controller: one(true, false) })),
    fixed({ apiVersion: 'v1', kind: 'ConfigMap', name: 'p', uid: 'u-2' }),
  ),
});

const env = few(
  fixed({ name: 'A' }, some({ value: one('1', '2', '') })),
  fixed({ name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }),
  fixed({ name: 'C', value: 'c' }),
);
const ports = few(
  fixed({ containerPort: 80 }, some({ name: one('web', 'http'), protocol: one('TCP') })),
  fixed({ containerPort: 80, protocol: 'UDP' }, some({ hostIP: one('10.0.0.1') })),
  fixed({ containerPort: 81 }, some({ name: one('more') })),
);
const container = some({
  image: one('i:1', 'i:2'),
  imagePullPolicy: one('Always', 'Never'),
  command: one(['a'], ['a', 'b'], []),
  env,
  ports,
  envFrom: one([{ configMapRef: { name: 'c' } }], []),
  resources: some({
    requests: some({ cpu: one('1', '1000m', 2), memory: one('1Gi') }),
    limits: some({ cpu: one('3') }),
  }),
  volumeMounts: few(
    fixed({ mountPath: '/a', name: 'v' }, some({ readOnly: one(true) })),
    fixed({ mountPath: '/b', name: 'w' }),
  ),
  securityContext: some({ runAsUser: one(0, 5), capabilities: some({ add: one(['A'], ['A', 'B']) }) }),
});
const podSpec = some({
  containers: few(
    fixed({ name: 'app', image: 'i:1' }, container),
    fixed({ name: 'app' }, container),
    fixed({ name: 'side', image: 's:1' }, container),
  ),
  initContainers: few(fixed({ name: 'first', image: 'f:1' }, container)),
  volumes: few(
    fixed({ name: 'v' }, some({ emptyDir: one({}, { medium: 'Memory' }), configMap: one({ name: 'c' }) })),
    fixed({ name: 'w', emptyDir: {} }),
  ),
  nodeSelector: some({ a: one('1', '2'), b: one('3') }),
  tolerations: one([{ key: 'a', operator: 'Exists' }], [{ operator: 'Exists' }], []),
  imagePullSecrets: few(fixed({ name: 'p' }), fixed({ name: 'q' })),
  hostAliases: few(fixed({ ip: '10.0.0.1' }, some({ hostnames: one(['h'], ['i']) }))),
  topologySpreadConstraints: few(
    fixed({ topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }, some({ maxSkew: one(1, 2) })),
    fixed({ topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 1 }),
  ),
  terminationGracePeriodSeconds: one(5, null),
});

const deployments = some({
  metadata,
  spec: some({
    replicas: one(1, 2, null),
    minReadySeconds: one(0, 3),
    paused: one(true, false),
    selector: one({ matchLabels: { app: 'x' } }, { matchLabels: { app: 'x' } }, { matchLabels: {} }),
    strategy: some({ type: one('Recreate', 'RollingUpdate'), rollingUpdate: some({ maxSurge: one(1, '1', '20%') }) }),
    template: some({
      metadata: some({ labels: some({ app: one('x'), tier: one('web', 'db') }), annotations: some({ a: one('b') }) }),
      spec: podSpec,
    }),
  }),
});

const services = some({
  metadata,
  spec: some({
    type: one('ClusterIP', 'NodePort'),
    selector: some({ app: one('x', 'y'), tier: one('web') }),
    ports: few(
      fixed({ port: 80 }, some({ name: one('web', 'http'), targetPort: one(8080, 'http'), protocol: one('TCP') })),
      fixed({ port: 80, protocol: 'UDP', name: 'udp' }, some({ targetPort: one(53) })),
      fixed({ port: 443, name: 'tls' }, some({ appProtocol: one('https', 'example.com/x') })),
    ),
    externalIPs: one(['1.2.3.4'], ['1.2.3.4', '1.2.3.5'], []),
    sessionAffinity: one('ClientIP', 'None'),
    sessionAffinityConfig: some({ clientIP: some({ timeoutSeconds: one(5, 10) }) }),
    publishNotReadyAddresses: one(true, false),
    internalTrafficPolicy: one('Local', 'Cluster'),
  }),
});

const widgets = some({
  metadata,
  spec: some({
    size: one(3, 4, null),
    mode: one('fast', 'slow', null),
    name: one('a', 'b'),
    items: few(
      fixed({ name: 'a' }, some({ value: one(1, 2, null) })),
      fixed({ name: 'b' }, some({ value: one(3) })),
      fixed({ name: 'a', value: 9 }),
    ),
    set: few(one('a'), one('b'), one('c')),
    list: one([1], [1, 2], [], null),
    free: some({ a: one(1, { b: 2 }, null), c: some({ d: one('e'), f: one([1, { g: 2 }]) }) }),
    min: one(1, 2),
    either: one(5, '5%', '5'),
    replicas: one(1, 2),
    unknown: one(1, { a: 'b' }),
  }),
  status: some({ ready: one(true) }),
});

/** Lists that are empty stay in upstream's store where they are applied, and nobody sees it. */
const isListed = (list: unknown): boolean => Array.isArray(list) && list.length > 0;

const crates = some({
  metadata,
  spec: some({
    texts: few(one('a'), one('b'), one('c'), one('a')).filter(isListed),
    counts: few(one(1), one(2), one(1)).filter(isListed),
    plain: one([{ a: 'x' }], [{ a: 'x', b: 1 }, { a: 'y' }]),
    atomic: one(['a'], ['a', 'b']),
    ports: few(
      fixed({ port: 80 }, some({ name: one('web', 'http') })),
      fixed({ port: 80, protocol: 'UDP' }, some({ name: one('udp') })),
      fixed({ port: 80, protocol: 'TCP' }, some({ name: one('tcp') })),
      fixed({ protocol: 'TCP' }),
    ).filter(isListed),
    shelves: few(
      fixed(
        { name: 'low', boxes: [{ id: 1 }, { id: 2, tags: ['c'] }] },
        some({ whole: one({ a: 'x' }, { a: 'x', b: 'y' }) }),
      ),
      fixed({ name: 'high', boxes: [{ id: 1, note: 'n' }] }),
    ).filter(isListed),
    sealed: one({ a: 1 }, { b: 2 }),
    either: one(1, '1', '50%'),
    part: fixed({ known: ['a'] }, some({ other: one({ a: 1 }, { a: 2 }, [1]) })),
    maybe: one('x', 'y'),
  }),
});

const crateStates = some({
  status: fc.record({
    conditions: few(fixed({ type: 'A' }, some({ status: one('True', 'False') })), fixed({ type: 'B' })).filter(
      isListed,
    ),
  }),
});

const configMaps = some({
  metadata,
  data: some({ a: one('1', '2', null), b: one('3', ''), c: one(null) }),
  binaryData: one({ d: 'AAEC' }, { d: 'AA==' }, { d: 'AAEC', e: 'AA==' }),
  immutable: one(true, false),
});

const accounts = some({
  metadata,
  secrets: few(fixed({ name: 's' }), fixed({ name: 't' }, some({ namespace: one('n'), fieldPath: one('f') }))),
  imagePullSecrets: few(fixed({ name: 'p' }), fixed({ name: 'q' })),
  automountServiceAccountToken: one(true, false),
});

const condition = (type: string): fc.Arbitrary<Body> =>
  fixed(
    { type },
    some({
      status: one('True', 'False'),
      reason: one('R', 'S'),
      lastTransitionTime: one('2020-01-01T00:00:00Z', null),
    }),
  );
const conditions = few(condition('Ready'), condition('Other'), fixed({ type: 'Ready', status: 'Unknown' }));

const podStates = some({
  metadata,
  status: some({
    phase: one('Running', 'Pending'),
    conditions,
    podIP: one('10.0.0.1'),
    podIPs: few(fixed({ ip: '10.0.0.1' }), fixed({ ip: '10.0.0.2' })),
    qosClass: one('BestEffort'),
    message: one('m', ''),
  }),
});
const deploymentStates = some({
  metadata,
  spec: some({ replicas: one(5) }),
  status: some({ replicas: one(1, 2), readyReplicas: one(1), observedGeneration: one(1, 0, null), conditions }),
});
const widgetStates = some({
  metadata,
  spec: some({ size: one(5) }),
  status: some({ ready: one(true, false, null), replicas: one(1, 2), selector: one('a=b', ''), unknown: one(1) }),
});
const serviceStates = some({
  metadata,
  status: some({ conditions, loadBalancer: some({ ingress: one([{ ip: '1.2.3.4' }], [{ hostname: 'h' }], []) }) }),
});

/** A kind, and what its appliers list, at its main endpoint and at that of its status. */
export interface Applied {
  readonly kind: Kind;
  readonly wholes: fc.Arbitrary<Body>;
  readonly states?: fc.Arbitrary<Body>;
}

export const applied: readonly Applied[] = [
  { kind: deployment, wholes: deployments, states: deploymentStates },
  { kind: service, wholes: services, states: serviceStates },
  { kind: widget, wholes: widgets, states: widgetStates },
  { kind: crate, wholes: crates, states: crateStates },
  { kind: crate, wholes: crates },
  { kind: configMap, wholes: configMaps },
  { kind: serviceAccount, wholes: accounts },
  { kind: pod, wholes: some({ metadata, spec: podSpec }), states: podStates },
];
