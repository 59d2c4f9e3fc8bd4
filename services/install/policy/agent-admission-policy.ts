import { OWN_WRITES, type OwnWrite } from '../../../shared/apis/cluster/agent-may-write.ts';
import { AGENT_ORGANIZATION, AGENT_USER_PREFIX } from '../../../shared/apis/cluster/v1alpha1.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../../shared/apis/resource-type.ts';

/**
 * Keeps agents to their own names on a real kube-apiserver, where admission can't run our code: a ValidatingAdmissionPolicy (Kubernetes 1.30 and newer) that says
 * in CEL what the table of `agentMayWrite` says. It is asked about every write of an agent and of nobody else. Reviews never come to such policies.
 */

export const validatingAdmissionPolicyBindings: ResourceType<Unstructured> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  namespaced: false,
  resource: 'validatingadmissionpolicybindings',
  kind: 'ValidatingAdmissionPolicyBinding',
};

export const ADMISSION_POLICY_NAME = 'pullet-agents-write-their-own';
const MESSAGE = 'an agent may write only what belongs to its own cluster';

/** What the expressions speak of; `namespace` is a word of CEL's own. A deletion has no new object. */
const VARIABLES = {
  cluster: `request.userInfo.username.startsWith('${AGENT_USER_PREFIX}') ? request.userInfo.username.substring(${AGENT_USER_PREFIX.length}) : ''`,
  resource: "request.resource.resource + '.' + request.resource.group",
  space: "request.?namespace.orValue('')",
  name: "request.operation == 'DELETE' ? request.?name.orValue('') : object.?metadata.?name.orValue('')",
  syncMode: "request.operation == 'DELETE' ? '' : object.?spec.?syncMode.orValue('')",
  aboutKind: about('kind'),
  aboutName: about('name'),
  // Where nothing was there before, it was about nothing else.
  wasAboutKind: `request.operation == 'UPDATE' ? ${involved('oldObject', 'kind')} : variables.aboutKind`,
  wasAboutName: `request.operation == 'UPDATE' ? ${involved('oldObject', 'name')} : variables.aboutName`,
};

function about(field: string): string {
  return `request.operation == 'DELETE' ? '' : ${involved('object', field)}`;
}

/** core/v1 Events say `involvedObject`, events.k8s.io/v1 ones `regarding`. */
function involved(state: 'object' | 'oldObject', field: string): string {
  return `${state}.?involvedObject.?${field}.orValue(${state}.?regarding.?${field}.orValue(''))`;
}

export const AGENT_ADMISSION_POLICY: Unstructured = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: ADMISSION_POLICY_NAME },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['*/*'] },
      ],
    },
    matchConditions: [
      {
        name: 'agents',
        expression: `has(request.userInfo.groups) && '${AGENT_ORGANIZATION}' in request.userInfo.groups`,
      },
    ],
    variables: Object.entries(VARIABLES).map(([name, expression]) => ({ name, expression })),
    validations: [
      { expression: "variables.cluster != ''", reason: 'Forbidden', message: MESSAGE },
      { expression: anyOf(Object.entries(OWN_WRITES).map(resourceRule)), reason: 'Forbidden', message: MESSAGE },
    ],
  },
};

export const AGENT_ADMISSION_POLICY_BINDING: Unstructured = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: ADMISSION_POLICY_NAME },
  spec: { policyName: ADMISSION_POLICY_NAME, validationActions: ['Deny'] },
};

function resourceRule([resource, ways]: [string, readonly OwnWrite[]]): string {
  return `variables.resource == '${resource}' && (${anyOf(ways.map(ownWrite))})`;
}

function ownWrite({ operations, namespace, name, syncMode, about }: OwnWrite): string {
  const conditions = [
    ...(operations ? [`request.operation in ${JSON.stringify(operations)}`] : []),
    ...is('space', namespace),
    ...is('name', name),
    ...is('syncMode', syncMode),
    ...is('aboutKind', about?.kind),
    ...is('aboutName', about?.name),
    ...is('wasAboutKind', about?.kind),
    ...is('wasAboutName', about?.name),
  ];
  return conditions.length === 0 ? 'true' : conditions.join(' && ');
}

/** A pattern as CEL: `a-*` is `'a-' + variables.cluster + ''`. */
function is(variable: keyof typeof VARIABLES, pattern: string | undefined): string[] {
  if (pattern === undefined) return [];
  const wanted = pattern.split('*').map((part) => `'${part}'`);
  return [`variables.${variable} == ${wanted.join(' + variables.cluster + ')}`];
}

function anyOf(expressions: string[]): string {
  return expressions.map((expression) => `(${expression})`).join(' || ');
}
