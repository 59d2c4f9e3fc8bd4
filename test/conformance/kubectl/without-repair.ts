import { askJson, until } from '../ask-until.ts';
import type { ConformanceServer } from '../servers.ts';

const admission = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic';
const name = 'without-repair';
const reason = 'ClusterIPNotAllocated';

const policy = {
  metadata: { name },
  spec: {
    matchConstraints: {
      resourceRules: [
        { apiGroups: ['', 'events.k8s.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['events'] },
      ],
    },
    validations: [{ expression: `object.reason != '${reason}'` }],
  },
};
const binding = { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } };

const event = {
  metadata: { name: 'probe', namespace: 'default' },
  involvedObject: { kind: 'Service', name: 'probe', namespace: 'default' },
  reason,
};

/**
 * From then on kube-apiserver tells no more that it repairs the addresses of Services: now and then it learns of a Service before it learns of its address, and
 * warns of that.
 */
export async function forbidRepairEvents(server: ConformanceServer): Promise<void> {
  await askJson(server, 'POST', `${admission}ies`, policy);
  await askJson(server, 'POST', `${admission}ybindings`, binding);
  const probe = () => askJson(server, 'POST', '/api/v1/namespaces/default/events?dryRun=All', event);
  await until(async () => (await probe()).status === 422);
}
