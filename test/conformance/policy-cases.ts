/** ValidatingAdmissionPolicies, each about the ConfigMaps of its own sequence's namespace. */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const root = '/apis/admissionregistration.k8s.io/v1';
const maps = '/api/v1/namespaces/<<namespace>>/configmaps';
const send = (method: string, path: string, body?: unknown, more: Partial<Step> = {}): Step => ({
  method,
  path,
  body,
  ...more,
});
const merge = { contentType: 'application/merge-patch+json' };
const map = (name: string, data: object, metadata: object = {}): Step =>
  send('POST', maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data });

const name = 'policy-<<namespace>>';
const ownNamespace = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '<<namespace>>' } } };
const policy = (spec: object): Step =>
  send('POST', `${root}/validatingadmissionpolicies`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE', 'DELETE'],
            resources: ['configmaps'],
          },
        ],
      },
      ...spec,
    },
  });
/** Not compared, since who owns its `validationActions` is told otherwise. */
const binding = (spec: object = {}): Step => ({
  ...send('POST', `${root}/validatingadmissionpolicybindings`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'], matchResources: ownNamespace, ...spec },
  }),
  isUncompared: true,
});
/** A policy works a moment after it is written: this is denied, or warned of, once it does. */
const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' }, data: { probe: 'yes' } };
const active: Step = {
  ...send('POST', maps, probe, { query: { dryRun: 'All' } }),
  until: { status: 422, text: 'a probe' },
};
const isNoProbe = { expression: "!has(object.data) || !('probe' in object.data)", message: 'a probe' };
const whenNew = [{ name: 'new', expression: 'object != null' }];

const rules = (...validations: object[]): Step[] => [
  policy({ matchConditions: whenNew, validations: [isNoProbe, ...validations] }),
  binding(),
  active,
];
const one = (title: string, ...steps: Step[]): Case => ({ name: title, steps });

const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name } };
const ownRole = {
  apiGroups: ['rbac.authorization.k8s.io'],
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources: ['clusterroles'],
  resourceNames: [name],
};
const denied: Step = {
  ...send('POST', roles, role, { query: { dryRun: 'All' } }),
  until: { status: 422, text: 'failed to configure' },
};

/** Of bindings that apply to what is in no namespace, or whose parameters are not in the one that they name. */
const mapKind = { apiVersion: 'v1', kind: 'ConfigMap' };
const wrongReferences: Readonly<Record<string, { paramKind: object; [field: string]: unknown }>> = {
  'parameters in the namespace of what has none': {
    paramKind: mapKind,
    paramRef: { name: 'limits', parameterNotFoundAction: 'Allow' },
  },
  'parameters with a label, in the namespace of what has none': {
    paramKind: mapKind,
    paramRef: { selector: {}, parameterNotFoundAction: 'Deny' },
  },
  'only warned of, and denied': {
    paramKind: mapKind,
    validationActions: ['Warn'],
    paramRef: { name: 'limits', parameterNotFoundAction: 'Allow' },
  },
  'no parameters there': {
    paramKind: mapKind,
    paramRef: { name: 'none', namespace: 'default', parameterNotFoundAction: 'Deny' },
  },
  'a namespace of parameters that have none': {
    paramKind: { apiVersion: 'v1', kind: 'Namespace' },
    paramRef: { name: 'default', namespace: 'default', parameterNotFoundAction: 'Deny' },
  },
};

/** Each asked with data of its own. */
const DECIDED = [
  "object.data.nope == 'x'",
  "object.nope.a == 'x'",
  "object.data == '1'",
  'object.data.size() == 2',
  "object.data.map(k, k)[0] == 'x'",
  "object.metadata.labels['a'] == 'b'",
  "!has(object.metadata.labels) && !('nope' in object)",
  "object.?spec.?a.orValue('none') == 'none'",
  "oldObject.?spec.?a.orValue('none') == 'none'",
  "object.data.?e5.?a.orValue('none') == 'some'",
  'oldObject == null && namespaceObject != null',
  "request.name.startsWith('one')",
  "request.namespace == namespaceObject.metadata.name && request.operation == 'CREATE' && !request.dryRun",
  "has(request.subResource) || request.options.kind == 'CreateOptions'",
  "request.kind.kind == 'ConfigMap' && request.resource == request.requestResource",
  "request.userInfo.groups.exists(g, g == 'system:masters')",
  "namespaceObject.status.phase == 'Active' && has(namespaceObject.spec.finalizers)",
  "namespaceObject.metadata.creationTimestamp < timestamp('2000-01-01T00:00:00Z')",
  "authorizer.group('').resource('configmaps').namespace('default').check('get').allowed()",
  "authorizer.group('').resource('').check('get').allowed()",
  "authorizer.path(' ').check('get').allowed()",
  "authorizer.path('/healthz').check('get').allowed()",
  "authorizer.serviceAccount('default', 'a').group('').resource('secrets').check('get').allowed()",
  "authorizer.serviceAccount('A b', 'a').group('').resource('secrets').check('get').allowed()",
  "authorizer.serviceAccount('default', 'A b').group('').resource('secrets').check('get').allowed()",
  "authorizer.requestResource.check('get').allowed() && !authorizer.requestResource.check('get').errored()",
  "authorizer.requestResource.check('get').reason() == 'x'",
  "object.metadata.name.matches('^one-[0-9]+$')",
  "quantity('1Gi').isGreaterThan(quantity('1G')) && object.data.size() > 5",
  '[1, 2, 3].all(x, x > 0) && lists.range(5).map(x, [x, object.data.size()]).size() == 4',
  'lists.range(2000000).size() > 0',
  'lists.range(1000).all(x, lists.range(1000).all(y, x + y >= 0))',
];

