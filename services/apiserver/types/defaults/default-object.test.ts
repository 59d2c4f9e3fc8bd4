import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../../shared/apis/schema.ts';
import { dropNulls } from '../apply-defaults.ts';
import { newCatalog } from '../catalog.ts';
import { cronTabDefinition } from '../crd-fixture.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { defaultObject } from './default-object.ts';

/** The expected values are what a kube-apiserver 1.36 answers. */

const catalog = newCatalog();

function completed(group: string, kind: string, body: object, version = 'v1'): Unstructured {
  const definition = catalog.findKind(group, version, kind) as ResourceDefinition;
  return defaultObject(definition, { apiVersion: version, kind, metadata: { name: 'x' }, ...body });
}

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const container = (fields: object): object => ({ spec: { containers: [{ name: 'c', image: 'i', ...fields }] } });

test('a deployment is completed with its pod template', () => {
  const { spec, status } = completed('apps', 'Deployment', {
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  });
  expect(status).toEqual({});
  expect(spec).toEqual({
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    selector: { matchLabels: { a: 'b' } },
    template: {
      metadata: { labels: { a: 'b' } },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            imagePullPolicy: 'Always',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
          },
        ],
        dnsPolicy: 'ClusterFirst',
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
      },
    },
  });
});

describe('the image decides when it is pulled:', () => {
  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.2', 'IfNotPresent'],
    ['reg:5000/nginx', 'Always'],
    ['reg:5000/nginx:1', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
  ])('%s: %s', (image, policy) => {
    const { spec } = completed('', 'Pod', container({ image }));
    expect(spec).toMatchObject({ containers: [{ imagePullPolicy: policy }] });
  });
});

describe('a pod', () => {
  test('requests what it limits, in canonical quantities', () => {
    const { spec } = completed('', 'Pod', container({ resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }));
    const resources = { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } };
    expect(spec).toMatchObject({ enableServiceLinks: true, containers: [{ resources }] });
  });

  test('in the network of its host has the ports of its containers there', () => {
    const body = container({ ports: [{ containerPort: 80 }] }) as { spec: object };
    const { spec } = completed('', 'Pod', { spec: { ...body.spec, hostNetwork: true } });
    expect(spec).toMatchObject({ containers: [{ ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }] });
  });

  test('gets probes, volumes and both names of its service account', () => {
    const { spec } = completed('', 'Pod', {
      spec: {
        serviceAccountName: 'sa',
        containers: [{ name: 'c', image: 'i:1', livenessProbe: { httpGet: { port: 80 } } }],
        volumes: [{ name: 'a' }, { name: 'b', secret: { secretName: 's' } }],
      },
    });
    expect(spec).toMatchObject({
      serviceAccount: 'sa',
      containers: [
        {
          livenessProbe: {
            httpGet: { path: '/', scheme: 'HTTP', port: 80 },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
        },
      ],
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', secret: { secretName: 's', defaultMode: 420 } },
      ],
    });
  });
});

