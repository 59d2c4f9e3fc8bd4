/** Random requests in which a part or two are not as they should be: method, path, query, headers, body. */

import fc from 'fast-check';
import { configMap, deployment, widget } from './objects.ts';
import { create } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const methods = pick('GET', 'GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'get', 'LINK');

const ns = '<<namespace>>';
const paths = pick(
  `/api/v1/namespaces/${ns}/configmaps`,
  `/api/v1/namespaces/${ns}/configmaps/a`,
  `/api/v1/namespaces/${ns}/configmaps/`,
  `/api/v1/namespaces/${ns}/configmaps/a/`,
  `/api/v1/namespaces/${ns}/configmaps//a`,
  '/api/v1/namespaces//configmaps',
  '/api/v1/namespaces//configmaps/a',
  `//api/v1/namespaces/${ns}/configmaps`,
  `/api//v1/namespaces/${ns}/configmaps`,
  `/api/v1//namespaces/${ns}`,
  `/api/v1/namespaces/${ns}/../${ns}/configmaps`,
  `/api/v1/namespaces/${ns}/./configmaps`,
  `/api/v1/namespaces/${ns}/configmaps/..`,
  `/api/v1/namespaces/${ns}/configmaps/a%2Fb`,
  `/api/v1/namespaces/${ns}/configmaps/a%20b`,
  `/api/v1/namespaces/${ns}/configmaps/%61`,
  `/api/v1/namespaces/${ns}%2Fconfigmaps`,
  `/api/v1/namespaces/${ns}/configmaps/a%zz`,
  `/api/v1/namespaces/${ns}/CONFIGMAPS`,
  `/API/v1/namespaces/${ns}/configmaps`,
  `/api/v1/namespaces/${ns}/configmap`,
  `/api/v1/namespaces/A_b/configmaps`,
  '/api/v1/namespaces/missing/configmaps',
  '/api/v1/namespaces/missing/configmaps/a',
  `/api/v1/namespaces/${ns}`,
  `/api/v1/namespaces/${ns}/`,
  `/api/v1/namespaces/${ns}/status`,
  `/api/v1/namespaces/${ns}/finalize`,
  `/api/v1/namespaces/${ns}/nonsense`,
  '/api/v1/namespaces/missing',
  `/apis/apps/v1/namespaces/${ns}/deployments/a/scale`,
  `/apis/apps/v1/namespaces/${ns}/deployments/a/status`,
  `/apis/apps/v1/namespaces/${ns}/deployments/a/scale/x`,
  `/apis/apps/v1/namespaces/${ns}/deployments/missing/scale`,
  `/apis/apps/v1/namespaces/${ns}/daemonsets/a/scale`,
  `/apis/apps/v1/namespaces/${ns}/deployments/a/rollback`,
  `/apis/conformance.example.com/v1/namespaces/${ns}/widgets`,
  `/apis/conformance.example.com/v1/namespaces/${ns}/widgets/a`,
  `/apis/conformance.example.com/v1/namespaces/${ns}/widgets/a/scale`,
  `/apis/conformance.example.com/v1/namespaces/${ns}/widgets/a/status`,
  `/apis/conformance.example.com/v1/namespaces/${ns}/widgets/a/nonsense`,
  `/apis/conformance.example.com/v1/namespaces/${ns}/widgets/a/status/x`,
  `/apis/conformance.example.com/v1/namespaces/${ns}/gadgets`,
  `/apis/conformance.example.com/v2/namespaces/${ns}/widgets`,
  `/apis/conformance.example.com/v1/widgets`,
  `/apis/missing.example.com/v1/namespaces/${ns}/widgets`,
  '/apis/missing.example.com',
  '/apis/missing.example.com/v1',
  '/apis/conformance.example.com/v1/',
  '/apis/conformance.example.com/v9',
  '/api/v2',
  '/api/v2/namespaces',
  '/api/v1',
  '/api/v1/',
  '/api',
  '/apis',
  '/apis/apps/v1',
  '/apis/apps/v2',
  '/apis/apps/v1beta1/deployments',
  '/apis/apps/v1/deployments/a',
  '/apis/apps/v1/watch/deployments',
  `/api/v1/watch/namespaces/${ns}/configmaps/a/x`,
  '/api/v1/watch',
  '/api/v1/proxy/nodes/a',
  `/api/v1/namespaces/${ns}/pods/a/log`,
  `/api/v1/namespaces/${ns}/pods/a/exec`,
  `/api/v1/namespaces/${ns}/pods/a/proxy/x`,
  `/api/v1/namespaces/${ns}/services/a/proxy`,
  `/api/v1/namespaces/${ns}/pods/a/eviction`,
  `/api/v1/namespaces/${ns}/pods/a/binding`,
  `/api/v1/namespaces/${ns}/bindings`,
  `/api/v1/namespaces/${ns}/serviceaccounts/a/token`,
  '/api/v1/componentstatuses',
  '/api/v1/nodes/missing/status',
  '/openapi',
  '/openapi/v3/apis/nonsense',
  '/metrics/x',
  '/livez/ping',
  '/livez/nonsense',
  '/version/x',
  '/nonsense/x',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/x',
  '/apis/authentication.k8s.io/v1/tokenreviews',
  '/apis/certificates.k8s.io/v1/certificatesigningrequests/missing/approval',
  '/.well-known/nonsense',
);

const odd = pick(
  '',
  '0',
  '1',
  '-1',
  'true',
  'false',
  'TRUE',
  'x',
  'a=b',
  'All',
  '1.5',
  '%',
  '\u0000',
  'ü',
  '99999999999999999999',
);

const queries: fc.Arbitrary<NonNullable<Step['query']>> = fc.dictionary(
  pick(
    'limit',
    'continue',
    'resourceVersion',
    'resourceVersionMatch',
    'labelSelector',
    'fieldSelector',
    'timeoutSeconds',
    'allowWatchBookmarks',
    'sendInitialEvents',
    'pretty',
    'dryRun',
    'fieldManager',
    'fieldValidation',
    'force',
    'gracePeriodSeconds',
    'propagationPolicy',
    'includeObject',
    'timeout',
    'nonsense',
    'Limit',
    'shardSelector',
  ),
  odd,
  { maxKeys: 2 },
);

const accepts = pick<string | undefined>(
  undefined,
  undefined,
  undefined,
  undefined,
  '*/*',
  'application/yaml',
  'application/json;as=Table;g=meta.k8s.io;v=v1',
  'application/json;as=Table;g=meta.k8s.io;v=v1beta1',
  'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1beta1',
  'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io',
  'application/json;stream=watch',
  'application/json;pretty=1',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/json;q=0',
  'application/json;q=x',
  'text/plain',
  'text/*',
  ';',
  ',',
  'application/json,,',
);

const contents = pick<string | undefined>(
  undefined,
  undefined,
  'application/json',
  'application/yaml',
  'application/merge-patch+json',
  'application/merge-patch+json; charset=utf-8',
  'application/strategic-merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
  'text/plain',
  'APPLICATION/JSON',
  ';',
  '',
  'application/json;;',
  '*/*',
);

const map = (metadata: string): string => `{"apiVersion":"v1","kind":"ConfigMap","metadata":${metadata}}`;
const bodies = pick<string | undefined>(
  undefined,
  '',
  '{}',
  '[]',
  'null',
  '"x"',
  '5',
  'true',
  '{',
  '{}{}',
  ' ',
  map('{"name":"a"}'),
  map('{"name":"b"}'),
  map('{"generateName":"ABC-"}'),
  map('{"generateName":"a_"}'),
  map('{"generateName":""}'),
  map('{"generateName":5}'),
  map('{"name":null}'),
  map('null'),
  map('[]'),
  map('{"name":"a","namespace":"other"}'),
  map('{"name":"a","labels":{"a":null}}'),
  map('{"name":"a","labels":[]}'),
  map('{"name":"a","finalizers":"x"}'),
  map('{"name":"a","ownerReferences":{}}'),
  map('{"name":"a","creationTimestamp":"x"}'),
  map('{"name":"a","deletionGracePeriodSeconds":"x"}'),
  map('{"name":"\\ud800"}'),
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":null}}',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":1e400}}',
  '{"apiVersion":"v1","kind":"List","items":[]}',
  '{"apiVersion":"v1","kind":"ConfigMapList","items":[]}',
  '{"apiVersion":"v1","kind":"Status"}',
  '{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"a"},"spec":{"replicas":2}}',
  '{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"b"},"spec":{"replicas":2}}',
  '{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"a"},"spec":{"replicas":"2"}}',
  '{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"a"}}',
  '{"apiVersion":"extensions/v1beta1","kind":"Scale","metadata":{"name":"a"},"spec":{"replicas":2}}',
  '{"spec":{"replicas":3}}',
  '{"spec":{"replicas":-1}}',
  '{"spec":null}',
  '[{"op":"add","path":"/data","value":{}}]',
  '[{"op":"replace","path":"/spec/replicas","value":3}]',
);

