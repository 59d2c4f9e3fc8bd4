import type { PolicyRule } from '../../../shared/apis/rbac/v1.ts';

/** The rules behind `admin`, `edit` and `view`: Kubernetes' defaults, as data. Each builds on the next. */

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

/** Group, resources separated by blanks, verbs. */
type Row = [group: string, resources: string, verbs: string[]];

const rule = ([group, resources, verbs]: Row): PolicyRule => ({
  verbs,
  apiGroups: [group],
  resources: resources.split(' '),
});

const VIEW: Row[] = [
  [
    '',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    READ,
  ],
  [
    '',
    'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    READ,
  ],
  ['', 'namespaces', READ],
  ['discovery.k8s.io', 'endpointslices', READ],
  [
    'apps',
    'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    READ,
  ],
  ['autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status', READ],
  ['batch', 'cronjobs cronjobs/status jobs jobs/status', READ],
  ['policy', 'poddisruptionbudgets poddisruptionbudgets/status', READ],
  ['networking.k8s.io', 'ingresses ingresses/status networkpolicies', READ],
];

const EDIT: Row[] = [
  ['', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', READ],
  ['', 'serviceaccounts', ['impersonate']],
  ['', 'pods pods/attach pods/exec pods/portforward pods/proxy', WRITE],
  ['', 'pods/eviction', ['create']],
  [
    '',
    'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    WRITE,
  ],
  ['', 'serviceaccounts/token', ['create']],
  [
    'apps',
    'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    WRITE,
  ],
  ['autoscaling', 'horizontalpodautoscalers', WRITE],
  ['batch', 'cronjobs jobs', WRITE],
  ['policy', 'poddisruptionbudgets', WRITE],
  ['networking.k8s.io', 'ingresses networkpolicies', WRITE],
  ['coordination.k8s.io', 'leases', [...READ, ...WRITE]],
];

const ADMIN: Row[] = [
  ['authorization.k8s.io', 'localsubjectaccessreviews', ['create']],
  ['rbac.authorization.k8s.io', 'rolebindings roles', [...READ, ...WRITE]],
];

export const AGGREGATE_TO_VIEW_RULES: PolicyRule[] = VIEW.map(rule);
export const AGGREGATE_TO_EDIT_RULES: PolicyRule[] = EDIT.map(rule);
export const AGGREGATE_TO_ADMIN_RULES: PolicyRule[] = ADMIN.map(rule);
