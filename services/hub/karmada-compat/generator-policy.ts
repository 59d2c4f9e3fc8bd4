import { AGENT_RBAC_GENERATOR, CLUSTER_GROUP, SYSTEM_LABEL } from '../../../shared/apis/cluster/v1alpha1.ts';
import { clusterRole, clusterRoleBinding, user } from '../../install/policy/rbac-objects.ts';

/** What the identity rbac-generator may do outside of a join: look whether a cluster's name is taken. */
const NAME = 'system:karmada:agent-rbac-generator';
const LABELS = { [SYSTEM_LABEL]: 'true' };

export const GENERATOR_ROLE = clusterRole(NAME, LABELS, [
  { apiGroups: [CLUSTER_GROUP], resources: ['clusters'], verbs: ['get'] },
]);
export const GENERATOR_BINDING = clusterRoleBinding(NAME, LABELS, NAME, [user(AGENT_RBAC_GENERATOR)]);
