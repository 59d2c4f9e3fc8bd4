/** One object of every built-in kind that is served, with most of what its kind can say: what random changes are laid over. */

import { event, lease, node, signingRequest } from './cluster-kinds.ts';
import { type Body, configMap, namespace, secret, serviceAccount } from './objects.ts';

export interface BuiltinObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** Everything besides metadata. */
  readonly base: Body;
}

type Row = readonly [resource: string, kind: string, base?: Body];

const inNamespaces = (apiVersion: string, ...rows: Row[]): BuiltinObject[] => all(apiVersion, true, rows);
const clusterWide = (apiVersion: string, ...rows: Row[]): BuiltinObject[] => all(apiVersion, false, rows);

const all = (apiVersion: string, namespaced: boolean, rows: Row[]): BuiltinObject[] =>
  rows.map(([resource, kind, base = {}]) => ({ apiVersion, kind, resource, namespaced, base }));

const labels = { app: 'x' };
const container = {
  name: 'c',
  image: 'i:1',
  ports: [{ containerPort: 80, name: 'web' }],
  env: [{ name: 'A', value: '1' }],
  resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } },
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
  readinessProbe: { httpGet: { path: '/', port: 'web' } },
};
const podSpec = { containers: [container], volumes: [{ name: 'v', emptyDir: {} }] };
const template = { metadata: { labels }, spec: podSpec };
const selector = { matchLabels: labels };
const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const jobSpec = { template: { spec: { ...podSpec, restartPolicy: 'Never' } } };

/** Of nobody's objects, whatever is changed: upstream would have to call the webhook, and hold to the policy. */
const never = { matchLabels: { 'conformance.example.com/never': 'x' } };
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v9'], resources: ['configmaps'] };
const nobody = { namespaceSelector: never, objectSelector: never };
const hook = {
  name: 'a.example.com',
  clientConfig: { service: { name: 's', namespace: 'n' } },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  rules: [rule],
  ...nobody,
};
const matchConstraints = { resourceRules: [rule], ...nobody };

