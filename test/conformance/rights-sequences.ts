/** Random roles and bindings, and what they let a user, a group and a service account do: asked, and tried. */

import fc from 'fast-check';
import type { Body } from './objects.ts';
import { mergePatch, post, read, remove } from './requests.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const inNamespace = `${rbac}/namespaces/<<namespace>>`;
const wide = (name: string): string => `<<namespace>>-${name}`;

const user = 'u-<<namespace>>';
const group = 'g-<<namespace>>';
const account = 'system:serviceaccount:<<namespace>>:robot';

const rules: fc.Arbitrary<Body> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      {
        apiGroups: pick([''], ['apps'], ['*'], ['', 'apps'], ['conformance.example.com']),
        resources: pick(
          ['configmaps'],
          ['secrets', 'configmaps'],
          ['*'],
          ['deployments', 'deployments/scale'],
          ['*/scale'],
          ['pods/status', 'pods'],
          ['pods/*'],
          ['widgets'],
          ['roles', 'rolebindings'],
        ),
        verbs: pick(
          ['get'],
          ['get', 'list', 'watch'],
          ['*'],
          ['create', 'update', 'patch'],
          ['delete', 'deletecollection'],
          ['impersonate'],
        ),
        resourceNames: pick(['a'], ['a', 'b'], ['']),
      },
      { requiredKeys: ['apiGroups', 'resources', 'verbs'] },
    ),
  },
  {
    weight: 1,
    arbitrary: pick<Body>(
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'clusterroles'], verbs: ['*'] },
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['create', 'escalate'] },
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['create', 'update', 'patch'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: ['view'],
        verbs: ['bind'],
      },
      { apiGroups: [''], resources: ['users'], resourceNames: ['someone'], verbs: ['impersonate'] },
      { verbs: ['get'] },
      { apiGroups: [''], resources: ['pods'], verbs: [] },
      { apiGroups: [''], resources: ['pods'], nonResourceURLs: ['/x'], verbs: ['get'] },
      { verbs: ['get', 'post'], nonResourceURLs: ['/own/*', '/healthz'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ),
  },
);

const roleNames = pick('a', 'b');

function roles(isWide: boolean): fc.Arbitrary<Step> {
  const [collection, named] = isWide
    ? [`${rbac}/clusterroles`, wide]
    : [`${inNamespace}/roles`, (name: string) => name];
  const writes = fc
    .tuple(roleNames, fc.array(rules, { maxLength: 2 }), pick('POST', 'POST', 'PATCH'))
    .map(
      ([name, own, method]): Step =>
        method === 'POST'
          ? post(collection, { metadata: { name: named(name) }, rules: own })
          : mergePatch(`${collection}/${named(name)}`, { rules: own }),
    );
  const removals = roleNames.map((name) => remove(`${collection}/${named(name)}`));
  return settled(fc.oneof({ weight: 6, arbitrary: writes }, { weight: 1, arbitrary: removals }));
}

const settled = (steps: fc.Arbitrary<Step>): fc.Arbitrary<Step> =>
  steps.map((step): Step => ({ ...step, settles: 'rights' }));

const api = 'rbac.authorization.k8s.io';
const subjects = fc.subarray<Body>(
  [
    { kind: 'User', apiGroup: api, name: user },
    { kind: 'Group', apiGroup: api, name: group },
    { kind: 'ServiceAccount', name: 'robot', namespace: '<<namespace>>' },
    { kind: 'ServiceAccount', name: 'robot', namespace: 'elsewhere' },
    { kind: 'User', apiGroup: api, name: account },
  ],
  { minLength: 1, maxLength: 2 },
);

function bindings(isWide: boolean): fc.Arbitrary<Step> {
  const [collection, named] = isWide
    ? [`${rbac}/clusterrolebindings`, wide]
    : [`${inNamespace}/rolebindings`, (name: string) => name];
  const widely = pick(wide('a'), wide('b'), 'view', 'edit', 'admin', 'missing').map((name) => ({
    kind: 'ClusterRole',
    name,
  }));
  const here = pick('a', 'b', 'missing').map((name) => ({ kind: 'Role', name }));
  const refs = isWide ? widely : fc.oneof(here, here, widely);
  const writes = fc
    .tuple(roleNames, refs, subjects)
    .map(([name, ref, own]) =>
      post(collection, { metadata: { name: named(name) }, roleRef: { apiGroup: api, ...ref }, subjects: own }),
    );
  const changes = fc
    .tuple(roleNames, subjects, refs, fc.boolean())
    .map(([name, own, ref, isMoved]) =>
      mergePatch(`${collection}/${named(name)}`, { subjects: own, ...(isMoved ? { roleRef: ref } : {}) }),
    );
  const removals = roleNames.map((name) => remove(`${collection}/${named(name)}`));
  return settled(
    fc.oneof({ weight: 6, arbitrary: writes }, { weight: 1, arbitrary: changes }, { weight: 1, arbitrary: removals }),
  );
}

