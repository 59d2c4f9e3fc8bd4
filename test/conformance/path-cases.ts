/** Paths and parameters that no well-behaved client sends. */

import { configMap, pod, service, widget } from './objects.ts';
import { type Case, create } from './single-changes.ts';
import type { Step } from './step.ts';

const get = (path: string, more: Partial<Step> = {}): Step => ({ method: 'GET', path, ...more });
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const maps = '/api/v1/namespaces/<<namespace>>/configmaps';
const pods = '/api/v1/namespaces/<<namespace>>/pods';
const services = '/api/v1/namespaces/<<namespace>>/services';
const cec = '/apis/conformance.example.com';
const widgets = `${cec}/v1/namespaces/<<namespace>>/widgets`;

const container = (name: string): object => ({ name, image: 'i' });
const form = (as: string): string => `application/json;as=${as};g=meta.k8s.io;v=v1beta1`;
const write = (method: string, path: string, more: Partial<Step> = {}): Step => ({ method, path, raw: '{}', ...more });
const everyMethod = (path: string): Step[] =>
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'LINK'].map((method) => ({ method, path }));

const open = '/api/v1/namespaces//configmaps';
const unplaced: Step[] = [
  get(`${open}/a`),
  write('PUT', `${open}/a`),
  write('PUT', `${open}/a`, { raw: '{"metadata":{"name":"a"}}' }),
  write('PUT', `${open}/a`, { query: { dryRun: '%' } }),
  write('DELETE', `${open}/a`),
  write('PATCH', `${open}/a`, { contentType: 'application/merge-patch+json' }),
  write('POST', open),
  write('POST', open, { raw: '{"metadata":{"name":"a"}}' }),
  write('POST', open, { raw: '{"metadata":{"name":"a","namespace":"n"}}' }),
  get('/apis/apps/v1/namespaces//deployments/a/scale'),
  write('POST', '/api/v1/namespaces//serviceaccounts/a/token'),
  get(`${cec}/v1/namespaces//widgets/a`),
  write('DELETE', open, { query: { dryRun: 'All' } }),
];