describe('other kinds:', () => {
  test.each<[string, string, object, object]>([
    [
      '',
      'Service',
      { spec: { ports: [{ port: 80 }] } },
      {
        spec: {
          type: 'ClusterIP',
          sessionAffinity: 'None',
          internalTrafficPolicy: 'Cluster',
          ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
        },
        status: { loadBalancer: {} },
      },
    ],
    [
      '',
      'Service',
      { spec: { type: 'LoadBalancer', sessionAffinity: 'ClientIP' } },
      {
        spec: {
          externalTrafficPolicy: 'Cluster',
          allocateLoadBalancerNodePorts: true,
          sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
        },
      },
    ],
    ['', 'Secret', { stringData: { a: 'b' }, data: { c: 'ZA==' } }, { type: 'Opaque', data: { a: 'Yg==', c: 'ZA==' } }],
    [
      '',
      'Namespace',
      {},
      { metadata: { name: 'x', labels: { 'kubernetes.io/metadata.name': 'x' } }, status: { phase: 'Active' } },
    ],
    [
      '',
      'Event',
      { firstTimestamp: '2020-01-01T01:00:00+01:00' },
      { firstTimestamp: '2020-01-01T00:00:00Z', lastTimestamp: null, eventTime: null, source: {} },
    ],
    [
      'coordination.k8s.io',
      'Lease',
      { spec: { renewTime: '2020-01-01T00:00:00.12Z' } },
      { spec: { renewTime: '2020-01-01T00:00:00.120000Z' } },
    ],
    [
      'coordination.k8s.io',
      'Lease',
      { spec: { renewTime: '9999-12-31T23:59:59.12-01:00' } },
      { spec: { renewTime: '9999-12-31T23:59:59.120000Z' } },
    ],
    ['rbac.authorization.k8s.io', 'Role', {}, { rules: null }],
    [
      'rbac.authorization.k8s.io',
      'RoleBinding',
      {
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's', namespace: 'n' },
        ],
      },
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ServiceAccount', name: 's', namespace: 'n' }],
      },
    ],
    [
      'batch',
      'Job',
      { spec: { template } },
      {
        metadata: { labels: { a: 'b' } },
        spec: {
          parallelism: 1,
          completions: 1,
          backoffLimit: 6,
          completionMode: 'NonIndexed',
          suspend: false,
          podReplacementPolicy: 'TerminatingOrFailed',
          manualSelector: false,
        },
      },
    ],
    [
      'apps',
      'DaemonSet',
      { spec: { template } },
      {
        spec: {
          revisionHistoryLimit: 10,
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        },
      },
    ],
    [
      'apps',
      'StatefulSet',
      { spec: { template } },
      {
        spec: {
          replicas: 1,
          podManagementPolicy: 'OrderedReady',
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        },
      },
    ],
    [
      'networking.k8s.io',
      'NetworkPolicy',
      { spec: { podSelector: {}, egress: [{ ports: [{ port: 1 }] }] } },
      { spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ protocol: 'TCP' }] }] } },
    ],
    [
      'apiextensions.k8s.io',
      'CustomResourceDefinition',
      { spec: { names: { kind: 'Foo', plural: 'foos' } } },
      { spec: { names: { singular: 'foo', listKind: 'FooList' }, conversion: { strategy: 'None' } } },
    ],
  ])('%s %s', (group, kind, body, expected) => {
    expect(completed(group, kind, body)).toMatchObject(expected);
  });

  test('a secret keeps what is called as what every JavaScript object has', () => {
    const stringData: unknown = JSON.parse('{"__proto__":"b","toString":"b"}');
    const data = JSON.stringify(completed('', 'Secret', { stringData })['data']);
    expect(data).toBe('{"__proto__":"Yg==","toString":"Yg=="}');
  });

  test('a secret keeps no stringData', () => {
    expect(completed('', 'Secret', { stringData: { a: 'b' } })).not.toHaveProperty('stringData');
  });
});

test('completing twice changes nothing', () => {
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet']) {
    const once = completed('apps', kind, { spec: { selector: {}, template } });
    const again = defaultObject(catalog.findKind('apps', 'v1', kind) as ResourceDefinition, structuredClone(once));
    expect(again).toEqual(once);
  }
});

test('a custom resource gets the defaults of its schema; null counts as absent where it is not allowed and has a default', () => {
  const definition = cronTabDefinition({
    type: 'object',
    default: {},
    properties: {
      replicas: { type: 'integer', default: 1 },
      image: { type: 'string' },
      free: { type: 'string', nullable: true, default: 'x' },
      list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string', default: 'b' } } } },
    },
  });
  const complete = (body: object): unknown =>
    defaultObject(definition, { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: {}, ...body })['spec'];
  expect(complete({})).toEqual({ replicas: 1, free: 'x' });
  expect(complete({ spec: { replicas: null, image: null, free: null, list: [{}] } })).toEqual({
    replicas: 1,
    image: null,
    free: null,
    list: [{ a: 'b' }],
  });
});

test('what is written to a custom resource loses the nulls that its schema has no use for', () => {
  const text: Schema = { type: 'string' };
  const { schema, resolve } = cronTabDefinition({
    type: 'object',
    properties: {
      image: text,
      free: { type: 'string', nullable: true },
      kept: { type: 'string', default: 'x' },
      list: { type: 'array', items: { type: 'object', properties: { a: text } } },
      more: { type: 'object', additionalProperties: text },
      any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  });
  const spec = {
    image: null,
    free: null,
    kept: null,
    list: [{ a: null }, null],
    more: { a: null, b: 'c' },
    any: { d: null },
  };
  const rest = { free: null, kept: null, list: [{}, null], more: { b: 'c' }, any: { d: null } };
  expect(dropNulls({ spec }, schema, resolve)).toEqual({ spec: rest });
});