const attributes: fc.Arbitrary<Body> = fc.record(
  {
    namespace: pick('<<namespace>>', '<<namespace>>', 'default', ''),
    verb: pick('get', 'list', 'create', 'delete', 'patch', '*', 'deletecollection', 'impersonate', ''),
    group: pick('', 'apps', '*', 'conformance.example.com'),
    version: pick('v1', '*', ''),
    resource: pick('configmaps', 'secrets', 'deployments', 'pods', 'widgets', '*', 'roles'),
    subresource: pick('scale', 'status', 'log', '*', ''),
    name: pick('a', 'b', 'c', ''),
    fieldSelector: pick<unknown>(
      { rawSelector: 'metadata.name=a' },
      { requirements: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] },
      { requirements: [{ key: 'x', operator: 'Odd' }] },
      { rawSelector: 'a=b', requirements: [{ key: 'x', operator: 'Exists' }] },
      {},
    ),
    labelSelector: pick<unknown>({ rawSelector: 'a in b' }, { requirements: [{ key: 'a', operator: 'Exists' }] }),
  },
  { requiredKeys: ['verb', 'resource'] },
);

const paths: fc.Arbitrary<Body> = fc.record({
  path: pick('/own/x', '/own/', '/own', '/healthz', '/version', '/api', '', '*'),
  verb: pick('get', 'post', 'put', '*', ''),
});

const specs: fc.Arbitrary<Body> = fc.oneof(
  { weight: 6, arbitrary: attributes.map((resourceAttributes) => ({ resourceAttributes })) },
  { weight: 2, arbitrary: paths.map((nonResourceAttributes) => ({ nonResourceAttributes })) },
  {
    weight: 1,
    arbitrary: pick<Body>({}, { resourceAttributes: {} }, { resourceAttributes: {}, nonResourceAttributes: {} }),
  },
);

const whos = fc.record(
  {
    user: pick(user, account, 'stranger', '', 'system:anonymous'),
    groups: pick<string[]>([group], ['system:authenticated'], ['system:masters'], [], ['']),
    uid: fc.constant('5'),
    extra: pick<unknown>({ Scope: ['x'] }, { scope: [] }),
  },
  { requiredKeys: ['user'] },
);

const authorization = '/apis/authorization.k8s.io/v1';
const asking = pick<NonNullable<Step['as']>>(
  { user, groups: ['system:authenticated'] },
  { user },
  { user: 'stranger', groups: [group] },
  { user: account },
);

const questions: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(specs, whos)
    .map(([spec, who]) => post(`${authorization}/subjectaccessreviews`, { spec: { ...spec, ...who } })),
  fc.tuple(specs, asking).map(([spec, as]) => post(`${authorization}/selfsubjectaccessreviews`, { spec }, { as })),
  fc.tuple(specs, whos, pick('<<namespace>>', 'default')).map(([spec, who, namespace]) =>
    post(`${authorization}/namespaces/${namespace}/localsubjectaccessreviews`, {
      metadata: { namespace },
      spec: { ...spec, ...who },
    }),
  ),
  fc
    .tuple(pick('<<namespace>>', 'default', '', undefined), asking)
    .map(([namespace, as]) => post(`${authorization}/selfsubjectrulesreviews`, { spec: { namespace } }, { as })),
);

const maps = '/api/v1/namespaces/<<namespace>>/configmaps';
const deployments = '/apis/apps/v1/namespaces/<<namespace>>/deployments';
const tries: fc.Arbitrary<Step> = fc
  .tuple(
    pick<Step>(
      read(`${maps}/a`),
      read(maps),
      read('/api/v1/configmaps', { labelSelector: 'conformance=<<namespace>>' }),
      read(maps, { fieldSelector: 'metadata.name=a' }),
      read('/api/v1/namespaces/<<namespace>>/secrets'),
      post(maps, { metadata: { name: 'a' } }),
      remove(`${maps}/a`),
      remove(maps),
      read(`${deployments}/a/scale`),
      read('/own/x'),
      read('/version'),
      read('/healthz'),
      read('/apis/conformance.example.com/v1/namespaces/<<namespace>>/widgets'),
      mergePatch(`${maps}/a`, { data: { b: '1' } }),
      {
        method: 'PATCH',
        path: `${maps}/b`,
        contentType: 'application/apply-patch+yaml',
        query: { fieldManager: 'm' },
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } },
      },
      post(`${inNamespace}/roles`, {
        metadata: { name: 'own' },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
      }),
      post(`${inNamespace}/rolebindings`, {
        metadata: { name: 'own' },
        roleRef: { apiGroup: api, kind: 'ClusterRole', name: 'view' },
        subjects: [],
      }),
      post(`${inNamespace}/rolebindings`, {
        metadata: { name: 'own2' },
        roleRef: { apiGroup: api, kind: 'Role', name: 'a' },
        subjects: [],
      }),
    ),
    asking,
  )
  .map(([step, as]) => ({ ...step, as }));

export const rightsSequences: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(fc.oneof(roles(false), roles(true), bindings(false), bindings(true)), { minLength: 2, maxLength: 5 }),
    fc.array(fc.oneof({ weight: 4, arbitrary: questions }, { weight: 3, arbitrary: tries }), {
      minLength: 4,
      maxLength: 10,
    }),
    fc.array(fc.oneof(roles(false), roles(true), bindings(false), bindings(true)), { maxLength: 1 }),
    fc.array(fc.oneof(questions, tries), { maxLength: 4 }),
  )
  .map((parts) => parts.flat());
