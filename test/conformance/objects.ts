/** The kinds that are compared: where they live, a smallest valid object of each, and changes to lay over it, right and wrong. */

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
const container = (more: Body) => ({ template: { spec: { containers: [{ name: 'app', image: 'i:1', ...more }] } } });

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
  edits: [
    { spec: { replicas: 2 } },
    { spec: { replicas: 0 } },
    { spec: { replicas: -1 } },
    { spec: { replicas: 'two' } },
    { spec: { replicas: 1.5 } },
    { spec: { replicas: null } },
    { spec: { paused: true } },
    { spec: { minReadySeconds: 5 } },
    { spec: { minReadySeconds: 700 } },
    { spec: { strategy: { type: 'Recreate' } } },
    { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } },
    { spec: { strategy: { type: 'Sideways' } } },
    { spec: { strategy: { rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } } } },
    { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
    { spec: { selector: { matchLabels: { app: 'y' } } } },
    { spec: { template: { metadata: { labels: { app: 'z' } } } } },
    { spec: { template: { metadata: { annotations: { note: 'x' } } } } },
    { spec: container({ image: 'i:2' }) },
    { spec: container({ image: '' }) },
    { spec: container({ imagePullPolicy: 'Sometimes' }) },
    { spec: container({ ports: [{ containerPort: 80 }] }) },
    { spec: container({ ports: [{ containerPort: 0 }] }) },
    {
      spec: container({
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
    },
    { spec: container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }) },
    { spec: container({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } } }) },
    { spec: container({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }) },
    { spec: container({ resources: { limits: { cpu: 'much' } } }) },
    { spec: container({ livenessProbe: { httpGet: { port: 80 } } }) },
    { spec: container({ volumeMounts: [{ name: 'missing', mountPath: '/x' }] }) },
    { spec: container({ name: 'Bad_Name' }) },
    { spec: { template: { spec: { containers: [] } } } },
    { spec: { template: { spec: { restartPolicy: 'Never' } } } },
    {
      spec: {
        template: {
          spec: {
            volumes: [
              { name: 'v', emptyDir: {} },
              { name: 'c', configMap: { name: 'c' } },
            ],
          },
        },
      },
    },
    { spec: { template: { spec: { volumes: [{ name: 'v' }] } } } },
    { spec: { template: { spec: { hostNetwork: true } } } },
    { spec: { template: { spec: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'a', operator: 'Exists' }] } } } },
    { spec: { unknown: true } },
    { spec: { template: { spec: { initContainers: [{ name: 'init', image: 'i' }] } } } },
  ],
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

export const lease: Kind = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  resource: 'leases',
  namespaced: true,
  base: { spec: { holderIdentity: 'me' } },
  edits: [
    { spec: { holderIdentity: 'you', leaseTransitions: 2 } },
    { spec: { renewTime: '2020-01-01T00:00:00.000000Z' } },
    { spec: { renewTime: '2020-01-01T00:00:00Z' } },
    { spec: { renewTime: 'yesterday' } },
    { spec: { leaseDurationSeconds: 0 } },
    { spec: { leaseDurationSeconds: 40 } },
    { spec: { leaseTransitions: -1 } },
    { spec: { holderIdentity: '' } },
    { spec: { strategy: 'OldestEmulationVersion' } },
    { spec: null },
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

export const role: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  resource: 'roles',
  namespaced: true,
  base: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  edits: [
    { rules: [] },
    { rules: [{ apiGroups: [''], resources: ['pods'] }] },
    { rules: [{ verbs: ['get'] }] },
    { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] },
    { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'], resourceNames: ['a'] }] },
    { rules: null },
  ],
};

export const roleBinding: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  namespaced: true,
  base: {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    subjects: [{ kind: 'User', name: 'u' }],
  },
  edits: [
    { roleRef: { name: 'other' } },
    { roleRef: { kind: 'Nonsense' } },
    { roleRef: null },
    { subjects: [] },
    { subjects: null },
    { subjects: [{ kind: 'ServiceAccount', name: 'sa' }] },
    { subjects: [{ kind: 'ServiceAccount', name: 'sa', namespace: 'default' }] },
    { subjects: [{ kind: 'Robot', name: 'x' }] },
    { subjects: [{ kind: 'Group', name: '' }] },
    { subjects: [{ kind: 'User', name: 'u', apiGroup: 'example.com' }] },
  ],
};

export const clusterRole: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  namespaced: false,
  base: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  edits: [
    { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] },
    { rules: [{ nonResourceURLs: ['/healthz'], resources: ['pods'], apiGroups: [''], verbs: ['get'] }] },
    { rules: [{ verbs: [] }] },
    { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } },
    { aggregationRule: { clusterRoleSelectors: [] } },
    { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'bad key!': 'b' } }] } },
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

