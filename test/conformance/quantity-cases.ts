/** Quantities as they are written, answered and compared: upstream writes again only what it does not take for canonical at a glance. */

import { made, type PlainKind, patched } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

const WRITTEN = [
  ...['1', '1000', '1500', '0.5', '.5', '5.', '+1', '01', '00.5', '0100', '1.0', '1.000', '1.0001', '1.000100'],
  ...['2e0', '2E0', '1e1', '1e3', '1e+3', '1e+03', '1E3', '1.00e2', '1.5e3', '15e2', '1e-1', '1e-3', '1e-9', '1e-10'],
  ...['+1e-12', '0e3', '1500e0', '1024e0', '1000e-3', '12345e-2', '12345e-3', '1e18', '1e19', '1e30'],
  ...['1k', '+1k', '1.500k', '1.k', '1000k', '1500m', '1000m', '1n', '0.9999999', '1E', '1E+1'],
  ...['1Ki', '+1Ki', '01Ki', '+8Ki', '1.5Ki', '+1.5Ki', '0.3Ki', '0Ki', '1024Ki', '+3Ti', '+123Ti', '+1Pi'],
  ...['+99999999999Ki', '+999999999999Ki', '+99999999Mi', '+999999999Mi'],
  ...['-1', '-2e0', '-1.5', '-1Gi'],
];
/** Beyond what upstream reckons thousandths of. */
const LARGE = ['+12Pi', '+1Ei', '16Ei', '+123456789012345678', '+1234567890123456789', '9223372036854775808'];
const AS_MUCH: [string, string][] = [
  ['1Gi', '1073741824'],
  ['1Gi', '1024Mi'],
  ['2', '2e0'],
  ['1', '01'],
  ['1k', '1e3'],
  ['1Gi', '1G'],
];

const quota: PlainKind = {
  kind: 'ResourceQuota',
  apiVersion: 'v1',
  resource: 'resourcequotas',
  namespaced: true,
  base: {},
};
const containers = (memory: string) => [
  { name: 'c', image: 'i:1', resources: { limits: { memory }, requests: { memory } } },
];
const pod: PlainKind = { kind: 'Pod', apiVersion: 'v1', resource: 'pods', namespaced: true, base: {} };
const template = (memory: string) => ({
  metadata: { labels: { app: 'x' } },
  spec: { restartPolicy: 'Never', containers: containers(memory) },
});
const job: PlainKind = { kind: 'Job', apiVersion: 'batch/v1', resource: 'jobs', namespaced: true, base: {} };
const deployment: PlainKind = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  resource: 'deployments',
  namespaced: true,
  base: { spec: { selector: { matchLabels: { app: 'x' } } } },
};
const running = (memory: string) => ({ ...template(memory), spec: { containers: containers(memory) } });
const claimSpec = (storage: string) => ({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } });
const statefulSet: PlainKind = {
  kind: 'StatefulSet',
  apiVersion: 'apps/v1',
  resource: 'statefulsets',
  namespaced: true,
  base: { spec: { serviceName: 's', selector: { matchLabels: { app: 'x' } }, template: running('1') } },
};
const claim: PlainKind = {
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  resource: 'persistentvolumeclaims',
  namespaced: true,
  base: {},
};
const volume: PlainKind = {
  kind: 'PersistentVolume',
  apiVersion: 'v1',
  resource: 'persistentvolumes',
  base: { spec: { accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } } },
};

const changed = (
  kind: PlainKind,
  fields: (quantity: string) => Record<string, unknown>,
  [from, to]: [string, string],
): Case => ({
  name: `${kind.kind} ${from} to ${to}`,
  // Upstream's claims and Jobs may be written once more where nothing changes.
  steps: [made(kind, fields(from)), { ...patched(kind, fields(to)), isRewritten: true }],
});

export const quantityGroups: Readonly<Record<string, Case[]>> = {
  'quantities as they are written': [
    ...[...WRITTEN, ...LARGE].map((memory) => ({
      name: `a quota of ${memory}`,
      steps: [made(quota, { spec: { hard: { memory } } }), patched(quota, { metadata: { labels: { a: 'b' } } })],
    })),
    ...WRITTEN.map((memory) => ({
      name: `a pod of ${memory}`,
      steps: [made(pod, { spec: { containers: containers(memory) } })],
    })),
  ],
  'quantities that are as much': AS_MUCH.flatMap((pair) => [
    changed(pod, (memory) => ({ spec: { containers: containers(memory) } }), pair),
    changed(job, (memory) => ({ spec: { template: template(memory) } }), pair),
    changed(deployment, (memory) => ({ spec: { template: running(memory) } }), pair),
    changed(
      statefulSet,
      (storage) => ({ spec: { volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: claimSpec(storage) }] } }),
      pair,
    ),
    changed(claim, (storage) => ({ spec: claimSpec(storage) }), pair),
  ]),
  'less than nothing': ['-1Gi', '-1.5', '-2e0', '-1n', '0'].map((storage) => ({
    name: storage,
    steps: [
      made(volume, { spec: { capacity: { storage } } }),
      made(claim, { spec: claimSpec('1Gi') }),
      patched(claim, { status: { capacity: { storage } } }, '/status'),
    ],
  })),
};
