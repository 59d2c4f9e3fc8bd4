import { isPathSegment } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { ALL_FIXED } from '../registry/subresource-rules.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { admissionBindingStrategy } from './admission-bindings.ts';
import { admissionPolicyStrategy } from './admission-policies.ts';
import { autoscalerStrategy } from './autoscalers.ts';
import { certificateSigningRequestStrategy } from './certificate-signing-requests.ts';
import { claimStrategy } from './claims.ts';
import { configMapStrategy } from './config-maps.ts';
import { customResourceDefinitionStrategy } from './crd-strategy.ts';
import { cronJobStrategy } from './cron-jobs.ts';
import { disruptionBudgetStrategy } from './disruption-budgets.ts';
import { eventStrategy } from './events.ts';
import { ingressStrategy } from './ingresses.ts';
import { jobStrategy } from './jobs.ts';
import { leaseStrategy } from './leases.ts';
import { namespaceStrategy } from './namespaces.ts';
import { networkPolicyStrategy } from './network-policies.ts';
import { nodeStrategy } from './nodes.ts';
import { podStrategy } from './pods.ts';
import { roleBindingStrategy, roleStrategy } from './rbac-kinds.ts';
import { replicationControllerStrategy } from './replication-controllers.ts';
import { secretStrategy } from './secrets.ts';
import { serviceStrategy } from './services.ts';
import { statefulSetStrategy } from './stateful-sets.ts';
import { attributesClassStrategy, storageClassStrategy } from './storage/classes.ts';
import { volumeStrategy } from './storage/volumes.ts';
import { unheededKinds } from './unheeded-kinds.ts';
import { daemonSetStrategy, deploymentStrategy, replicaSetStrategy } from './workloads.ts';

/** Upstream refuses a PUT without resourceVersion for these. */
const CONDITIONAL: Strategy = { allowsUnconditionalUpdate: false };

/** Which kinds differ from the rest, by `<plural>` or `<plural>.<group>`. */
const STRATEGIES: Record<string, Strategy> = {
  namespaces: namespaceStrategy,
  configmaps: configMapStrategy,
  secrets: secretStrategy,
  services: serviceStrategy,
  pods: podStrategy,
  nodes: nodeStrategy,
  events: { ...eventStrategy, nameRule: isPathSegment, validatesMetadataLast: true },
  endpoints: { allowsCreateOnUpdate: true },
  serviceaccounts: { returnsDeletedObject: true },
  replicationcontrollers: replicationControllerStrategy,
  podtemplates: { returnsDeletedObject: true },
  persistentvolumes: volumeStrategy,
  'storageclasses.storage.k8s.io': storageClassStrategy,
  'volumeattributesclasses.storage.k8s.io': attributesClassStrategy,
  persistentvolumeclaims: claimStrategy,
  'events.events.k8s.io': eventStrategy,
  'deployments.apps': deploymentStrategy,
  'replicasets.apps': replicaSetStrategy,
  'statefulsets.apps': statefulSetStrategy,
  'daemonsets.apps': daemonSetStrategy,
  'jobs.batch': jobStrategy,
  'cronjobs.batch': cronJobStrategy,
  'leases.coordination.k8s.io': leaseStrategy,
  'certificatesigningrequests.certificates.k8s.io': certificateSigningRequestStrategy,
  'roles.rbac.authorization.k8s.io': roleStrategy,
  'clusterroles.rbac.authorization.k8s.io': roleStrategy,
  'rolebindings.rbac.authorization.k8s.io': roleBindingStrategy,
  'clusterrolebindings.rbac.authorization.k8s.io': roleBindingStrategy,
  'customresourcedefinitions.apiextensions.k8s.io': customResourceDefinitionStrategy,
  'poddisruptionbudgets.policy': disruptionBudgetStrategy,
  'horizontalpodautoscalers.autoscaling': autoscalerStrategy,
  'ingresses.networking.k8s.io': ingressStrategy,
  'networkpolicies.networking.k8s.io': networkPolicyStrategy,
  'runtimeclasses.node.k8s.io': CONDITIONAL,
  'validatingadmissionpolicies.admissionregistration.k8s.io': admissionPolicyStrategy,
  'servicecidrs.networking.k8s.io': { fixedInStatus: ALL_FIXED },
  'volumeattachments.storage.k8s.io': { fixedInStatus: ALL_FIXED },
  'resourceclaims.resource.k8s.io': { fixedInStatus: ALL_FIXED },
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': admissionBindingStrategy,
  ...unheededKinds,
};

const PLAIN: Strategy = {};

export function strategyOf({ group, plural, source }: ResourceDefinition): Strategy {
  if (source === 'crd') return PLAIN;
  return STRATEGIES[group === '' ? plural : `${plural}.${group}`] ?? PLAIN;
}
