import type { PolicyRule } from '../rbac/v1.ts';
import { WORK_GROUP } from '../work/v1alpha1.ts';
import { CLUSTER_GROUP } from './v1alpha1.ts';

/**
 * What a karmada-agent may do on its control plane, unchanged from the wire contract, section 2.5. Wider than an agent of ours needs: clusters and
 * leases are not bound to its own name.
 */
export interface KarmadaAgentRules {
  /** Of the ClusterRole. */
  cluster: PolicyRule[];
  /** In the namespace of cluster Secrets. */
  secret: PolicyRule[];
  /** In the execution space. */
  work: PolicyRule[];
}

export function karmadaAgentRules(cluster: string): KarmadaAgentRules {
  const secrets = { apiGroups: [''], resources: ['secrets'] };
  return {
    cluster: clusterRules(cluster),
    secret: [
      { ...secrets, resourceNames: [cluster, `${cluster}-impersonator`], verbs: ['get', 'patch'] },
      { ...secrets, verbs: ['create'] },
    ],
    work: [
      {
        apiGroups: [WORK_GROUP],
        resources: ['works'],
        verbs: ['get', 'create', 'list', 'watch', 'update', 'delete'],
      },
      { apiGroups: [WORK_GROUP], resources: ['works/status'], verbs: ['patch', 'update'] },
    ],
  };
}

function clusterRules(cluster: string): PolicyRule[] {
  const [group, own] = [[CLUSTER_GROUP], [cluster]];
  return [
    { apiGroups: group, resources: ['clusters'], resourceNames: own, verbs: ['get', 'delete'] },
    { apiGroups: group, resources: ['clusters'], verbs: ['create', 'list', 'watch'] },
    { apiGroups: group, resources: ['clusters/status'], resourceNames: own, verbs: ['update'] },
    {
      apiGroups: ['config.karmada.io'],
      resources: ['resourceinterpreterwebhookconfigurations', 'resourceinterpretercustomizations'],
      verbs: ['get', 'list', 'watch'],
    },
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
    { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['get', 'create'] },
    { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['patch', 'create', 'update'] },
  ];
}
