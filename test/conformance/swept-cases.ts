/** Single fields of many kinds that a sweep over all of them has found to differ: one object of each, changed. */

import { creations, type Fields, made, type PlainKind, patched, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

const containers = [{ name: 'c', image: 'i:1' }];
const pod: PlainKind = {
  kind: 'Pod',
  apiVersion: 'v1',
  resource: 'pods',
  namespaced: true,
  base: { spec: { containers } },
};
const volume = (source: Fields): Fields => ({ spec: { volumes: [{ name: 'v', ...source }] } });
const used = (...claims: Fields[]): Fields => ({
  spec: {
    resourceClaims: [{ name: 'a', resourceClaimName: 'x' }],
    containers: [{ ...containers[0], resources: { claims } }],
  },
});
const pods: Fields[] = [
  volume({ emptyDir: {}, cephfs: { monitors: ['m'] }, downwardAPI: {} }),
  { spec: { resourceClaims: [{}] } },
  { spec: { resourceClaims: [{ name: 'A b', resourceClaimName: 'A b', resourceClaimTemplateName: 'A b' }] } },
  {
    spec: {
      resourceClaims: [
        { name: 'a', resourceClaimName: 'x' },
        { name: 'a', resourceClaimTemplateName: 'x' },
      ],
    },
  },
  used({ name: 'a', request: 'r' }, { name: 'a', request: 'r' }),
  used({ name: 'a', request: 'r' }, { name: 'a' }),
  used({ name: 'a' }, { name: 'a', request: 'r' }),
  used({ name: 'a', request: 'A b' }),
  { spec: { containers: [{ ...containers[0], resources: { limits: { cpu: '0.5m', memory: '1.0001Ki' } } }] } },
];

const node: PlainKind = { kind: 'Node', apiVersion: 'v1', resource: 'nodes', base: {} };
const declared = (...declaredFeatures: string[]): Fields => ({ status: { declaredFeatures } });

const slice: PlainKind = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  resource: 'endpointslices',
  namespaced: true,
  base: { addressType: 'IPv4', endpoints: [] },
};

const place = (more: Fields = {}): Fields => ({ addresses: ['10.0.0.1'], ...more });

const claim: PlainKind = {
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  resource: 'persistentvolumeclaims',
  namespaced: true,
  base: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
};
const source = { kind: 'PersistentVolumeClaim', name: 'c' };
const claimChanges: [Fields, Fields][] = [
  [{ spec: { dataSource: source } }, { spec: { dataSource: null } }],
  [{}, { spec: { dataSource: { kind: 'Odd', name: 'c' } } }],
];

const deviceClaim: PlainKind = {
  kind: 'ResourceClaim',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceclaims',
  namespaced: true,
  base: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } },
};
const devices = (more: Fields): Fields => ({ spec: { devices: more } });
const exactly = (more: Fields): Fields =>
  devices({ requests: [{ name: 'r', exactly: { deviceClassName: 'c', ...more } }] });
const deviceClaims: Fields[] = [
  {},
  { spec: null },
  devices({ requests: [{}] }),
  devices({ requests: [{ name: 'A b', exactly: {}, firstAvailable: [{}] }] }),
  devices({ requests: [{ name: 'r', firstAvailable: [{ name: 'x', deviceClassName: 'A b' }] }] }),
  exactly({ allocationMode: 'Odd' }),
  exactly({ allocationMode: 'All', count: 2 }),
  exactly({ count: -1 }),
  exactly({ selectors: [{}] }),
  exactly({
    tolerations: [
      { key: 'a b', operator: 'Odd', effect: 'Odd' },
      { operator: 'Exists', value: 'x' },
    ],
  }),
  devices({
    constraints: [{}, { matchAttribute: 'x' }, { requests: ['x', 'r/x', 'a/b/c'], matchAttribute: 'a.b/c-d' }],
  }),
  devices({ config: [{}, { opaque: {} }, { opaque: { driver: 'A_', parameters: [] } }] }),
];

