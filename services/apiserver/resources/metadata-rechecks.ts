import type { ResourceDefinition } from '../types/resource-definition.ts';

/**
 * Upstream validates the metadata of an update for every kind alike, and most kinds do it again with their own validation: what is wrong is then told
 * once for each time. `change` is what may not change, with labels, annotations and owners; `whole` is what has to hold at any time.
 * Source: the `ValidateUpdate` of each kind's strategy (kubernetes, pkg/registry).
 */
export type MetadataRecheck = 'change' | 'whole';

const CHANGE: readonly MetadataRecheck[] = ['change'];
const WHOLE: readonly MetadataRecheck[] = ['whole'];
const BOTH: readonly MetadataRecheck[] = ['change', 'whole'];

const ONLY_CHANGE = new Set([
  'services',
  'endpoints',
  'podtemplates',
  'replicationcontrollers',
  'controllerrevisions.apps',
  'daemonsets.apps',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'horizontalpodautoscalers.autoscaling',
  'cronjobs.batch',
  'jobs.batch',
  'leases.coordination.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'events.events.k8s.io',
  'ingressclasses.networking.k8s.io',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'resourceslices.resource.k8s.io',
  'storageclasses.storage.k8s.io',
]);

const ONLY_WHOLE = new Set([
  'limitranges',
  'endpointslices.discovery.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
]);

export function metadataRechecksOf(definition: ResourceDefinition, subresource: string): readonly MetadataRecheck[] {
  const { group, plural, source, kind } = definition;
  if (isCoreEvent(definition)) return [];
  if (source === 'crd') return CHANGE;
  if (subresource === 'status' && kind !== 'CertificateSigningRequest') return CHANGE;
  const name = group === '' ? plural : `${plural}.${group}`;
  if (ONLY_CHANGE.has(name)) return CHANGE;
  return ONLY_WHOLE.has(name) ? WHOLE : BOTH;
}

const WITHOUT_RULE = [
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'admissionregistration.k8s.io',
  'coordination.k8s.io',
];

/** Most built-in kinds ask for finalizers that are known names or have a domain. */
export function asksForQualifiedFinalizers(definition: ResourceDefinition): boolean {
  const { source, group } = definition;
  return source === 'builtin' && !isCoreEvent(definition) && !WITHOUT_RULE.includes(group);
}

/** Those of the first group keep to older rules. */
const isCoreEvent = ({ group, kind }: ResourceDefinition): boolean => group === '' && kind === 'Event';
