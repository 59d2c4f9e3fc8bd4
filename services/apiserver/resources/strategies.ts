import { isPathSegment } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { admissionBindingStrategy } from './admission-bindings.ts';
import { admissionPolicyStrategy } from './admission-policies.ts';
import { autoscalerStrategy } from './autoscalers.ts';
import { certificateSigningRequestStrategy } from './certificate-signing-requests.ts';
import { claimStrategy } from './claims.ts';
import { priorityClassStrategy, runtimeClassStrategy } from './classes-of-pods.ts';
import { configMapStrategy } from './config-maps.ts';
import { controllerRevisionStrategy } from './controller-revisions.ts';
import { customResourceDefinitionStrategy } from './crd-strategy.ts';
import { cronJobStrategy } from './cron-jobs.ts';
import { claimTemplateStrategy, deviceClassStrategy, resourceClaimStrategy } from './devices/device-kinds.ts';
import { resourceSliceStrategy } from './devices/resource-slices.ts';
import { disruptionBudgetStrategy } from './disruption-budgets.ts';
import { endpointSliceStrategy, endpointsStrategy } from './endpoints.ts';
import { eventStrategy } from './events.ts';
import { ingressClassStrategy } from './ingress-classes.ts';
import { ingressStrategy } from './ingresses.ts';
import { jobStrategy } from './jobs.ts';
import { leaseStrategy } from './leases.ts';
import { namespaceStrategy } from './namespaces.ts';
import { networkPolicyStrategy } from './network-policies.ts';
import { nodeStrategy } from './nodes.ts';
import { podTemplateStrategy } from './pod-templates.ts';
import { podStrategy } from './pods.ts';
import { roleBindingStrategy, roleStrategy } from './rbac-kinds.ts';
import { replicationControllerStrategy } from './replication-controllers.ts';
import { secretStrategy } from './secrets.ts';
import { serviceAccountStrategy } from './service-accounts.ts';
import { ipAddressStrategy, serviceCidrStrategy } from './service-cidrs.ts';
import { serviceStrategy } from './services.ts';
import { statefulSetStrategy } from './stateful-sets.ts';
import { attachmentStrategy } from './storage/attachments.ts';
import { storageCapacityStrategy } from './storage/capacities.ts';
import { attributesClassStrategy, storageClassStrategy } from './storage/classes.ts';
import { csiNodeStrategy, driverStrategy } from './storage/drivers.ts';
import { volumeStrategy } from './storage/volumes.ts';
import { unheededKinds } from './unheeded-kinds.ts';
import { daemonSetStrategy, deploymentStrategy, replicaSetStrategy } from './workloads.ts';

/** Which kinds differ from the rest, by `<plural>` or `<plural>.<group>`. */
const STRATEGIES: Record<string, Strategy> = {
  namespaces: namespaceStrategy,
  configmaps: configMapStrategy,
  secrets: secretStrategy,
  services: serviceStrategy,
  pods: podStrategy,
  nodes: nodeStrategy,
  events: { ...eventStrategy, nameRule: isPathSegment, validatesMetadataLast: true },
  endpoints: endpointsStrategy,
  'endpointslices.discovery.k8s.io': endpointSliceStrategy,
  serviceaccounts: serviceAccountStrategy,
  replicationcontrollers: replicationControllerStrategy,
  podtemplates: podTemplateStrategy,
  'controllerrevisions.apps': controllerRevisionStrategy,
  'priorityclasses.scheduling.k8s.io': priorityClassStrategy,
  'ingressclasses.networking.k8s.io': ingressClassStrategy,
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
  'runtimeclasses.node.k8s.io': runtimeClassStrategy,
  'validatingadmissionpolicies.admissionregistration.k8s.io': admissionPolicyStrategy,
  'servicecidrs.networking.k8s.io': serviceCidrStrategy,
  'ipaddresses.networking.k8s.io': ipAddressStrategy,
  'volumeattachments.storage.k8s.io': attachmentStrategy,
  'csidrivers.storage.k8s.io': driverStrategy,
  'csinodes.storage.k8s.io': csiNodeStrategy,
  'csistoragecapacities.storage.k8s.io': storageCapacityStrategy,
  'resourceclaims.resource.k8s.io': resourceClaimStrategy,
  'resourceclaimtemplates.resource.k8s.io': claimTemplateStrategy,
  'resourceslices.resource.k8s.io': resourceSliceStrategy,
  'deviceclasses.resource.k8s.io': deviceClassStrategy,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': admissionBindingStrategy,
  ...unheededKinds,
};

const PLAIN: Strategy = {};

export function strategyOf({ group, plural, source }: ResourceDefinition): Strategy {
  if (source === 'crd') return PLAIN;
  return STRATEGIES[group === '' ? plural : `${plural}.${group}`] ?? PLAIN;
}
