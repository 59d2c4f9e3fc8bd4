import {
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
  KARMADA_TOKEN_GROUP,
  PULLET_TOKEN_GROUP,
} from '../../../shared/apis/bootstrap/token.ts';
import { AGENT_ORGANIZATION, CLUSTER_GROUP, SYSTEM_LABEL } from '../../../shared/apis/cluster/v1alpha1.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import { USER_ANONYMOUS } from '../../../shared/apis/user-info.ts';
import { WORK_GROUP } from '../../../shared/apis/work/v1alpha1.ts';
import { clusterRole, clusterRoleBinding, group, type Labels, roleWithBinding, user } from './rbac-objects.ts';

/**
 * What lets a cluster join: who may ask for an agent's certificate, who may read cluster-info, and the rights on our own kinds for the users of
 * view and edit. Names: the wire contract, section 2 (Karmada's bootstrap policy); its all-powerful generator role is left out.
 */

const LABELS: Labels = { [SYSTEM_LABEL]: 'true' };
const TOKEN_HOLDERS = [group(KARMADA_TOKEN_GROUP), group(PULLET_TOKEN_GROUP)];
const CLUSTERS = { apiGroups: [CLUSTER_GROUP], resources: ['*'] };
/** A Work may hold a Secret, and those who may view must not see one. */
const WORKS = { apiGroups: [WORK_GROUP], resources: ['*'] };
const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const JOIN_APPROVER = 'system:karmada:certificatesigningrequest:autoapprover';
const ROTATION_APPROVER = 'system:karmada:certificatesigningrequest:selfautoapprover';

function mayCreate(resource: string): PolicyRule[] {
  return [{ apiGroups: ['certificates.k8s.io'], resources: [resource], verbs: ['create'] }];
}

export const JOIN_CLUSTER_ROLES: readonly ClusterRole[] = [
  clusterRole(JOIN_APPROVER, LABELS, mayCreate('certificatesigningrequests/clusteragent')),
  clusterRole(ROTATION_APPROVER, LABELS, mayCreate('certificatesigningrequests/selfclusteragent')),
  clusterRole('karmada-view', { ...LABELS, 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }, [
    { ...CLUSTERS, verbs: READ },
  ]),
  clusterRole('karmada-edit', { ...LABELS, 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' }, [
    { ...CLUSTERS, verbs: WRITE },
    { ...WORKS, verbs: [...READ, ...WRITE] },
  ]),
];

export const JOIN_CLUSTER_ROLE_BINDINGS: readonly ClusterRoleBinding[] = [
  clusterRoleBinding('system:karmada:agent-bootstrap', LABELS, 'system:node-bootstrapper', TOKEN_HOLDERS),
  clusterRoleBinding('system:karmada:agent-autoapprove-bootstrap', LABELS, JOIN_APPROVER, TOKEN_HOLDERS),
  clusterRoleBinding('system:karmada:agent-autoapprove-certificate-rotation', LABELS, ROTATION_APPROVER, [
    group(AGENT_ORGANIZATION),
  ]),
];

/** cluster-info is what a newcomer reads before it can trust anybody. */
export const CLUSTER_INFO_POLICY = roleWithBinding(
  { name: 'system:karmada:bootstrap-signer-clusterinfo', namespace: CLUSTER_INFO_NAMESPACE },
  LABELS,
  [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [CLUSTER_INFO_NAME], verbs: ['get'] }],
  [user(USER_ANONYMOUS)],
);
