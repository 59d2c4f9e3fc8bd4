/** The kinds that are compared: where they live, a smallest valid object of each, and changes to lay over it, right and wrong. */

import { deploymentEdits } from './deployment-edits.ts';

export type Body = Record<string, unknown>;

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** Everything besides metadata. */
  readonly base: Body;
  /** Merge patches of everything but metadata; some are refused. */
  readonly edits: readonly Body[];
  /** Merge patches of the status; none: the kind has no status subresource. */
  readonly statusEdits?: readonly Body[];
  readonly hasScale?: boolean;
  /** JSON patches of its own. */
  readonly jsonPatches?: readonly unknown[];
  /** Strategic merge patches of its own. */
  readonly strategic?: readonly Body[];
  /** Field selectors of its own. */
  readonly fieldSelectors?: readonly string[];
}

export function collectionOf({ apiVersion, resource, namespaced }: Kind, namespace: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespaced ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`;
}

export function objectOf({ apiVersion, kind, base }: Kind, name: string, more: Body = {}): Body {
  const { metadata, ...rest } = more;
  return { apiVersion, kind, metadata: { name, ...(metadata as Body | undefined) }, ...base, ...rest };
}

const podTemplate = {
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'app', image: 'i:1' }] },
};

export const configMap: Kind = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  base: { data: { a: '1' } },
  edits: [
    { data: { a: '2' } },
    { data: { a: '2', b: '3' } },
    { data: { a: null } },
    { data: null },
    { data: { 'not a key!': 'x' } },
    { data: { a: 5 } },
    { data: { '..': 'x' } },
    { binaryData: { b: 'AAEC' } },
    { binaryData: { a: 'AAEC' } },
    { binaryData: { b: '%%%' } },
    { immutable: true },
    { immutable: false },
    { immutable: 'yes' },
    { unknown: 1 },
    { data: 'text' },
  ],
  jsonPatches: [
    [{ op: 'replace', path: '/data/a', value: '9' }],
    [{ op: 'test', path: '/data/a', value: 'other' }],
    [{ op: 'remove', path: '/data/missing' }],
    [{ op: 'copy', from: '/data/a', path: '/data/c' }],
    [{ op: 'move', from: '/data/a', path: '/data/d' }],
  ],
  strategic: [{ data: { $patch: 'replace', z: '1' } }, { data: { a: null } }],
};

export const secret: Kind = {
  apiVersion: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  namespaced: true,
  base: { stringData: { a: 'one' } },
  edits: [
    { stringData: { b: 'two' } },
    { data: { a: 'dHdv' } },
    { data: { a: 'not base64!' } },
    { data: { a: 7 } },
    { type: 'kubernetes.io/tls' },
    { type: 'example.com/own' },
    { immutable: true },
    { data: { 'bad key': 'dHdv' } },
    { data: null },
  ],
  fieldSelectors: ['type=Opaque', 'type!=Opaque'],
};

export const service: Kind = {
  apiVersion: 'v1',
  kind: 'Service',
  resource: 'services',
  namespaced: true,
  base: { spec: { ports: [{ port: 80 }], selector: { app: 'x' } } },
  edits: [
    { spec: { type: 'NodePort' } },
    { spec: { type: 'LoadBalancer' } },
    { spec: { type: 'ExternalName', externalName: 'example.com' } },
    { spec: { type: 'ClusterIP' } },
    { spec: { type: 'Nonsense' } },
    { spec: { clusterIP: 'None' } },
    { spec: { ports: [] } },
    {
      spec: {
        ports: [
          { port: 80, name: 'a' },
          { port: 443, name: 'b', targetPort: 'https' },
        ],
      },
    },
    { spec: { ports: [{ port: 80 }, { port: 443 }] } },
    { spec: { ports: [{ port: 70000 }] } },
    { spec: { ports: [{ port: 80, protocol: 'SCTP' }] } },
    { spec: { ports: [{ port: 80, protocol: 'ICMP' }] } },
    { spec: { ports: [{ port: '80' }] } },
    { spec: { sessionAffinity: 'ClientIP' } },
    { spec: { sessionAffinity: 'None' } },
    { spec: { externalTrafficPolicy: 'Local' } },
    { spec: { internalTrafficPolicy: 'Local' } },
    { spec: { selector: { app: 'y' } } },
    { spec: { selector: { 'bad key!': 'y' } } },
    { spec: { publishNotReadyAddresses: true } },
  ],
  statusEdits: [
    { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
    {
      status: {
        conditions: [
          { type: 'A', status: 'True', reason: 'R', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' },
        ],
      },
    },
    { status: { loadBalancer: { ingress: [{ ip: 'nonsense' }] } } },
  ],
  strategic: [
    { spec: { ports: [{ port: 80, targetPort: 8080 }] } },
    { spec: { ports: [{ port: 81, name: 'more' }] } },
    { spec: { ports: [{ $patch: 'delete', port: 80 }] } },
  ],
};

export const deployment: Kind = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  resource: 'deployments',
  namespaced: true,
  base: { spec: { selector: { matchLabels: { app: 'x' } }, template: podTemplate } },
  edits: deploymentEdits,
  statusEdits: [
    { status: { replicas: 2, readyReplicas: 1, observedGeneration: 1 } },
    { status: { replicas: -1 } },
    { status: { conditions: [{ type: 'Available', status: 'True', reason: 'R' }] } },
    { spec: { replicas: 9 } },
    { status: null },
  ],
  hasScale: true,
  strategic: [
    { spec: { template: { spec: { containers: [{ name: 'app', image: 'i:3' }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'side', image: 's:1' }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'side' }] } } } },
    { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
  ],
};

export const serviceAccount: Kind = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  namespaced: true,
  base: {},
  edits: [
    { automountServiceAccountToken: false },
    { secrets: [{ name: 's' }] },
    { imagePullSecrets: [{ name: 'p' }, { name: 'p' }] },
    { secrets: 'none' },
  ],
};

export const namespace: Kind = {
  apiVersion: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  namespaced: false,
  base: {},
  edits: [
    { spec: { finalizers: ['example.com/f'] } },
    { spec: { finalizers: [] } },
    { status: { phase: 'Terminating' } },
    { spec: { unknown: 1 } },
  ],
  statusEdits: [
    { status: { phase: 'Nonsense' } },
    { status: { conditions: [{ type: 'A', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }] } },
  ],
  fieldSelectors: ['status.phase=Active', 'status.phase=Terminating', 'name=x'],
};

export const pod: Kind = {
  apiVersion: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
  base: { spec: { containers: [{ name: 'app', image: 'i:1' }] } },
  edits: [
    { spec: { containers: [{ name: 'app', image: 'i:2' }] } },
    { spec: { containers: [{ name: 'app', image: 'i:1', args: ['x'] }] } },
    { spec: { nodeName: 'n' } },
    { spec: { activeDeadlineSeconds: 5 } },
    { spec: { terminationGracePeriodSeconds: 0 } },
    { spec: { priority: 5 } },
    { spec: { restartPolicy: 'Never' } },
    { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } },
    {
      spec: {
        containers: [
          { name: 'app', image: 'i:1', resources: { requests: { cpu: '1' }, limits: { cpu: '1', memory: '1Gi' } } },
        ],
      },
    },
    { spec: { containers: [{ name: 'app' }] } },
  ],
  statusEdits: [
    { status: { phase: 'Running' } },
    { status: { phase: 'Succeeded', podIP: '192.0.2.1', podIPs: [{ ip: '192.0.2.1' }] } },
    { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
  ],
  fieldSelectors: [
    'status.phase=Pending',
    'spec.nodeName=n',
    'spec.nodeName=',
    'spec.restartPolicy=Always',
    'metadata.labels=x',
  ],
};

export const widget: Kind = {
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  resource: 'widgets',
  namespaced: true,
  base: { spec: { size: 3 } },
  edits: [
    { spec: { size: 4 } },
    { spec: { size: 0 } },
    { spec: { size: 'big' } },
    { spec: { size: null } },
    { spec: null },
    { spec: { unknown: { deep: 1 } } },
    { spec: { mode: 'fast' } },
    { spec: { mode: 'sideways' } },
    { spec: { mode: null } },
    { spec: { name: 'a-b' } },
    { spec: { name: 'A B' } },
    { spec: { items: [{ name: 'a', value: 1 }] } },
    { spec: { items: [{ name: 'a' }, { name: 'a' }] } },
    { spec: { items: [{ value: 1 }] } },
    { spec: { set: ['a', 'b'] } },
    { spec: { set: ['a', 'a'] } },
    { spec: { free: { any: ['thing', 1, null] } } },
    { spec: { when: '2020-01-01T00:00:00Z' } },
    { spec: { when: 'now' } },
    { spec: { min: 5, max: 3 } },
    { spec: { min: 1, max: 3 } },
    { spec: { fixed: 'x' } },
    { spec: { fixed: 'y' } },
    { spec: { either: 5 } },
    { spec: { either: '5%' } },
    { spec: { either: true } },
    { spec: { list: [1, 2, 3, 4] } },
    { unknown: 1 },
    { status: { ready: true } },
    { spec: { replicas: 2 } },
  ],
  statusEdits: [
    { status: { ready: true } },
    { status: { ready: 'yes' } },
    { status: { replicas: 3, selector: 'a=b' } },
    { spec: { size: 9 }, status: { ready: false } },
    { metadata: { labels: { from: 'status' } } },
  ],
  hasScale: true,
};
