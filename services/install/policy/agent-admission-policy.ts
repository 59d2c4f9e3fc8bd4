import {
  AGENT_ORGANIZATION,
  AGENT_USER_PREFIX,
  EXECUTION_SPACE_PREFIX,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../../shared/apis/resource-type.ts';

/**
 * Keeps agents to their own names on a real kube-apiserver, where admission can't run our code: a ValidatingAdmissionPolicy (Kubernetes 1.30 and newer). RBAC
 * bounds everything but creating; what agents may create is Clusters, Events, certificate requests (which the approver judges) and reviews.
 */

const common = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false } as const;

export const validatingAdmissionPolicies: ResourceType<Unstructured> = {
  ...common,
  resource: 'validatingadmissionpolicies',
  kind: 'ValidatingAdmissionPolicy',
};
export const validatingAdmissionPolicyBindings: ResourceType<Unstructured> = {
  ...common,
  resource: 'validatingadmissionpolicybindings',
  kind: 'ValidatingAdmissionPolicyBinding',
};

const NAME = 'pullet-agents-write-their-own';
const MESSAGE = 'an agent may write only what belongs to its own cluster';

const OWN_CLUSTER = "object.?metadata.?name.orValue('') == variables.cluster";
/** The hub sends the token of any Secret that a push-mode Cluster names to any address that it names. */
const NOT_DIALLED = "object.?spec.?syncMode.orValue('') == 'Pull'";
const ABOUT_OWN_CLUSTER = ['involvedObject', 'regarding']
  .map(
    (field) =>
      `(object.?${field}.?kind.orValue('') == 'Cluster' && object.?${field}.?name.orValue('') == variables.cluster)`,
  )
  .join(' || ');
const OWN_EVENT =
  `request.namespace == '${EXECUTION_SPACE_PREFIX}' + variables.cluster || ` +
  `(request.namespace == 'default' && (${ABOUT_OWN_CLUSTER}))`;

export const AGENT_ADMISSION_POLICY: Unstructured = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: NAME },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        rule('cluster.karmada.io', ['CREATE', 'UPDATE'], ['clusters']),
        rule('', ['CREATE', 'UPDATE'], ['events']),
        rule('events.k8s.io', ['CREATE', 'UPDATE'], ['events']),
      ],
    },
    matchConditions: [{ name: 'agents', expression: `'${AGENT_ORGANIZATION}' in request.userInfo.groups` }],
    variables: [
      {
        name: 'cluster',
        expression: `request.userInfo.username.startsWith('${AGENT_USER_PREFIX}') ? request.userInfo.username.substring(${AGENT_USER_PREFIX.length}) : ''`,
      },
    ],
    validations: [
      { expression: "variables.cluster != ''", reason: 'Forbidden', message: MESSAGE },
      {
        expression: `request.resource.resource != 'clusters' || (${OWN_CLUSTER} && ${NOT_DIALLED})`,
        reason: 'Forbidden',
        message: MESSAGE,
      },
      { expression: `request.resource.resource != 'events' || ${OWN_EVENT}`, reason: 'Forbidden', message: MESSAGE },
    ],
  },
};

export const AGENT_ADMISSION_POLICY_BINDING: Unstructured = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: NAME },
  spec: { policyName: NAME, validationActions: ['Deny'] },
};

function rule(apiGroup: string, operations: string[], resources: string[]): object {
  return { apiGroups: [apiGroup], apiVersions: ['*'], operations, resources, scope: '*' };
}
