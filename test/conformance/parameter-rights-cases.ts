/** Who writes policies with parameters, and bindings that name them, must have the right to read them. */

import { type Fields, made, NAME, type PlainKind, patched } from './kind-steps.ts';
import { post } from './protocol-steps.ts';
import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const group = 'admissionregistration.k8s.io';
const matchConstraints = {
  resourceRules: [{ apiGroups: ['none'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['none'] }],
};
const plain = (kind: string, resource: string, spec: Fields): PlainKind => ({
  kind,
  apiVersion: `${group}/v1`,
  resource,
  base: { spec },
});
const validating = {
  policy: plain('ValidatingAdmissionPolicy', 'validatingadmissionpolicies', {
    matchConstraints,
    validations: [{ expression: 'true' }],
  }),
  binding: plain('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', {
    policyName: NAME,
    validationActions: ['Deny'],
  }),
};
const mutating = {
  policy: plain('MutatingAdmissionPolicy', 'mutatingadmissionpolicies', {
    matchConstraints,
    reinvocationPolicy: 'Never',
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
  }),
  binding: plain('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings', { policyName: NAME }),
};

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const subjects = [{ kind: 'User', name: 'u-<<namespace>>', apiGroup: 'rbac.authorization.k8s.io' }];
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME };
const writes = { apiGroups: [group], resources: ['*'], verbs: ['*'] };
const reads = (resource: string, verbs: string[], more: Fields = {}): Fields => ({
  apiGroups: [''],
  resources: [resource],
  verbs,
  ...more,
});
const may = (...rules: Fields[]): Step[] => [
  post(`${rbac}/clusterroles`, { metadata: { name: NAME }, rules: [writes, ...rules] }),
  { ...post(`${rbac}/clusterrolebindings`, { metadata: { name: NAME }, roleRef, subjects }), settles: 'rights' },
];
const mayHere = (...rules: Fields[]): Step[] => [
  ...may(),
  post(`${rbac}/namespaces/<<namespace>>/roles`, { metadata: { name: NAME }, rules }),
  {
    ...post(`${rbac}/namespaces/<<namespace>>/rolebindings`, {
      metadata: { name: NAME },
      roleRef: { ...roleRef, kind: 'Role' },
      subjects,
    }),
    settles: 'rights',
  },
];
const rights: readonly (readonly [string, Step[]])[] = [
  ['nothing more', may()],
  ['get', may(reads('configmaps', ['get']))],
  ['list', may(reads('configmaps', ['list']))],
  ['get those of one name', may(reads('configmaps', ['get'], { resourceNames: ['limits'] }))],
  ['read all of a group', may(reads('*', ['get', 'list']))],
  ['read everything', may({ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] })],
  ['read here', mayHere(reads('configmaps', ['get', 'list']))],
];

const asUser = (step: Step): Step => ({ ...step, as: { user: 'u-<<namespace>>' } });
const kindOf = (kind: string, apiVersion = 'v1'): Fields => ({ spec: { paramKind: { apiVersion, kind } } });
const refOf = (ref: Fields): Fields => ({ spec: { paramRef: { parameterNotFoundAction: 'Deny', ...ref } } });

const paramKinds = ({ policy }: typeof validating): Step[] => [
  ...['ConfigMap', 'Secret', 'Nope'].map((kind) => asUser({ ...made(policy, kindOf(kind)), query: { dryRun: 'All' } })),
  asUser({ ...made(policy, kindOf('Nope', 'nope.example.com/v1')), query: { dryRun: 'All' } }),
  asUser({ ...made(policy, { ...kindOf('A b'), metadata: { name: 'A b' } }), query: { dryRun: 'All' } }),
  made(policy, kindOf('ConfigMap')),
  asUser(patched(policy, { metadata: { labels: { a: 'b' } } })),
  asUser(patched(policy, kindOf('Secret'))),
  asUser(patched(policy, { spec: { paramKind: null } })),
  asUser(patched(policy, kindOf('ConfigMap'))),
];
const REFS: Fields[] = [
  { name: 'limits' },
  { name: 'limits', namespace: '<<namespace>>' },
  { selector: {} },
  { selector: {}, namespace: '<<namespace>>' },
];
const bound = ({ binding }: typeof validating): Step[] => [
  ...REFS.map((ref) => asUser({ ...made(binding, refOf(ref)), query: { dryRun: 'All' } })),
  asUser({
    ...made(binding, { spec: { ...(refOf({ name: 'x' })['spec'] as Fields), policyName: 'none' } }),
    query: { dryRun: 'All' },
  }),
];
const paramRefs = (kinds: typeof validating): Step[] => [
  ...bound(kinds),
  made(kinds.policy, kindOf('ConfigMap')),
  ...bound(kinds),
  made(kinds.binding, refOf({ name: 'limits' })),
  asUser(patched(kinds.binding, { metadata: { labels: { a: 'b' } } })),
  asUser(patched(kinds.binding, refOf({ name: 'others' }))),
  asUser(patched(kinds.binding, { spec: { paramRef: null } })),
  patched(kinds.policy, { spec: { paramKind: null } }),
  ...bound(kinds),
  patched(kinds.policy, kindOf('Nope')),
  ...bound(kinds),
];

const casesOf = (kinds: typeof validating): Case[] =>
  rights.flatMap(([what, steps]) => [
    { name: `who may ${what} writes a ${kinds.policy.kind}`, steps: [...steps, ...paramKinds(kinds)] },
    { name: `who may ${what} writes a ${kinds.binding.kind}`, steps: [...steps, ...paramRefs(kinds)] },
  ]);

export const parameterRightsGroups: Readonly<Record<string, Case[]>> = {
  'rights to read the parameters of policies': casesOf(validating),
  'rights to read the parameters of policies that change objects': casesOf(mutating),
};