/** By what they are about. */
export const pathGroups: Readonly<Record<string, Case[]>> = {
  'odd paths': [
    one('an encoded slash separates', get('/api/v1/namespaces/<<namespace>>%2Fconfigmaps')),
    one('an encoded slash in a name', get(`${maps}/a%2Fb`)),
    one('a name that leads elsewhere', get(`${maps}/..`), get(`${maps}/.`)),
    one('a namespaced object without a namespace', get('/apis/apps/v1/deployments/a')),
    one('a namespaced object without a namespace, changed', { method: 'DELETE', path: '/apis/apps/v1/deployments/a' }),
    one('a version that is no longer served', get('/apis/apps/v1beta1/deployments')),
    one('a version that is no longer served, written', {
      method: 'POST',
      path: '/apis/apps/v1beta1/deployments',
      body: {},
    }),
    one('a time in letters', get(maps, { query: { timeout: 'ü' } }), get(maps, { query: { timeout: 'a"b\\c' } })),
    one(
      'a quality of nothing',
      get('/api', { accept: 'application/json;q=0' }),
      get(maps, { accept: 'application/json;q=x' }),
    ),
    one('what is below the core version', get('/api/v1'), get('/api/v1/')),
    ...['//api/v1', '///api/v1', '/apis//apps/v1', '/apis//v1', '//apis/apps/v1', '/%2Fapi/v1'].map((root) =>
      one(`a slash too many: ${root}`, get(`${root}/namespaces/<<namespace>>/configmaps`)),
    ),
    one('a namespace without a name', ...unplaced),
  ],
  'parts of running pods': [
    ...['log', 'exec', 'attach', 'portforward', 'proxy', 'proxy/x'].map((part) =>
      one(`pods/${part}`, create(pod, 'a'), ...everyMethod(`${pods}/missing/${part}`), get(`${pods}/a/${part}`)),
    ),
    one(
      'services/proxy',
      create(service, 'a'),
      ...everyMethod(`${services}/missing/proxy`),
      get(`${services}/a:1/proxy`),
    ),
    one('nodes/proxy', ...everyMethod('/api/v1/nodes/missing/proxy')),
    one('a name that leads elsewhere', get(`${pods}/../log`), get(`${pods}/../proxy`), get(`${pods}//log`)),
    one('what is behind a part', get(`${pods}/a/log/x`), get(`${pods}/a/exec/x`)),
    one('out of place', get('/api/v1/pods/a/log'), get('/api/v1/namespaces//pods/a/log')),
    one(
      'forms of a log',
      ...['text/plain', 'application/xml', 'application/yaml', ';'].map((accept) =>
        get(`${pods}/missing/log`, { accept }),
      ),
    ),
    one('one of several containers', create(pod, 'a', { spec: { containers: [container('c'), container('d')] } }), {
      ...get(`${pods}/a/log`),
    }),
    one('a container that is not there', create(pod, 'a'), get(`${pods}/a/log`, { query: { container: 'z' } })),
    one(
      'numbers',
      get(`${pods}/a/log`, { query: { tailLines: 'x' } }),
      get(`${pods}/a/log`, { query: { tailLines: -1 } }),
    ),
    one('a scheme', create(pod, 'a'), get(`${pods}/ftp:a:80/proxy`), get(`${pods}/http:a:80/proxy`)),
  ],
  'older forms': ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'].map((as) =>
    one(
      `${as} of v1beta1`,
      create(configMap, 'a'),
      create(widget, 'a'),
      ...[maps, `${maps}/a`, widgets, `${widgets}/a`].map((path) => get(path, { accept: form(as) })),
      ...(as.endsWith('List') ? [] : [get(maps, { accept: form(as), query: { watch: true }, isWatch: true })]),
    ),
  ),
  'several things wrong': [
    ...[maps, widgets].map((path) =>
      one(
        `of a name that leads elsewhere: ${path.split('/').at(-1)}`,
        get(`${path}/..`, { accept: ',' }),
        get(`${path}/..`, { accept: form('X') }),
        write('DELETE', `${path}/..`, { query: { dryRun: 'x' } }),
        write('DELETE', `${path}/..`, { contentType: 'text/plain' }),
        write('PUT', `${path}/..`, { query: { dryRun: 'x' } }),
        write('PUT', `${path}/..`, { contentType: 'text/plain' }),
        write('PATCH', `${path}/..`, { contentType: 'application/foo', accept: ',' }),
        write('PATCH', `${path}/..`, { contentType: 'application/merge-patch+json', query: { dryRun: 'x' } }),
      ),
    ),
    one(
      'of a patch',
      write('PATCH', '/api/v1/namespaces/<<namespace>>/status', {
        contentType: 'application/json;;',
        accept: 'text/*',
      }),
      write('PATCH', widgets, { contentType: 'application/json', accept: ',' }),
      write('PATCH', widgets, { contentType: 'application/merge-patch+json', accept: ',' }),
    ),
    one('of a new widget', write('POST', `${widgets}/a`, { accept: ',' }), write('POST', `${widgets}/a`)),
  ],
  'methods of discovery': [
    ...['/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/apis/apps/v9', cec, `${cec}/v1`, '/apis/x'].map(
      (path) =>
        one(
          path,
          { method: 'HEAD', path },
          write('PUT', path),
          write('PUT', path, { accept: ',' }),
          write('GET', path, { contentType: 'text/plain' }),
          write('GET', path, { contentType: 'application/json;;' }),
        ),
    ),
    one('the version', get('/version', { accept: ',' }), write('GET', '/version', { contentType: 'text/plain' })),
  ],
  HEAD: [
    ...[
      `${cec}/v1/namespaces/<<namespace>>/widgets`,
      `${cec}/v1/namespaces/<<namespace>>/widgets/missing`,
      `${cec}/v1/namespaces/<<namespace>>/widgets/missing/nonsense`,
      `${cec}/v2/namespaces/<<namespace>>/widgets`,
      `${cec}/v1/namespaces/<<namespace>>/gadgets`,
      '/apis/missing.example.com/v1/namespaces/<<namespace>>/gadgets',
      '/apis/apps/v9/deployments',
      '/apis/apps/v1/nonsense',
      '/api/v2/nonsense',
      '/api/v1/configmaps/a',
      '/api/v1/watch/configmaps',
      `${maps}/a/status`,
    ].map((path) => one(path, { method: 'HEAD', path })),
    one('of a watch', { method: 'HEAD', path: widgets, query: { watch: true, timeoutSeconds: 1 } }),
  ],
};
