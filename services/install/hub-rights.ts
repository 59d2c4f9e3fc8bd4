import {
  BOOTSTRAP_TOKEN_NAMESPACE,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
} from '../../shared/apis/bootstrap/token.ts';
import { KUBE_APISERVER_CLIENT_SIGNER } from '../../shared/apis/certificates/v1.ts';
import { CLUSTER_GROUP, CLUSTER_NAMESPACE } from '../../shared/apis/cluster/v1alpha1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { type PolicyRule, RBAC_GROUP } from '../../shared/apis/rbac/v1.ts';
import { WORK_GROUP } from '../../shared/apis/work/v1alpha1.ts';
import { HUB_LEASE_NAMESPACE, HUB_STEPS } from './hub-objects.ts';
import { ADMISSION_POLICY_NAME } from './policy/agent-admission-policy.ts';

/**
 * What a hub may do in a real cluster, for the identity that it has in its pod. It hands rights to agents and holds each of them itself, so that RBAC's own
 * escalation check is its limit: never `escalate` or `bind`. What `pullet init` made it only reads. It may delete any namespace: RBAC can't tell execution
 * spaces from others.
 */

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'update', 'patch', 'delete'];
const ALL = [...READ, ...WRITE];

const LEASES: PolicyRule = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ALL };

/** Everywhere. */
export const HUB_CLUSTER_RULES: PolicyRule[] = [
  {
    apiGroups: [CLUSTER_GROUP],
    resources: ['clusters', 'clusters/status', 'clusters/finalizers'],
    verbs: ALL,
  },
  { apiGroups: [WORK_GROUP], resources: ['works', 'works/status', 'works/finalizers'], verbs: ALL },
  { apiGroups: [''], resources: ['namespaces'], verbs: ALL },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  {
    apiGroups: [RBAC_GROUP],
    resources: ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'],
    verbs: ALL,
  },
  ...certificateRules(),
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ...installedRules(),
];

function certificateRules(): PolicyRule[] {
  const [apiGroups, resourceNames] = [['certificates.k8s.io'], [KUBE_APISERVER_CLIENT_SIGNER]];
  return [
    { apiGroups, resources: ['certificatesigningrequests'], verbs: ALL },
    { apiGroups, resources: ['certificatesigningrequests/approval'], verbs: ['update', 'patch'] },
    { apiGroups, resources: ['certificatesigningrequests/status'], verbs: ['update', 'patch'] },
    { apiGroups, resources: ['signers'], resourceNames, verbs: ['approve', 'sign'] },
  ];
}

/** To see that it is there, and that the cluster is no Karmada control plane. */
function installedRules(): PolicyRule[] {
  const admission = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
  const crds = namesOf('CustomResourceDefinition');
  return [
    {
      apiGroups: ['apiextensions.k8s.io'],
      resources: ['customresourcedefinitions'],
      resourceNames: crds,
      verbs: ['get'],
    },
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: admission,
      resourceNames: [ADMISSION_POLICY_NAME],
      verbs: ['get'],
    },
    { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: ['get'] },
    { nonResourceURLs: ['/readyz', '/version'], verbs: ['get'] },
  ];
}

function namesOf(kind: string): string[] {
  const objects = HUB_STEPS.flat().map(({ object }: { object: KubeObject }) => object);
  return objects.flatMap((object) => (object.kind === kind ? [object.metadata.name ?? ''] : []));
}

/** In one namespace each. */
export const HUB_NAMESPACE_RULES: Readonly<Record<string, PolicyRule[]>> = {
  [BOOTSTRAP_TOKEN_NAMESPACE]: [
    { apiGroups: [''], resources: ['secrets'], verbs: [...READ, 'patch', 'delete'] },
    {
      apiGroups: [''],
      resources: ['configmaps'],
      resourceNames: ['extension-apiserver-authentication'],
      verbs: ['get'],
    },
  ],
  [CLUSTER_INFO_NAMESPACE]: [
    { apiGroups: [''], resources: ['configmaps'], resourceNames: [CLUSTER_INFO_NAME], verbs: [...READ, 'patch'] },
  ],
  // Who of several replicas leads.
  [HUB_LEASE_NAMESPACE]: [LEASES],
  // The heartbeats, the credentials of push-mode clusters, and the record of agents' keys.
  [CLUSTER_NAMESPACE]: [
    { apiGroups: [''], resources: ['secrets'], verbs: READ },
    { apiGroups: [''], resources: ['configmaps'], verbs: ALL },
    LEASES,
  ],
};

export const HUB_LEASE = { namespace: HUB_LEASE_NAMESPACE, name: 'pullet-hub' };
