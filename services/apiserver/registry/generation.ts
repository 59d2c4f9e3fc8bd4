import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isEqual } from '../merge/json-value.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';

/** `metadata.generation`: which kinds have one and what raises it, as upstream's strategies. */

/** Built-in kinds that count changes of their spec. */
const BUILTIN_WITH_GENERATION = new Set([
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'ingresses.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'endpointslices.discovery.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'deviceclasses.resource.k8s.io',
  'resourceslices.resource.k8s.io',
]);

export function hasGeneration(definition: ResourceDefinition): boolean {
  const name = definition.group === '' ? definition.plural : `${definition.plural}.${definition.group}`;
  return definition.source === 'crd' || BUILTIN_WITH_GENERATION.has(name);
}

/** Whether a write counts: any change outside metadata, and outside status where that is a subresource. */
export function raisesGeneration(definition: ResourceDefinition, next: Unstructured, old: Unstructured): boolean {
  if (!hasGeneration(definition) || isOf(definition, 'scheduling.k8s.io', 'priorityclasses')) return false;
  if (!isEqual(counted(definition, next), counted(definition, old))) return true;
  // Deployments hand their annotations on to their ReplicaSets.
  if (isOf(definition, 'apps', 'deployments'))
    return !isEqual(next.metadata.annotations ?? {}, old.metadata.annotations ?? {});
  // Which service a slice is of is told by its labels.
  const isSlice = isOf(definition, 'discovery.k8s.io', 'endpointslices');
  return isSlice && !isEqual(next.metadata.labels ?? {}, old.metadata.labels ?? {});
}

const isOf = (definition: ResourceDefinition, group: string, plural: string): boolean =>
  definition.group === group && definition.plural === plural;

function counted(definition: ResourceDefinition, object: Unstructured): object {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = object;
  if (!hasStatus(definition)) return rest;
  const { status: _status, ...withoutStatus } = rest;
  return withoutStatus;
}

export function hasStatus(definition: ResourceDefinition): boolean {
  return definition.subresources.some(({ name }) => name === 'status');
}