function deep(levels: number): string {
  return `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
}

/** Of all namespaces: what is in them depends on the sequences beside this one, and is not to be deleted. */
const SHARED = /\/namespaces\/\/configmaps$|\/v1\/widgets$|\/watch\/deployments$/;

/** A watch on which nothing happens is not answered until it is over. */
function bounded(step: Step): Step {
  const { path, query = {} } = step;
  const isEndless =
    path.includes('/watch/') && ['0', undefined].includes(query['timeoutSeconds'] as string | undefined);
  return isEndless ? { ...step, query: { ...query, timeoutSeconds: 1 } } : step;
}

const steps: fc.Arbitrary<Step> = fc
  .record({
    method: methods,
    path: paths,
    query: queries,
    accept: accepts,
    contentType: contents,
    raw: fc.oneof({ weight: 12, arbitrary: bodies }, { weight: 1, arbitrary: pick(100, 400).map(deep) }),
  })
  .map(({ method, path, query, accept, contentType, raw }): Step => {
    const hasBody = method !== 'GET' && method !== 'HEAD' && raw !== undefined;
    return {
      method,
      path,
      query,
      ...(accept === undefined ? {} : { accept }),
      ...(contentType === undefined || !hasBody ? {} : { contentType }),
      ...(hasBody ? { raw } : {}),
      ...(SHARED.test(path) ? { opaque: true } : {}),
    };
  })
  .filter(({ method, path }) => method !== 'DELETE' || !SHARED.test(path))
  .filter(({ method, path }) => method !== 'HEAD' || !path.includes('%zz')) // Upstream answers with a body, which is no HTTP.
  .map(bounded);

const made: Step[] = [create(configMap, 'a'), create(deployment, 'a'), create(widget, 'a')];

export const oddSequences: fc.Arbitrary<Step[]> = fc
  .array(steps, { minLength: 8, maxLength: 14 })
  .map((own) => [...made, ...own]);
