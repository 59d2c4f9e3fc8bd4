import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { newCatalog } from './catalog.ts';
import { cronTabDefinition } from './crd-fixture.ts';
import { cellsOf, columnsOf } from './printer-columns.ts';
import type { ResourceDefinition } from './resource-definition.ts';

const catalog = newCatalog();
const created = '2026-01-01T00:00:00Z';
const now = Date.parse(created) + 5 * 60_000 + 12_000;

function definitionOf(name: string): ResourceDefinition {
  const [plural = '', ...group] = name.split('.');
  const found = catalog.list().find((each) => each.plural === plural && each.group === group.join('.'));
  if (!found) throw new Error(`no ${name}`);
  return found;
}

function row(name: string, body: object, metadata: object = {}): Record<string, unknown> {
  const definition = definitionOf(name);
  const object = { metadata: { name: 'x', creationTimestamp: created, ...metadata }, ...body } as Unstructured;
  const cells = cellsOf(definition, object, now);
  return Object.fromEntries(columnsOf(definition).map((column, index) => [column.name, cells[index]]));
}

const running = { name: 'c', ready: true, restartCount: 0, state: { running: {} } };
const crashed = {
  name: 'c',
  ready: false,
  restartCount: 3,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:05:00Z' } },
};
const pod = (status: object, spec: object = {}): object => ({ spec: { containers: [{ name: 'c' }], ...spec }, status });

describe('a row of', () => {
  test.each<[string, string, object, object]>([
    [
      'pods',
      'a running pod',
      pod({ phase: 'Running', containerStatuses: [running] }),
      { Ready: '1/1', Status: 'Running', Restarts: '0', Age: '5m12s', IP: '<none>' },
    ],
    [
      'pods',
      'a crashing pod',
      pod({ phase: 'Running', containerStatuses: [crashed] }),
      { Ready: '0/1', Status: 'CrashLoopBackOff', Restarts: '3 (12s ago)' },
    ],
    [
      'pods',
      'a pod that failed',
      pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 2 } } }] }),
      { Status: 'ExitCode:2' },
    ],
    [
      'pods',
      'a pod that initializes',
      pod(
        { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { running: {} } }] },
        { initContainers: [{ name: 'i' }] },
      ),
      { Status: 'Init:0/1', Ready: '0/1' },
    ],
    [
      'deployments.apps',
      'a deployment',
      {
        spec: { replicas: 3, selector: { matchLabels: { b: '2', a: '1' } } },
        status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 },
      },
      { Ready: '1/3', 'Up-to-date': 2, Available: 1, Age: '5m12s', Selector: 'a=1,b=2' },
    ],
    [
      'services',
      'a service',
      {
        spec: {
          type: 'NodePort',
          clusterIPs: ['10.0.0.1'],
          ports: [
            { port: 80, nodePort: 30080, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
        },
      },
      {
        Type: 'NodePort',
        'Cluster-IP': '10.0.0.1',
        'External-IP': '<none>',
        'Port(s)': '80:30080/TCP,53/UDP',
        Selector: '<none>',
      },
    ],
    [
      'services',
      'a load balancer',
      { spec: { type: 'LoadBalancer' } },
      { 'External-IP': '<pending>', 'Port(s)': '<none>' },
    ],
    [
      'nodes',
      'a node',
      {
        metadata: { name: 'n', labels: { 'node-role.kubernetes.io/control-plane': '' } },
        spec: { unschedulable: true },
        status: { conditions: [{ type: 'Ready', status: 'False' }], nodeInfo: { kubeletVersion: 'v1.36.3' } },
      },
      { Status: 'NotReady,SchedulingDisabled', Roles: 'control-plane', Version: 'v1.36.3', 'Internal-IP': '<none>' },
    ],
    ['secrets', 'a secret', { type: 'Opaque', data: { a: '', b: '' } }, { Type: 'Opaque', Data: 2 }],
    ['leases.coordination.k8s.io', 'a lease', { spec: { holderIdentity: 'me' } }, { Holder: 'me', Age: '5m12s' }],
    [
      'certificatesigningrequests.certificates.k8s.io',
      'a request',
      {
        spec: { signerName: 's', username: 'u', expirationSeconds: 3600 },
        status: { certificate: 'x', conditions: [{ type: 'Approved' }] },
      },
      { SignerName: 's', Requestor: 'u', RequestedDuration: '60m', Condition: 'Approved,Issued' },
    ],
    [
      'events',
      'an event',
      {
        involvedObject: { kind: 'Pod', name: 'p' },
        reason: 'R',
        type: 'Normal',
        message: ' m\n',
        lastTimestamp: '2026-01-01T00:05:00Z',
        source: { component: 'c' },
      },
      { 'Last Seen': '12s', Object: 'pod/p', Message: 'm', Source: 'c', Count: 1 },
    ],
    ['customresourcedefinitions.apiextensions.k8s.io', 'a CRD', {}, { Name: 'x', 'Created At': created }],
    [
      'jobs.batch',
      'a job',
      {
        spec: { completions: 2 },
        status: { succeeded: 1, startTime: created, conditions: [{ type: 'Suspended', status: 'True' }] },
      },
      { Status: 'Suspended', Completions: '1/2', Duration: '5m12s' },
    ],
  ])('%s: %s', (name, _, body, expected) => {
    expect(row(name, body)).toMatchObject(expected);
  });

  test('pods that are being deleted says so', () => {
    const deleted = row('pods', pod({ phase: 'Running', containerStatuses: [running] }), {
      deletionTimestamp: created,
    });
    expect(deleted['Status']).toBe('Terminating');
  });
});

test('no column fails on an empty object', () => {
  for (const definition of catalog.list()) {
    const object = { metadata: {} } as Unstructured;
    expect(cellsOf(definition, object, now)).toHaveLength(columnsOf(definition).length);
  }
});

test('a custom resource has the columns of its CRD after its name, or its age', () => {
  const definition = cronTabDefinition();
  expect(columnsOf(definition).map(({ name }) => name)).toEqual(['Name', 'Age']);
  const columns = [
    { name: 'Ready', type: 'string', priority: 0, jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Kinds', type: 'string', priority: 0, jsonPath: '.spec.list[*].kind' },
    { name: 'Count', type: 'integer', priority: 0, jsonPath: '.spec.count' },
    { name: 'Wrong', type: 'integer', priority: 0, jsonPath: '.spec.list' },
    { name: 'Since', type: 'date', priority: 1, jsonPath: '.metadata.creationTimestamp' },
    { name: 'Gone', type: 'string', priority: 1, jsonPath: '.spec.gone' },
  ];
  const object = {
    metadata: { name: 'x', creationTimestamp: created },
    spec: { list: [{ kind: 'A' }, { kind: 'B' }], count: 3 },
    status: {
      conditions: [
        { type: 'Other', status: 'False' },
        { type: 'Ready', status: 'True' },
      ],
    },
  } as unknown as Unstructured;
  expect(cellsOf({ ...definition, columns }, object, now)).toEqual(['x', 'True', 'A', 3, null, '5m12s', null]);
});