const backend = { service: { name: 's', port: { number: 80 } } };
const subject = { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const roleRule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

export const builtinObjects: readonly BuiltinObject[] = [
  configMap,
  secret,
  serviceAccount,
  namespace,
  node,
  lease,
  event,
  signingRequest,
  ...inNamespaces(
    'v1',
    ['endpoints', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'a', port: 80 }] }] }],
    ['limitranges', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { cpu: '1' } }] } }],
    ['persistentvolumeclaims', 'PersistentVolumeClaim', { spec: claimSpec }],
    ['pods', 'Pod', { spec: podSpec }],
    ['podtemplates', 'PodTemplate', { template }],
    ['replicationcontrollers', 'ReplicationController', { spec: { selector: labels, template } }],
    ['resourcequotas', 'ResourceQuota', { spec: { hard: { pods: '5', 'requests.cpu': '2' } } }],
    ['services', 'Service', { spec: { ports: [{ port: 80, name: 'web' }], selector: labels } }],
  ),
  ...clusterWide('v1', [
    'persistentvolumes',
    'PersistentVolume',
    { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } } },
  ]),
  ...inNamespaces(
    'apps/v1',
    ['controllerrevisions', 'ControllerRevision', { revision: 1, data: { a: 1 } }],
    ['daemonsets', 'DaemonSet', { spec: { selector, template } }],
    ['deployments', 'Deployment', { spec: { replicas: 1, selector, template } }],
    ['replicasets', 'ReplicaSet', { spec: { selector, template } }],
    [
      'statefulsets',
      'StatefulSet',
      { spec: { selector, template, volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: claimSpec }] } },
    ],
  ),
  ...inNamespaces(
    'batch/v1',
    ['jobs', 'Job', { spec: jobSpec }],
    ['cronjobs', 'CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: jobSpec } } }],
  ),
  ...inNamespaces('autoscaling/v2', [
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } },
  ]),
  ...inNamespaces('discovery.k8s.io/v1', [
    'endpointslices',
    'EndpointSlice',
    { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ name: 'a', port: 80 }] },
  ]),
  ...inNamespaces('events.k8s.io/v1', [
    'events',
    'Event',
    {
      eventTime: '2020-01-01T00:00:00.000000Z',
      reportingController: 'example.com/c',
      reportingInstance: 'i',
      action: 'A',
      reason: 'R',
      type: 'Normal',
      regarding: { kind: 'Pod', name: 'p', namespace: '<<namespace>>' },
    },
  ]),
  ...inNamespaces(
    'networking.k8s.io/v1',
    [
      'ingresses',
      'Ingress',
      { spec: { rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] } },
    ],
    [
      'networkpolicies',
      'NetworkPolicy',
      { spec: { podSelector: selector, ingress: [{ from: [{ podSelector: selector }], ports: [{ port: 80 }] }] } },
    ],
  ),
  ...clusterWide('networking.k8s.io/v1', [
    'ingressclasses',
    'IngressClass',
    { spec: { controller: 'example.com/c', parameters: { kind: 'K', name: 'n' } } },
  ]),
  ...inNamespaces('policy/v1', [
    'poddisruptionbudgets',
    'PodDisruptionBudget',
    { spec: { minAvailable: 1, selector } },
  ]),
  ...inNamespaces(
    'rbac.authorization.k8s.io/v1',
    ['roles', 'Role', { rules: [roleRule] }],
    ['rolebindings', 'RoleBinding', { roleRef, subjects: [subject] }],
  ),
  ...clusterWide(
    'rbac.authorization.k8s.io/v1',
    ['clusterroles', 'ClusterRole', { rules: [roleRule] }],
    ['clusterrolebindings', 'ClusterRoleBinding', { roleRef, subjects: [subject] }],
  ),
  ...clusterWide(
    'storage.k8s.io/v1',
    ['csidrivers', 'CSIDriver', { spec: { tokenRequests: [{ audience: 'a' }] } }],
    ['csinodes', 'CSINode', { spec: { drivers: [{ name: 'a.b', nodeID: 'n', topologyKeys: ['k'] }] } }],
    [
      'storageclasses',
      'StorageClass',
      { provisioner: 'example.com/p', allowedTopologies: [{ matchLabelExpressions: [{ key: 'k', values: ['v'] }] }] },
    ],
    [
      'volumeattachments',
      'VolumeAttachment',
      { spec: { attacher: 'example.com', nodeName: 'n', source: { persistentVolumeName: 'v' } } },
    ],
    ['volumeattributesclasses', 'VolumeAttributesClass', { driverName: 'example.com', parameters: { a: 'b' } }],
  ),
  ...inNamespaces('storage.k8s.io/v1', [
    'csistoragecapacities',
    'CSIStorageCapacity',
    { storageClassName: 's', capacity: '1Gi', nodeTopology: selector },
  ]),
  ...clusterWide('scheduling.k8s.io/v1', ['priorityclasses', 'PriorityClass', { value: 10 }]),
  ...clusterWide('node.k8s.io/v1', [
    'runtimeclasses',
    'RuntimeClass',
    { handler: 'h', overhead: { podFixed: { cpu: '1' } }, scheduling: { nodeSelector: { a: 'b' } } },
  ]),
  ...clusterWide(
    'admissionregistration.k8s.io/v1',
    ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', { webhooks: [hook] }],
    ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', { webhooks: [hook] }],
    [
      'validatingadmissionpolicies',
      'ValidatingAdmissionPolicy',
      { spec: { matchConstraints, validations: [{ expression: 'true' }] } },
    ],
    [
      'validatingadmissionpolicybindings',
      'ValidatingAdmissionPolicyBinding',
      { spec: { policyName: 'none.example.com', validationActions: ['Deny'], matchResources: nobody } },
    ],
  ),
];
