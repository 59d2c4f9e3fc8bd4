/** Expressions of ValidatingAdmissionPolicies and of webhooks' conditions: which are taken, and what the others are told. */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const root = '/apis/admissionregistration.k8s.io/v1';
const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] };

/** Nothing is kept of it. */
const policy = (spec: object): Step => ({
  method: 'POST',
  path: `${root}/validatingadmissionpolicies`,
  query: { dryRun: 'All' },
  body: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'expressions-<<namespace>>' },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }], ...spec },
  },
});

const EXPRESSIONS = [
  'object.data.a == 1',
  'object.a',
  'nope',
  '1',
  "'a'",
  '[object]',
  'object.x +',
  'request.operation',
  "request.operation == 'CREATE'",
  'request.nope == 1',
  'request.uid == 1',
  'request.dryRun',
  'request.options.x',
  "request.userInfo.extra['a'][0] == 'b' && request.userInfo.groups.exists(g, g == 1)",
  "request.kind.group == '' && request.resource.resource == 'a' && request.kind.resource == ''",
  "namespaceObject.metadata.labels['a'] == 'b'",
  'namespaceObject.metadata.uid == namespaceObject.metadata.UID',
  "namespaceObject.metadata.creationTimestamp < timestamp('2020-01-01T00:00:00Z')",
  'namespaceObject.spec.finalizers.size() > 0 && namespaceObject.status.phase == 1',
  'params.a == 1',
  'variables.a == 1',
  "authorizer.group('').resource('pods').check('get').allowed()",
  "authorizer.path('/a').check('get').reason() == '' && !authorizer.path('/a').check('get').errored()",
  "authorizer.requestResource.check('get').allowed()",
  "authorizer.requestResource.subresource('status').namespace('a').name('b').check('get').error() == ''",
  "authorizer.serviceAccount('default', 'a').group('').resource('a').fieldSelector('a=b').labelSelector('c=d').check('x').allowed()",
  "authorizer.group('').check('get').allowed()",
  'authorizer.nope',
  'authorizer.requestResource',
  "has(authorizer.requestResource) && authorizer.requestResource.nope == 'a'",
  "object.a.matches('(')",
  "object.a.find('(') == ''",
  "int('x') == 1",
  "quantity(object.a).isLessThan(quantity('1Gi'))",
  "ip('1.2.3.4') == object.a",
  'self.a == 1',
  'type(object) == map && type(request) == type(object)',
  "[?object.?a, 'b'].size() == 1 && {?'a': object.?b}.size() == 0",
  '[?object.?a, ?request.name]',
  "{?'a': request.name}.size() == 1",
];

const declaredParams = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };

const inValidations = EXPRESSIONS.map(
  (expression): Case => ({ name: `to validate: ${expression}`, steps: [policy({ validations: [{ expression }] })] }),
);
const inConditions = EXPRESSIONS.map(
  (expression): Case => ({
    name: `on condition: ${expression}`,
    steps: [
      policy({ matchConditions: [{ name: 'a', expression }] }),
      policy({ ...declaredParams, matchConditions: [{ name: 'a', expression: ` ${expression} ` }] }),
    ],
  }),
);
const inMessages = EXPRESSIONS.slice(0, 24).map(
  (messageExpression): Case => ({
    name: `as a message: ${messageExpression}`,
    steps: [
      policy({ validations: [{ expression: 'true', messageExpression }] }),
      policy({ auditAnnotations: [{ key: 'a', valueExpression: messageExpression }] }),
    ],
  }),
);

const VARIABLES: [variables: [name: string, expression: string][], expression: string][] = [
  [[['a', '1']], 'variables.a == 1'],
  [[['a', '1']], "variables.a == 'x'"],
  [[['a', '1']], 'variables.b == 1'],
  [[['a', 'object.x']], "variables.a == 'x' && variables.a == 1"],
  [[['a', 'nope']], "variables.a == 'x'"],
  [[['a', 'params.x']], 'true'],
  [
    [
      ['a', 'variables.b'],
      ['b', '1'],
    ],
    'variables.b == 1',
  ],
  [
    [
      ['a', '[1, 2]'],
      ['b', 'variables.a.map(x, string(x))'],
    ],
    'variables.b[0] == 1',
  ],
  [[['a', "{'x': 1}"]], "variables.a.x == 'a'"],
  [[['a', 'request.kind']], 'variables.a.nope == 1'],
  [[['a', 'authorizer']], "variables.a.group('').nope"],
  [[['a', "int('x')"]], 'variables.a == 1'],
  [[['a', 'optional.of(1)']], 'variables.a.value() == 1'],
  [[['a', '1']], 'variables'],
];
const ofVariables = VARIABLES.map(
  ([variables, expression]): Case => ({
    name: `with variables ${JSON.stringify(variables)}: ${expression}`,
    steps: [
      policy({
        variables: variables.map(([name, own]) => ({ name, expression: own })),
        validations: [{ expression, messageExpression: 'variables.a' }],
      }),
    ],
  }),
);

const hook = {
  name: 'a.example.com',
  clientConfig: { url: 'https://example.com' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const webhooks = (kind: string, expression: string): Step => ({
  method: 'POST',
  path: `${root}/${kind.toLowerCase()}s`,
  query: { dryRun: 'All' },
  body: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'expressions-<<namespace>>' },
    webhooks: [{ ...hook, matchConditions: [{ name: 'a', expression }] }],
  },
});
const ofWebhooks = EXPRESSIONS.map(
  (expression): Case => ({
    name: `of a webhook: ${expression}`,
    steps: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) => webhooks(kind, expression)),
  }),
);

export const policyExpressionGroups: Readonly<Record<string, Case[]>> = {
  'expressions of policies': [...inValidations, ...inConditions, ...inMessages],
  'variables of policies': ofVariables,
  'conditions of webhooks': ofWebhooks,
};
