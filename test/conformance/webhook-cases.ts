/** What webhooks and admission policies say about the requests that they are for. */

import { creations, type Fields, type PlainKind, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
/** Of nobody's objects: upstream would have to call it. */
const never = { matchLabels: { 'conformance.example.com/never': 'x' } };
const nobody = { namespaceSelector: never, objectSelector: never };
const hook: Fields = {
  name: 'a.example.com',
  clientConfig: { service: { name: 's', namespace: 'n' } },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  ...nobody,
};
const configuration = (kind: string): PlainKind => ({
  kind,
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: `${kind.toLowerCase()}s`,
  base: { webhooks: [hook] },
});
const service = (more: Fields): Fields => ({ clientConfig: { service: { name: 's', namespace: 'n', ...more } } });
const wrongRules: Fields[] = [
  {},
  { operations: [] },
  { operations: ['Odd'] },
  { operations: ['*', 'CREATE'] },
  { apiGroups: [] },
  { apiGroups: ['*', 'a'] },
  { apiVersions: [''] },
  { apiVersions: ['*', 'v1'] },
  { resources: [] },
  { resources: [''] },
  { resources: ['*', 'pods'] },
  { resources: ['pods', '*'] },
  { resources: ['*/*', 'pods'] },
  { resources: ['pods/*', 'pods/status'] },
  { resources: ['*/status', 'pods/status'] },
  { scope: 'Odd' },
  { scope: '' },
  { scope: 'Cluster' },
];
const hooks: Fields[] = [
  {},
  { name: 'a' },
  { name: 'A b' },
  { clientConfig: {} },
  { clientConfig: { url: 'https://a', service: { name: 's', namespace: 'n' } } },
  ...['https://example.com/a', 'http://example.com', 'x', 'https://u:p@a.b/c?d=e#f', 'https://'].map((url) => ({
    clientConfig: { url },
  })),
  service({ name: '' }),
  service({ namespace: '' }),
  service({ port: 0 }),
  service({ port: 70_000 }),
  ...['', '/', '//', 'a', '/a//b', '/A', '/a/'].map((path) => service({ path })),
  { admissionReviewVersions: [] },
  { admissionReviewVersions: ['v1', 'v1', 'A'] },
  { admissionReviewVersions: ['v2'] },
  { sideEffects: null },
  { sideEffects: 'Some' },
  { sideEffects: '' },
  { timeoutSeconds: 0 },
  { timeoutSeconds: 31 },
  { failurePolicy: '' },
  { failurePolicy: 'Odd' },
  { matchPolicy: '' },
  { matchPolicy: 'Odd' },
  { reinvocationPolicy: 'Odd' },
  { objectSelector: { matchLabels: { 'a b': 'c' } } },
  { matchConditions: [{ name: '', expression: '' }] },
  {
    matchConditions: [
      { name: 'a', expression: 'true' },
      { name: 'a', expression: 'true' },
      { name: 'a b', expression: 'true' },
    ],
  },
  ...wrongRules.map((more) => ({ rules: [{ ...rule, ...more }] })),
];
const bodies: Fields[] = [
  { webhooks: null },
  { webhooks: [hook, hook] },
  ...hooks.map((more) => {
    const { sideEffects, ...rest } = { ...hook, ...more };
    return { webhooks: [sideEffects === null ? rest : { ...rest, sideEffects }] };
  }),
];
const changes: [Fields, Fields][] = [
  [{}, { webhooks: [{ ...hook, failurePolicy: 'Ignore' }] }],
  [{}, { webhooks: [hook, hook] }],
  [{}, { webhooks: [{ ...hook, sideEffects: 'Some' }] }],
  [{}, { webhooks: [{ ...hook, admissionReviewVersions: ['v2'] }] }],
  [{}, { webhooks: null }],
  [{ webhooks: null }, { webhooks: [hook] }],
];

const policy: PlainKind = {
  kind: 'ValidatingAdmissionPolicy',
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: 'validatingadmissionpolicies',
  base: { spec: { matchConstraints: { ...nobody, resourceRules: [rule] }, validations: [{ expression: 'true' }] } },
};
const policies: Fields[] = [
  {},
  ...[
    { failurePolicy: '' },
    { failurePolicy: 'Odd' },
    { paramKind: {} },
    { paramKind: { apiVersion: 'a/b/c', kind: 'A b' } },
    { paramKind: { apiVersion: 'A/', kind: 'ConfigMap' } },
    { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
    { matchConstraints: { matchPolicy: '' } },
    { matchConstraints: { matchPolicy: 'Odd', objectSelector: { matchLabels: { 'a b': 'c' } } } },
    { matchConstraints: { excludeResourceRules: [{ ...rule, resourceNames: ['a', 'a', 'b/c'] }] } },
    { matchConstraints: { resourceRules: wrongRules.map((more) => ({ ...rule, ...more })) } },
    { matchConditions: [{ name: '', expression: 'true' }] },
    {
      matchConditions: [
        { name: 'a b', expression: 'true' },
        { name: 'a', expression: 'true' },
        { name: 'a', expression: 'true' },
      ],
    },
    { variables: [{ name: '', expression: '1' }] },
    { variables: [{ name: 'a b', expression: '1' }] },
    { variables: [{ name: 'if', expression: '1' }] },
    { validations: [{ expression: 'true', message: ' ' }] },
    { validations: [{ expression: 'true', message: 'a\nb' }] },
    { validations: [{ expression: 'true', messageExpression: ' ' }] },
    { auditAnnotations: [{ key: 'a b', valueExpression: "'x'" }] },
    {
      auditAnnotations: [
        { key: 'a', valueExpression: ' ' },
        { key: 'a', valueExpression: "'x'" },
      ],
    },
  ].map((spec) => ({ spec })),
];

const binding: PlainKind = {
  kind: 'ValidatingAdmissionPolicyBinding',
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: 'validatingadmissionpolicybindings',
  base: { spec: { policyName: 'none.example.com', validationActions: ['Deny'] } },
};
const bindings: Fields[] = [
  ...[
    { validationActions: ['Odd', 'Odd'] },
    { paramRef: { name: 'a/b', parameterNotFoundAction: 'Deny' } },
    { paramRef: { selector: { matchLabels: { 'a b': 'c' } }, parameterNotFoundAction: 'Deny' } },
    { matchResources: { matchPolicy: 'Odd', resourceRules: [{ ...rule, operations: ['Odd'] }] } },
  ].map((spec) => ({ spec })),
];

const validating = configuration('ValidatingWebhookConfiguration');
const mutating = configuration('MutatingWebhookConfiguration');

export const webhookGroups: Readonly<Record<string, Case[]>> = {
  'webhook configurations': [
    ...creations(validating, bodies),
    ...updates(validating, changes),
    ...creations(mutating, bodies),
    ...updates(mutating, changes),
  ],
  'what admission policies are about': [
    ...creations(policy, policies),
    ...updates(policy, [[{}, { spec: { failurePolicy: 'Ignore' } }]]),
    ...creations(binding, bindings),
  ],
};
