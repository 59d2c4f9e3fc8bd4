import type { JsonObject } from '../json-value.ts';
import {
  objectAt,
  objectsAt,
  setAbsent,
  setAllAbsent,
  setDefault,
  setIfZero,
  type TypeDefault,
} from './set-default.ts';

/** Defaults of the groups with few of them: RBAC, networking, storage, scheduling, admission and apiextensions. As upstream's SetDefaults functions. */

const rbacGroup = 'rbac.authorization.k8s.io';

function defaultSubject(subject: JsonObject): void {
  const isPerson = subject['kind'] === 'User' || subject['kind'] === 'Group';
  if (isPerson) setDefault(subject, 'apiGroup', rbacGroup);
}

function defaultNetworkPolicy(policy: JsonObject): void {
  const spec = objectAt(policy, 'spec');
  for (const rule of [...objectsAt(spec, 'ingress'), ...objectsAt(spec, 'egress')]) {
    for (const port of objectsAt(rule, 'ports')) setAbsent(port, 'protocol', 'TCP');
  }
  const types = Array.isArray(spec['policyTypes']) ? spec['policyTypes'] : [];
  if (types.length > 0) return;
  spec['policyTypes'] = objectsAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

const webhookDefaults: JsonObject = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
};

const matchDefaults: JsonObject = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };

function defaultCsiDriver(driver: JsonObject): void {
  setAllAbsent(objectAt(driver, 'spec'), {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: ['Persistent'],
    requiresRepublish: false,
    seLinuxMount: false,
  });
}

/** Of a definition that says nothing of it, what is stored is of the version that is to be. */
function noteStorageVersion(crd: JsonObject): void {
  const status = objectAt(crd, 'status');
  const stored = status['storedVersions'];
  const storage = objectsAt(objectAt(crd, 'spec'), 'versions').find((version) => version['storage'] === true);
  if (storage && !(Array.isArray(stored) && stored.length > 0)) status['storedVersions'] = [storage['name']];
}

function defaultCrdSpec(spec: JsonObject): void {
  const names = objectAt(spec, 'names');
  setDefault(names, 'singular', String(names['kind'] ?? '').toLowerCase());
  if (names['kind']) setDefault(names, 'listKind', `${names['kind']}List`);
  setDefault(objectAt(spec, 'conversion'), 'strategy', 'None');
}

const defaultQueuing: TypeDefault = (queuing) => {
  setIfZero(queuing, 'handSize', 8);
  setIfZero(queuing, 'queues', 64);
  setIfZero(queuing, 'queueLengthLimit', 50);
};

const defaultDeviceRequest: TypeDefault = (request) => {
  setDefault(request, 'allocationMode', 'ExactCount');
  if (request['allocationMode'] === 'ExactCount') setIfZero(request, 'count', 1);
};

const anyScope: TypeDefault = (rule) => setAbsent(rule, 'scope', '*');
const httpsPort: TypeDefault = (reference) => setDefault(reference, 'port', 443);

export const policyDefaults: Record<string, TypeDefault> = {
  'api.rbac.v1.RoleRef': (roleRef) => setDefault(roleRef, 'apiGroup', rbacGroup),
  'api.rbac.v1.Subject': defaultSubject,
  'api.networking.v1.NetworkPolicy': defaultNetworkPolicy,
  'api.networking.v1.IngressClassParametersReference': (reference) => setAbsent(reference, 'scope', 'Cluster'),
  'api.storage.v1.StorageClass': (storageClass) => {
    setAbsent(storageClass, 'reclaimPolicy', 'Delete');
    setAbsent(storageClass, 'volumeBindingMode', 'Immediate');
  },
  'api.storage.v1.CSIDriver': defaultCsiDriver,
  'api.scheduling.v1.PriorityClass': (priority) => setAbsent(priority, 'preemptionPolicy', 'PreemptLowerPriority'),
  'api.admissionregistration.v1.ValidatingWebhook': (webhook) => setAllAbsent(webhook, webhookDefaults),
  'api.admissionregistration.v1.MutatingWebhook': (webhook) =>
    setAllAbsent(webhook, { ...webhookDefaults, reinvocationPolicy: 'Never' }),
  'api.admissionregistration.v1.RuleWithOperations': anyScope,
  'api.admissionregistration.v1.NamedRuleWithOperations': anyScope,
  'api.admissionregistration.v1.ServiceReference': httpsPort,
  'api.admissionregistration.v1.ValidatingAdmissionPolicySpec': (spec) => setAbsent(spec, 'failurePolicy', 'Fail'),
  'api.admissionregistration.v1.MutatingAdmissionPolicySpec': (spec) => setAbsent(spec, 'failurePolicy', 'Fail'),
  'api.admissionregistration.v1.MatchResources': (match) => setAllAbsent(match, matchDefaults),
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition': noteStorageVersion,
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec': defaultCrdSpec,
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference': httpsPort,
  'kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference': httpsPort,
  'api.flowcontrol.v1.FlowSchemaSpec': (spec) => setIfZero(spec, 'matchingPrecedence', 1000),
  'api.flowcontrol.v1.ExemptPriorityLevelConfiguration': (exempt) =>
    setAllAbsent(exempt, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
  'api.flowcontrol.v1.LimitedPriorityLevelConfiguration': (limited) =>
    setAllAbsent(limited, { nominalConcurrencyShares: 30, lendablePercent: 0 }),
  'api.flowcontrol.v1.QueuingConfiguration': defaultQueuing,
  'api.resource.v1.ExactDeviceRequest': defaultDeviceRequest,
  'api.resource.v1.DeviceSubRequest': defaultDeviceRequest,
  'api.discovery.v1.EndpointPort': (port) => setAllAbsent(port, { name: '', protocol: 'TCP' }),
};