const claimTemplate: PlainKind = {
  ...deviceClaim,
  kind: 'ResourceClaimTemplate',
  resource: 'resourceclaimtemplates',
  base: { spec: deviceClaim.base },
};
const lists: Fields[] = ['finalizers', 'ownerReferences', 'managedFields'].map((name) => ({ [name]: [] }));
const listed = lists.map((metadata) => ({ spec: { metadata } }));
const ephemeral = (metadata: Fields): Fields =>
  volume({
    ephemeral: {
      volumeClaimTemplate: {
        metadata,
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
  });
const claimMetadata: Fields[] = [
  ...lists,
  { finalizers: [], labels: { a: 'b' } },
  { deletionGracePeriodSeconds: 0 },
  { generation: 0, uid: '', creationTimestamp: null },
];

const selector = { matchLabels: { app: 'x' } };
const template = { metadata: { labels: { app: 'x' } }, spec: { containers } };
const workload = (kind: string, more: Fields = {}): PlainKind => ({
  kind,
  apiVersion: 'apps/v1',
  resource: `${kind.toLowerCase()}s`,
  namespaced: true,
  base: { spec: { selector, template, ...more } },
});
const collided = (kind: PlainKind): Case => ({
  name: `collisions of a ${kind.kind}`,
  steps: [
    made(kind),
    ...[-1, 2, 1, null].map((collisionCount) => patched(kind, { status: { collisionCount } }, '/status')),
  ],
});

const volumeOfNode: PlainKind = {
  kind: 'PersistentVolume',
  apiVersion: 'v1',
  resource: 'persistentvolumes',
  base: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } } },
};
const alias: PlainKind = {
  kind: 'Service',
  apiVersion: 'v1',
  resource: 'services',
  namespaced: true,
  base: { spec: { type: 'ExternalName', externalName: 'a.example.com' } },
};
const ranges = (...podCIDRs: string[]): Fields => ({ spec: { podCIDR: '10.1.0.0/24', podCIDRs } });
const images = (...names: string[][]): Fields => ({ status: { images: names.map((own) => ({ names: own })) } });

const cronJob: PlainKind = {
  kind: 'CronJob',
  apiVersion: 'batch/v1',
  resource: 'cronjobs',
  namespaced: true,
  base: {
    spec: {
      schedule: '0 * * * *',
      jobTemplate: { spec: { template: { spec: { containers, restartPolicy: 'Never' } } } },
    },
  },
};
const withRules = (...rules: Fields[]): Fields => ({
  spec: { jobTemplate: { spec: { podFailurePolicy: { rules } } } },
});

/** Of nobody's objects. */
const never = { matchLabels: { 'conformance.example.com/never': 'x' } };
const nobody = { namespaceSelector: never, objectSelector: never };
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v9'], resources: ['configmaps'] };
const admission = (kind: string, resource: string, spec: Fields): PlainKind => ({
  kind,
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource,
  base: { spec },
});
const policy = admission('ValidatingAdmissionPolicy', 'validatingadmissionpolicies', {
  matchConstraints: { resourceRules: [rule], ...nobody },
  validations: [{ expression: 'true' }],
});
const reasoned = (reason: string): Fields => ({ spec: { validations: [{ expression: 'true', reason }] } });

export const sweptGroups: Readonly<Record<string, Case[]>> = {
  'volumes, claims and amounts of pods': creations(pod, pods),
  'features that nodes declare': updates(
    node,
    [
      [{}, declared('')],
      [{}, declared('B', 'A', 'A')],
      [{}, declared('Fine', 'Fine/part')],
    ],
    '/status',
  ),
  'what claims are filled with': updates(claim, claimChanges),
  'what older versions know of endpoints': updates(slice, [
    [{ endpoints: [place()] }, { endpoints: [place({ deprecatedTopology: { a: 'b' } })] }],
    [{ endpoints: [place({ deprecatedTopology: { a: 'b' } })] }, { endpoints: [place({ deprecatedTopology: {} })] }],
    [{ endpoints: [place()] }, { endpoints: [place({ nodeName: 'n', deprecatedTopology: { a: 'b' } })] }],
  ]),
  'ports of slices': creations(slice, [{ ports: [{ protocol: '' }] }, { ports: [{ protocol: 'Odd' }] }]),
  'claims of devices': [
    ...creations(deviceClaim, deviceClaims),
    ...updates(deviceClaim, [[{}, exactly({ count: 2 })]]),
  ],
  'metadata of claims that are made': [
    ...creations(claimTemplate, listed),
    ...updates(
      claimTemplate,
      [...listed, { spec: { metadata: {} } }].map((fields) => [{}, fields]),
    ),
    ...creations(pod, claimMetadata.map(ephemeral)),
    ...updates(
      pod,
      claimMetadata.map((metadata) => [ephemeral({}), ephemeral(metadata)]),
    ),
  ],
  'counts of collisions': [
    collided(workload('Deployment')),
    collided(workload('DaemonSet')),
    collided(workload('StatefulSet', { serviceName: 's' })),
  ],
  'a disk of a node beside another source': updates(volumeOfNode, [[{}, { spec: { local: { path: '/a' } } }]]),
  'traffic to a name': updates(alias, [
    [{}, { spec: { internalTrafficPolicy: 'x' } }],
    [{}, { spec: { internalTrafficPolicy: '' } }],
  ]),
  'ranges that can not be read': updates(node, [[ranges('10.1.0.0/24'), ranges('10.1.0.0/24', 'x')]]),
  'lists that are written though they are empty': [
    ...updates(slice, [
      [{ endpoints: [{ addresses: ['10.0.0.1'] }] }, { endpoints: [] }],
      [{ ports: [{ port: 80 }] }, { ports: [] }],
    ]),
    ...updates(node, [[{}, images(['a'], [])]], '/status'),
    ...updates(cronJob, [[{}, withRules()]]),
  ],
  'reasons of validations': [...creations(policy, [reasoned('')]), ...updates(policy, [[{}, reasoned('')]])],
};
