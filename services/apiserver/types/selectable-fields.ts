/**
 * The fields that field selectors may name, by kind, besides metadata.name and metadata.namespace. Source: each kind's field label conversion
 * in Kubernetes.
 */

const involvedObject = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

const events = [
  ...involvedObject.map((field) => `involvedObject.${field}`),
  'reason',
  'reportingComponent',
  'source',
  'type',
];

const regardingEvents = [
  ...involvedObject.map((field) => `regarding.${field}`),
  'reason',
  'reportingController',
  'type',
];

const fields: Record<string, string[]> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  replicationcontrollers: ['status.replicas'],
  events,
  'events.events.k8s.io': regardingEvents,
  namespaces: ['status.phase'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  'jobs.batch': ['status.successful'],
  'certificatesigningrequests.certificates.k8s.io': ['spec.signerName'],
  'resourceslices.resource.k8s.io': ['spec.nodeName', 'spec.driver'],
};

export function selectableFieldsOf(group: string, plural: string): string[] {
  return fields[group === '' ? plural : `${plural}.${group}`] ?? [];
}
