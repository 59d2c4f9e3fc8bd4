import { describe, expect, test } from 'vitest';
import { type AgentWrite, agentMayWrite, OWN_WRITES } from '../../shared/apis/cluster/agent-may-write.ts';
import { AGENT_ORGANIZATION, agentUser, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { evaluatePolicy } from '../apiserver/admission-policy/evaluate-policy.ts';
import type { AdmissionPolicy } from '../apiserver/admission-policy/policy-types.ts';
import { plainValue } from '../apiserver/cel/plain-value.ts';
import { AGENT_ADMISSION_POLICY } from '../install/policy/agent-admission-policy.ts';

/** The policy that a kube-apiserver is given, evaluated here, and our own admission say the same. */

const user = { name: agentUser('m1'), groups: [AGENT_ORGANIZATION, 'system:authenticated'] };

function policyLets(write: AgentWrite): boolean {
  const { operation, group, resource, namespace, name, syncMode, involvedObject, formerlyInvolved } = write;
  const object = {
    metadata: { name },
    ...(syncMode ? { spec: { syncMode } } : {}),
    ...(involvedObject ? { involvedObject } : {}),
  };
  const request = {
    operation,
    resource: { group, version: 'v1', resource },
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    userInfo: { username: user.name, groups: user.groups },
  };
  const known = {
    object: plainValue(operation === 'DELETE' ? null : object),
    oldObject: plainValue(operation === 'UPDATE' ? { ...object, involvedObject: formerlyInvolved ?? {} } : null),
    params: null,
    namespaceObject: null,
    request: plainValue(request),
  };
  return evaluatePolicy(AGENT_ADMISSION_POLICY as AdmissionPolicy, known).violations.length === 0;
}

const places = ['karmada-cluster', executionSpace('m1'), executionSpace('m2'), 'default', undefined];
const names = ['m1', 'm2', 'karmada-agent-m1', 'm1-impersonator'];
const resources = [...Object.keys(OWN_WRITES), 'configmaps.'].map((each) => each.split(/\.(.*)/));

/** What an Event is about, and was before it is changed. */
function involved(operation: AgentWrite['operation']): [about: string | undefined, before: string | undefined][] {
  const clusters = [undefined, 'm1', 'm2'];
  return clusters.flatMap((about) =>
    (operation === 'UPDATE' ? clusters : [undefined]).map((before): [string | undefined, string | undefined] => [
      about,
      before,
    ]),
  );
}

describe.each(['CREATE', 'UPDATE', 'DELETE'] as const)('on %s', (operation) => {
  test.each(resources)('%s of %s', (resource = '', group = '') => {
    for (const namespace of places)
      for (const name of names)
        for (const [about, before] of involved(operation)) {
          const write: AgentWrite = {
            operation,
            group,
            resource,
            name,
            ...(namespace ? { namespace } : {}),
            ...(resource === 'clusters' && operation !== 'DELETE'
              ? { syncMode: about === 'm2' ? 'Push' : 'Pull' }
              : {}),
            ...(about && operation !== 'DELETE' ? { involvedObject: { kind: 'Cluster', name: about } } : {}),
            ...(operation === 'UPDATE' ? { formerlyInvolved: before ? { kind: 'Cluster', name: before } : {} } : {}),
          };
          expect(policyLets(write), JSON.stringify(write)).toBe(agentMayWrite(user, write) === undefined);
        }
  });
});
