import fc from 'fast-check';

/** Requests that no sane client sends: methods, paths, queries, headers and bodies at random, near enough to sane ones to get past the first check. */

export interface OddRequest {
  who: 'admin' | 'nobody';
  method: string;
  target: string;
  headers: Record<string, string>;
  body: Buffer;
}

const odd = fc.constantFrom(
  '',
  'a',
  '..',
  '.',
  '%2e%2e',
  '%00',
  '%2f',
  '%ff',
  'A_B',
  '~',
  'x'.repeat(300),
  '%F0%9F%98%80',
  '{}',
  '*',
);
const resource = fc.constantFrom(
  ...['configmaps', 'secrets', 'pods', 'namespaces', 'leases', 'serviceaccounts', 'events', 'deployments', 'services'],
  ...['customresourcedefinitions', 'clusterroles', 'clusterrolebindings', 'rolebindings', 'certificatesigningrequests'],
  ...['clusters', 'works', 'subjectaccessreviews', 'tokenreviews', 'selfsubjectreviews', 'nodes', 'nothings'],
);
const groupVersion = fc.constantFrom(
  ...['api/v1', 'api/v2', 'apis/apps/v1', 'apis/coordination.k8s.io/v1', 'apis/rbac.authorization.k8s.io/v1', 'apis'],
  ...[
    'apis/apiextensions.k8s.io/v1',
    'apis/certificates.k8s.io/v1',
    'apis/cluster.karmada.io/v1alpha1',
    'apis/no.such/v1',
  ],
  ...[
    'apis/work.karmada.io/v1alpha1',
    'apis/authorization.k8s.io/v1',
    'apis/authentication.k8s.io/v1',
    'openapi',
    'api',
  ],
);
const subresource = fc.constantFrom(
  'status',
  'scale',
  'token',
  'approval',
  'finalize',
  'log',
  'exec',
  'proxy',
  'eviction',
  'no',
);
const name = fc.oneof(fc.constantFrom('default', 'kube-system', 'm1', 'a', 'cluster-info'), odd);
const ordinary = fc.constantFrom(
  ...[
    'api/v1/namespaces/default/configmaps',
    'api/v1/namespaces/default/configmaps/a',
    'api/v1/namespaces',
    'api/v1/pods',
  ],
  ...[
    'api/v1/namespaces/default/pods',
    'api/v1/namespaces/default/pods/a/status',
    'apis/apps/v1/namespaces/default/deployments',
  ],
  ...['apis/apps/v1/namespaces/default/deployments/a/scale', 'apis/coordination.k8s.io/v1/namespaces/default/leases/a'],
  ...['apis/apiextensions.k8s.io/v1/customresourcedefinitions', 'apis/cluster.karmada.io/v1alpha1/clusters/m1/status'],
  ...['apis/work.karmada.io/v1alpha1/namespaces/default/works', 'apis/rbac.authorization.k8s.io/v1/clusterroles/a'],
  ...['apis/certificates.k8s.io/v1/certificatesigningrequests', 'apis/authentication.k8s.io/v1/tokenreviews'],
  ...['apis/authorization.k8s.io/v1/subjectaccessreviews', 'api/v1/namespaces/default/serviceaccounts/default/token'],
);
const segments = fc.oneof(
  ordinary.map((place) => [place]),
  ordinary.map((place) => [place]),
  ordinary.map((place) => [place]),
  fc.tuple(groupVersion, resource, name, subresource).map((parts) => parts),
  fc.tuple(groupVersion, fc.constant('namespaces'), name, resource),
  fc.tuple(groupVersion, fc.constant('namespaces'), name, resource, name),
  fc.tuple(groupVersion, fc.constant('namespaces'), name, resource, name, subresource),
  fc.tuple(groupVersion, resource),
  fc.tuple(groupVersion, resource, name),
  fc.tuple(
    fc.constantFrom('version', 'healthz', 'readyz', 'metrics', 'pullet', 'openapi/v3', 'openapi/v2', '.well-known'),
    odd,
  ),
  fc.array(odd, { maxLength: 5 }),
);
const parameter = fc.constantFrom(
  ...[
    'watch',
    'limit',
    'continue',
    'resourceVersion',
    'resourceVersionMatch',
    'labelSelector',
    'fieldSelector',
    'timeout',
  ],
  ...[
    'timeoutSeconds',
    'sendInitialEvents',
    'allowWatchBookmarks',
    'dryRun',
    'fieldManager',
    'fieldValidation',
    'force',
  ],
  ...['gracePeriodSeconds', 'propagationPolicy', 'orphanDependents', 'pretty', 'includeObject', '', '%00', '__proto__'],
);
const value = fc.constantFrom(
  ...[
    '',
    '0',
    '1',
    '-1',
    '1e309',
    'true',
    'false',
    'All',
    'Strict',
    'NaN',
    '999999999999999999999',
    'a=b',
    'a in (b',
    '!a',
  ],
  ...[
    'metadata.name=a',
    'Background',
    'Orphan',
    'Exact',
    'NotOlderThan',
    '%00',
    '%ff',
    '1s',
    '=,=',
    'x'.repeat(2000),
    'eyJ2IjoibWV0YSJ9',
  ],
);
const query = fc
  .array(fc.tuple(parameter, value), { maxLength: 4 })
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([one, other]) => `${one}=${other}`).join('&')}`));

const mediaType = fc.constantFrom(
  ...['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/merge-patch+json'],
  ...[
    'application/json-patch+json',
    'application/strategic-merge-patch+json',
    'application/apply-patch+yaml',
    'text/plain',
  ],
  ...[
    '*/*',
    '',
    ';;;',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
    'application/json;stream=watch',
    'application/cbor',
  ],
);
const header = fc.oneof(
  fc.tuple(fc.constantFrom('content-type', 'accept'), mediaType),
  fc.tuple(
    fc.constantFrom('authorization', 'impersonate-user', 'impersonate-group', 'impersonate-extra-%zz', 'if-none-match'),
    fc.constantFrom(
      '',
      'Bearer a.b.c',
      'Bearer abcdef.0123456789abcdef',
      'Basic eA==',
      'system:masters',
      'x'.repeat(5000),
      '\u00e9',
    ),
  ),
  fc.tuple(
    fc.constantFrom('accept-encoding', 'audit-id', 'user-agent', 'x-http-method-override'),
    fc.constantFrom('gzip', '', 'x', 'DELETE'),
  ),
);

const kindOf = fc.constantFrom(
  'ConfigMap',
  'Secret',
  'Pod',
  'Namespace',
  'Lease',
  'Deployment',
  'CustomResourceDefinition',
  'Cluster',
  'Work',
  'DeleteOptions',
  'List',
  'Status',
);
const object = fc.record(
  {
    apiVersion: fc.constantFrom('v1', 'apps/v1', 'coordination.k8s.io/v1', 'work.karmada.io/v1alpha1', '', '///'),
    kind: kindOf,
    metadata: fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          name: fc.oneof(name, fc.jsonValue()),
          namespace: name,
          labels: fc.jsonValue(),
          finalizers: fc.jsonValue(),
          ownerReferences: fc.jsonValue(),
          managedFields: fc.jsonValue(),
          generateName: fc.jsonValue(),
          resourceVersion: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    ),
    spec: fc.jsonValue(),
    data: fc.jsonValue(),
    status: fc.jsonValue(),
    rules: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const operation = fc.record({
  op: fc.constantFrom('add', 'remove', 'test', 'move', 'copy', 'x'),
  path: fc.constantFrom('', '/', '/a/-', '/metadata/name', '/~2', '/__proto__/x'),
  value: fc.jsonValue(),
  from: fc.constantFrom('', '/metadata', '/a'),
});
const laughs = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(',')}]`);
const body = fc
  .oneof(
    object.map((one) => JSON.stringify(one)),
    fc.array(operation, { maxLength: 3 }).map((all) => JSON.stringify(all)),
    fc.json(),
    fc.string(),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([Buffer.from('k8s\0'), Buffer.from(bytes)])),
    fc.constantFrom(
      '['.repeat(20_000),
      `{"metadata":{"name":"a"},"spec":${'{"a":'.repeat(400)}1${'}'.repeat(400)}}`,
      JSON.stringify([
        { op: 'add', path: '/data', value: { a: 'x'.repeat(1000) } },
        ...Array.from({ length: 40 }, (_, n) => ({ op: 'copy', from: '/data', path: `/data/${n}` })),
      ]),
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      '{"metadata":{"name":"a","name":"b"}}',
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      ['a0: &a0 x', ...laughs].join('\n'),
      '\ufeff{}',
      '{"metadata":{"name":"a"},"data":{"x":1e999}}',
      '',
    ),
  )
  .map((text) => Buffer.from(text));

export const oddRequest: fc.Arbitrary<OddRequest> = fc.record({
  who: fc.constantFrom('admin', 'admin', 'admin', 'admin', 'nobody'),
  method: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
    { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PROPFIND', 'TRACE') },
  ),
  target: fc.tuple(segments, query).map(([parts, after]) => `/${parts.join('/')}${after}`.replaceAll(' ', '+')),
  headers: fc.array(header, { maxLength: 3 }).map((all) => Object.fromEntries(all)),
  body,
});