export const node: Kind = {
  apiVersion: 'v1',
  kind: 'Node',
  resource: 'nodes',
  namespaced: false,
  base: {},
  edits: [
    { spec: { unschedulable: true } },
    { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
    { spec: { taints: [{ key: 'a', effect: 'Nonsense' }] } },
    { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } },
    { spec: { podCIDR: 'nonsense' } },
    { spec: { providerID: 'a://b' } },
  ],
  statusEdits: [
    { status: { conditions: [{ type: 'Ready', status: 'True', reason: 'R', message: 'm' }] } },
    { status: { capacity: { cpu: '2', memory: '1Gi' }, allocatable: { cpu: '2' } } },
    { status: { capacity: { cpu: '-2' } } },
    { status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] } },
    { status: { nodeInfo: { kubeletVersion: 'v1' } } },
  ],
  fieldSelectors: ['spec.unschedulable=true', 'spec.unschedulable=false'],
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

export const event: Kind = {
  apiVersion: 'v1',
  kind: 'Event',
  resource: 'events',
  namespaced: true,
  base: {
    involvedObject: { kind: 'Pod', name: 'p', namespace: '<<namespace>>' },
    reason: 'R',
    message: 'm',
    type: 'Normal',
  },
  edits: [
    { count: 2 },
    { type: 'Nonsense' },
    { involvedObject: { namespace: 'other' } },
    { lastTimestamp: '2020-01-01T00:00:00Z' },
    { eventTime: '2020-01-01T00:00:00.000000Z' },
    { reason: 'Other' },
    { reportingComponent: 'c', reportingInstance: 'i', action: 'a' },
    { series: { count: 2, lastObservedTime: '2020-01-01T00:00:00.000000Z' } },
  ],
  fieldSelectors: [
    'involvedObject.name=p',
    'reason=R',
    'reason!=R',
    'type=Normal,involvedObject.kind=Pod',
    'source=x',
    'nonsense=x',
  ],
};

/** A request of a real key; what it says does not matter here. */
const certificateRequest = `-----BEGIN CERTIFICATE REQUEST-----
MIHjMIGKAgEAMCgxEDAOBgNVBAoMB2V4YW1wbGUxFDASBgNVBAMMC2NvbmZvcm1h
bmNlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC5edeO1K/qQPk6Mj7O4BvY5Y
mLKyvc4ItRsdiu49wZNy5ktSXAbpvY8485CXd2gRjV3XYpVVFVMKSUwHi83FUqAA
MAoGCCqGSM49BAMCA0gAMEUCIAfZT2jAWlB6Y+CI9EZGilZNkMPxHPZNDs9SjJGP
mgpcAiEA9iFS3AHMwGiB989DLBs2dvCoOKrlE2c/jU2y3LVjbXU=
-----END CERTIFICATE REQUEST-----
`;

export const signingRequest: Kind = {
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  namespaced: false,
  base: {
    spec: {
      request: Buffer.from(certificateRequest).toString('base64'),
      signerName: 'example.com/signer',
      usages: ['client auth'],
    },
  },
  edits: [
    { spec: { usages: ['nonsense'] } },
    { spec: { usages: [] } },
    { spec: { signerName: 'no-slash' } },
    { spec: { signerName: null } },
    { spec: { expirationSeconds: 5 } },
    { spec: { expirationSeconds: 3600 } },
    { spec: { request: 'eA==' } },
    { spec: { username: 'somebody' } },
    { metadata: { labels: { a: 'b' } } },
  ],
  statusEdits: [
    { status: { conditions: [{ type: 'Approved', status: 'True' }] } },
    { status: { certificate: 'eA==' } },
  ],
  fieldSelectors: ['spec.signerName=example.com/signer'],
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

const text = { type: 'string' };
export const widgetDefinition: Body = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.conformance.example.com' },
  spec: {
    group: 'conformance.example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', shortNames: ['wd'], categories: ['all'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'How big' },
          { name: 'Mode', type: 'string', jsonPath: '.spec.mode', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        selectableFields: [{ jsonPath: '.spec.mode' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                'x-kubernetes-validations': [
                  { rule: '!has(self.min) || !has(self.max) || self.min <= self.max', message: 'min is above max' },
                ],
                properties: {
                  size: { type: 'integer', minimum: 1, maximum: 100 },
                  replicas: { type: 'integer' },
                  mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
                  name: { type: 'string', pattern: '^[a-z-]+$', maxLength: 10 },
                  items: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: text, value: { type: 'integer', default: 1 } },
                    },
                  },
                  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
                  list: { type: 'array', maxItems: 3, items: { type: 'integer' } },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  when: { type: 'string', format: 'date-time' },
                  min: { type: 'integer' },
                  max: { type: 'integer' },
                  fixed: {
                    type: 'string',
                    'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is fixed' }],
                  },
                  either: { 'x-kubernetes-int-or-string': true },
                },
              },
              status: {
                type: 'object',
                properties: { ready: { type: 'boolean' }, replicas: { type: 'integer' }, selector: text },
              },
            },
          },
        },
      },
    ],
  },
};

export const kinds: readonly Kind[] = [
  configMap,
  secret,
  service,
  deployment,
  lease,
  serviceAccount,
  role,
  roleBinding,
  clusterRole,
  namespace,
  node,
  pod,
  event,
  signingRequest,
  widget,
];