const cases: Case[] = [
  one(
    'expressions, messages and reasons',
    ...rules(
      { expression: "!has(object.data.a) || object.data.a != 'x'" },
      { expression: "!has(object.data.b) || object.data.b != 'x'", message: ' no x ', reason: 'Forbidden' },
      {
        expression: "!has(object.data.c) || object.data.c.startsWith('c')",
        messageExpression: "object.data.c + ' of ' + object.metadata.name",
        message: 'unused',
      },
      {
        expression: "!has(object.data.d) || object.data.d.matches('^[0-9]+$')",
        messageExpression: "''",
        reason: 'RequestEntityTooLarge',
      },
    ),
    map('fine', { a: '1', c: 'c1', d: '12' }),
    map('one', { a: 'x' }),
    map('two', { b: 'x' }),
    map('three', { c: 'x' }),
    map('four', { d: 'x' }),
    map('five', { a: 'x', b: 'x' }),
    send('PATCH', `${maps}/fine`, { data: { a: 'x' } }, merge),
    send('PATCH', `${maps}/fine`, { data: { a: '2' } }, merge),
    send('DELETE', `${maps}/fine`),
  ),
  one(
    'old objects, requests and variables',
    policy({
      variables: [
        { name: 'before', expression: "oldObject == null ? 'none' : oldObject.data.a" },
        {
          name: 'line',
          expression: "request.operation + ' ' + request.resource.resource + ' was ' + variables.before",
        },
      ],
      matchConditions: whenNew,
      validations: [
        isNoProbe,
        {
          expression: "variables.before == 'none' || object.data.a == variables.before",
          messageExpression: 'variables.line',
        },
        { expression: "request.userInfo.username != 'jane'", reason: 'Forbidden' },
        { expression: "namespaceObject.metadata.name != 'other' && request.name == object.metadata.name" },
      ],
    }),
    binding(),
    active,
    map('m', { a: '1' }),
    send('PATCH', `${maps}/m`, { data: { a: '2' } }, merge),
    send('PATCH', `${maps}/m`, { metadata: { labels: { l: '1' } } }, merge),
    { ...map('n', { a: '1' }), as: { user: 'jane', groups: ['system:masters'] } },
  ),
  one(
    'warnings',
    policy({
      matchConditions: whenNew,
      validations: [{ expression: "!('probe' in object.data)", message: 'a probe' }],
    }),
    binding({ validationActions: ['Warn', 'Audit'] }),
    send('POST', `${root}/validatingadmissionpolicies`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'empty-<<namespace>>' },
      spec: {},
    }),
  ),
  one(
    'what expressions come to',
    ...rules(
      ...DECIDED.map((expression, index) => ({
        expression: `!has(object.data.e${index}) || ${expression}`,
        ...(index % 2 === 0 ? { messageExpression: "'no ' + object.data.nope" } : {}),
      })),
    ),
    ...DECIDED.flatMap((_, index) => [
      map(`one-${index}`, { [`e${index}`]: '1' }),
      map(`other-${index}`, { [`e${index}`]: 'x' }),
    ]),
  ),
  one(
    'variables that come to nothing, and what counts then',
    policy({
      variables: [
        { name: 'number', expression: 'int(object.data.n)' },
        { name: 'twice', expression: 'variables.number * 2' },
      ],
      matchConditions: whenNew,
      validations: [
        isNoProbe,
        {
          expression: '!has(object.data.n) || variables.twice > 3',
          messageExpression: "'twice is ' + string(variables.twice)",
        },
      ],
    }),
    binding(),
    active,
    map('two', { n: '2' }),
    map('one', { n: '1' }),
    map('none', { n: 'x' }),
    map('nothing', { m: 'x' }),
  ),
  one(
    'what fails may be ignored',
    policy({
      failurePolicy: 'Ignore',
      matchConditions: whenNew,
      validations: [isNoProbe, { expression: "object.data.n == 'x'" }, { expression: '!has(object.data.m)' }],
    }),
    binding(),
    active,
    map('none', {}),
    map('other', { n: 'y' }),
    map('both', { m: 'y' }),
  ),
  one(
    'conditions that come to nothing',
    policy({
      matchConditions: [
        { name: 'new', expression: 'object != null' },
        { name: 'number', expression: '!has(object.data.n) || int(object.data.n) > 1' },
        { name: 'text', expression: "!has(object.data.n) || object.data.m == 'x'" },
      ],
      validations: [isNoProbe, { expression: '!has(object.data.n)' }],
    }),
    binding(),
    active,
    map('none', {}),
    map('both', { n: 'x' }),
    map('one', { n: '2' }),
    map('not', { n: '1' }),
    map('asked', { n: '2', m: 'x' }),
  ),
  one(
    'annotations for the audit log',
    policy({
      matchConditions: whenNew,
      validations: [isNoProbe],
      auditAnnotations: [
        { key: 'a', valueExpression: "has(object.data.a) ? object.data.a + '1' : ''" },
        { key: 'b', valueExpression: "'of ' + (has(object.data.a) ? object.data.b : 'none')" },
      ],
    }),
    binding(),
    active,
    map('none', {}),
    map('one', { a: 'x' }),
    map('two', { a: 'x', b: 'y' }),
  ),
  one('an unknown reason', policy({ validations: [{ expression: 'true', reason: 'Unauthorized' }] })),
  one(
    'parameters',
    map('limits', { most: '1' }),
    policy({
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConditions: whenNew,
      validations: [isNoProbe, { expression: 'size(object.data) <= int(params.data.most)' }],
    }),
    binding({ paramRef: { name: 'limits', namespace: '<<namespace>>', parameterNotFoundAction: 'Deny' } }),
    active,
    map('a', { a: '1' }),
    map('b', { a: '1', b: '2' }),
  ),
  ...Object.entries(wrongReferences).map(([title, { paramKind, ...spec }]) =>
    one(
      title,
      policy({ paramKind, matchConstraints: { resourceRules: [ownRole] }, validations: [{ expression: 'true' }] }),
      binding({ matchResources: {}, ...spec }),
      denied,
      send('POST', roles, role),
    ),
  ),
];

