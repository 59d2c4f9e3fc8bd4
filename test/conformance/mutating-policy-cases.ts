/** MutatingAdmissionPolicies and their bindings: what they may say, and what the others are told. Nothing is kept of the policies. */

import { bodyOf, collection, creations, type Fields, type PlainKind, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

/** Of nobody's objects. */
const never = { matchLabels: { 'conformance.example.com/never': 'x' } };
const nobody = { namespaceSelector: never, objectSelector: never };
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v9'], resources: ['configmaps'] };
const about = (...rules: Fields[]): Fields => ({ resourceRules: rules, ...nobody });
const admission = (kind: string, resource: string, spec: Fields): PlainKind => ({
  kind,
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource,
  base: { spec },
});

const applied = (expression: string): Fields => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: { expression },
});
const patched = (expression: string): Fields => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
const policy = admission('MutatingAdmissionPolicy', 'mutatingadmissionpolicies', {
  matchConstraints: about(rule),
  mutations: [applied('Object{}')],
  reinvocationPolicy: 'Never',
});
const binding = admission('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings', {
  policyName: 'none.example.com',
  matchResources: nobody,
});
const spec = (fields: Fields): Fields => ({ spec: fields });

const tried = (name: string, fields: Fields): Case => ({
  name,
  steps: [{ method: 'POST', path: collection(policy), query: { dryRun: 'All' }, body: bodyOf(policy, spec(fields)) }],
});

const EXPRESSIONS = [
  'Object{}',
  ' Object{} ',
  'Object{spec: Object.spec{replicas: object.spec.replicas + 1}}',
  'Object{spec: Object.spec{list: [Object.spec.list{a: "b"}, Object.spec.list{}]}}',
  'Object{spec: Object.spec{list: [Object.spec.list{a: "b"}, Object.spec.other{}]}}',
  'Object{?spec: object.?spec, metadata: null}',
  'Object{?spec: 1}',
  'Object{spec: [1, "a"]}',
  'Object{a: 1}.a + 1 == 2 ? Object{} : Object{b: 1}',
  'has(Object{a: 1}.a) ? Object{} : null',
  'Object{} == Object{} ? Object{} : Object.a{}',
  'Object',
  'Object.a',
  'Object.a{}',
  'Objects{}',
  'Invalid{a: 1}',
  'type(Object{}) == Object ? Object{} : Object{a: type(1)}',
  'object',
  'dyn(Object{})',
  'null',
  'params.a',
  'variables.a',
  'variables.b',
  'Object{a: variables.a, b: request.name, c: authorizer.path("/").check("get").allowed()}',
  'Object{a: nope, b: nope}',
  'Object{',
  'Object{a: quantity("1"), b: duration("x")}',
  '[object].map(x, Object{a: x})[0]',
  '[JSONPatch{op: "add", path: "/a", value: 1}]',
  '[JSONPatch{op: "add", path: "/a/" + jsonpatch.escapeKey("b/c~d"), value: Object.a{b: 1}}]',
  '[JSONPatch{op: "test"}, JSONPatch{op: "move", from: "/a", path: "/b"}] + [JSONPatch{}]',
  '[JSONPatch{op: 1, path: 2, from: 3}]',
  '[JSONPatch{op: null, value: null}]',
  '[JSONPatch{nope: 1}]',
  '[JSONPatch{nope: null}]',
  '[JSONPatch{nope: object}]',
  '[JSONPatch{path: Invalid{}}]',
  '[JSONPatch{?op: optional.of("add"), ?path: 1}]',
  '[JSONPatch{op: "add"}, Object{}]',
  '[JSONPatch{op: object.a}].filter(x, x.op == "add" && x.value.a == 1)',
  '[JSONPatch{}].all(x, x.op == 1) ? [] : [JSONPatch{}]',
  'JSONPatch{}',
  '[]',
  '[Object{}]',
  'JSONPatch',
  'JSONPatch.a{}',
  'jsonpatch.escapeKey("a")',
  'jsonpatch.escapeKey(1)',
  'jsonpatch.nope("a")',
  '"a".escapeKey()',
];

const ofMutations = EXPRESSIONS.flatMap((expression) =>
  [applied(expression), patched(expression)].map((mutation) =>
    tried(`${mutation['patchType']} ${expression}`, {
      variables: [{ name: 'a', expression: '[1, 2]' }],
      mutations: [mutation],
    }),
  ),
);

const elsewhere = ['Object{} == object', 'jsonpatch.escapeKey("a") == "a"', 'JSONPatch{}.op == "a"'].flatMap(
  (expression) => [
    tried(`condition ${expression}`, { matchConditions: [{ name: 'a', expression }] }),
    tried(`variable ${expression}`, { variables: [{ name: 'a', expression }] }),
  ],
);

const MUTATIONS: Fields[] = [
  {},
  { patchType: '' },
  { patchType: 'Odd' },
  { patchType: 'Odd', jsonPatch: {}, applyConfiguration: {} },
  { patchType: 'JSONPatch' },
  { patchType: 'JSONPatch', jsonPatch: null },
  { patchType: 'JSONPatch', jsonPatch: {} },
  { patchType: 'JSONPatch', applyConfiguration: { expression: 'Object{}' } },
  { ...patched('[]'), applyConfiguration: {} },
  { patchType: 'ApplyConfiguration' },
  { patchType: 'ApplyConfiguration', applyConfiguration: {} },
  { ...applied('  '), jsonPatch: { expression: '[]' } },
];

const SPECS: Fields[] = [
  ...MUTATIONS.map((mutation) => ({ mutations: [mutation] })),
  { mutations: [{}, applied('nope'), patched('nope')] },
  { mutations: [] },
  { mutations: null },
  { mutations: [applied('params.a')], paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
  { paramKind: {} },
  { paramKind: { apiVersion: 'a/b/c', kind: 'A b' } },
  { matchConstraints: null },
  { matchConstraints: { resourceRules: null } },
  { matchConstraints: { matchPolicy: 'Odd', objectSelector: { matchLabels: { 'a b': 'c d' } } } },
  ...['DELETE', 'Odd', 'CONNECT', '*', ''].map((operation) => ({
    matchConstraints: about(rule, { ...rule, operations: ['UPDATE', operation] }),
  })),
  { matchConstraints: { ...about(rule), excludeResourceRules: [{ ...rule, operations: ['DELETE'] }] } },
  { matchConstraints: about({ ...rule, apiGroups: [], resources: ['*', 'a', 'a/b'], resourceNames: ['a', 'a', '/'] }) },
  { reinvocationPolicy: '' },
  { reinvocationPolicy: null },
  { reinvocationPolicy: 'Odd' },
  { reinvocationPolicy: 'IfNeeded' },
  { failurePolicy: '' },
  { failurePolicy: 'Odd' },
  { matchConditions: [{}, { name: 'a b', expression: '1' }] },
  {
    matchConditions: [
      { name: 'a', expression: 'true' },
      { name: 'a', expression: 'params.a' },
    ],
  },
  { variables: [{}, { name: 'if', expression: 'nope' }, { name: 'b', expression: 'variables.c' }] },
];

const BINDINGS: Fields[] = [
  { policyName: '' },
  { policyName: 'A b' },
  { paramRef: {} },
  { paramRef: { name: 'a/b', selector: {}, parameterNotFoundAction: 'Odd' } },
  { paramRef: { name: 'a', parameterNotFoundAction: 'Allow' } },
  { matchResources: null },
  { matchResources: { matchPolicy: 'Odd' } },
  ...['DELETE', 'Odd', '*'].map((operation) => ({
    matchResources: about({ ...rule, operations: [operation] }),
  })),
  { matchResources: about({ ...rule, apiVersions: [''], scope: 'Odd' }) },
];

const changes = (all: readonly Fields[]): [Fields, Fields][] => all.map((fields) => [{}, spec(fields)]);

export const mutatingPolicyGroups: Readonly<Record<string, Case[]>> = {
  'what changes objects': [...ofMutations, ...elsewhere],
  'policies that change objects': [
    ...SPECS.map((fields) => tried(JSON.stringify(fields), fields)),
    ...updates(policy, changes(SPECS)),
  ],
  'bindings of policies that change objects': [
    ...creations(binding, BINDINGS.map(spec)),
    ...updates(binding, changes([{ policyName: 'other.example.com' }, ...BINDINGS])),
  ],
};