/** By what they are about. */
const bindings = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
const bound = (spec: unknown): Step => ({
  method: 'POST',
  path: bindings,
  body: { metadata: { name: '<<namespace>>-bound' }, spec },
});
const changed = (type: 'merge' | 'apply', body: object): Step => ({
  method: 'PATCH',
  path: `${bindings}/<<namespace>>-bound`,
  contentType: type === 'merge' ? 'application/merge-patch+json' : 'application/apply-patch+yaml',
  body: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    ...body,
  },
  ...(type === 'apply' ? { query: { fieldManager: 'two', force: 'true' } } : {}),
});
const named = { metadata: { name: '<<namespace>>-bound' } };
const boundCases: Case[] = [
  ...[
    { policyName: 'x', validationActions: ['Deny', 'Warn'] },
    { policyName: 'x', validationActions: ['Deny', 'Deny', 'Odd'] },
    { policyName: 'x', validationActions: [] },
    {},
    { policyName: 'A b', validationActions: ['Audit', 'Audit', 'Warn'] },
    { policyName: 'x', validationActions: ['Audit'], paramRef: { name: 'x' } },
    { policyName: 'x', validationActions: ['Audit'], paramRef: { parameterNotFoundAction: 'Odd' } },
    {
      policyName: 'x',
      validationActions: ['Audit'],
      paramRef: { name: 'x', selector: {}, parameterNotFoundAction: 'Deny' },
    },
  ].map((spec) => one(`a binding ${JSON.stringify(spec)}`, bound(spec))),
  one(
    'who owns the actions of a binding',
    bound({ policyName: 'x', validationActions: ['Deny'] }),
    changed('merge', { spec: { validationActions: ['Warn'] } }),
    changed('apply', { ...named, spec: { policyName: 'x', validationActions: ['Audit'] } }),
    changed('apply', { ...named, spec: { policyName: 'x' } }),
    changed('apply', { ...named, spec: { policyName: 'x', validationActions: ['Audit', 'Deny'] } }),
  ),
];

export const policyGroups: Readonly<Record<string, Case[]>> = {
  'policies decide': cases,
  'bindings of policies': boundCases,
};
