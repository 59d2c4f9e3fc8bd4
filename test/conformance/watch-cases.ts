/** How a watch is asked for: options that go together or don't, the deprecated paths, and forms in which there are no streams. */

import { builtinDefinitions } from '../../services/apiserver/types/builtin-definitions.ts';
import { initialEnd } from './follow-watch.ts';
import { type Body, configMap, pod, widget } from './objects.ts';
import { at, post, read } from './requests.ts';
import { type Case, create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const maps = pathOf(configMap);
const made = create(configMap, 'a');
const current = { resourceVersion: '<<rv ConfigMap/a>>' };
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';

const watched = (path: string, query: Step['query'], more: Partial<Step> = {}): Step =>
  read(path, query, { isWatch: true, ...more });
const deprecated = (path: string): string => path.replace('/namespaces/', '/watch/namespaces/');

const whole = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' };
const marks = { allowWatchBookmarks: 'true' };
/** Each is asked with `watch`, and below `/watch/` with it and without. */
const options: Record<string, string | number>[] = [
  {},
  marks,
  { ...marks, resourceVersion: 0 },
  { ...marks, ...current },
  { ...marks, ...whole },
  { ...marks, ...whole, sendInitialEvents: 'false' },
  { ...marks, ...whole, sendInitialEvents: 'false', resourceVersion: 0 },
  { ...marks, ...whole, sendInitialEvents: '' },
  { ...marks, sendInitialEvents: 'false' },
  { sendInitialEvents: 'true', resourceVersionMatch: '' },
  { sendInitialEvents: 'true', resourceVersionMatch: 'Odd' },
  { sendInitialEvents: 'true', resourceVersionMatch: 'Exact', resourceVersion: 0 },
  { resourceVersionMatch: 'NotOlderThan' },
  { resourceVersionMatch: 'NotOlderThan', resourceVersion: 0 },
  { resourceVersionMatch: 'Exact', resourceVersion: 0 },
  { resourceVersionMatch: 'Exact', ...current },
  { continue: 'x' },
  { continue: 'x', ...current },
  { continue: '' },
  { limit: 1 },
  { resourceVersion: `${current.resourceVersion}00` },
  { timeoutSeconds: 0 },
  { timeoutSeconds: '' },
  { timeoutSeconds: 99_999_999_999 },
  { fieldSelector: 'x=y', resourceVersionMatch: 'Odd' },
  { fieldSelector: 'x', resourceVersionMatch: 'Odd' },
  { fieldSelector: 'x=y', resourceVersion: 'x' },
  { labelSelector: 'a in b', resourceVersionMatch: 'Odd' },
  { resourceVersion: 'x', resourceVersionMatch: 'Odd' },
  { fieldSelector: 'metadata.name=a,metadata.name=b' },
  { fieldSelector: 'metadata.name!=b,metadata.name=a' },
  { fieldSelector: 'metadata.name=' },
  { fieldSelector: 'metadata.namespace=<<namespace>>' },
  { fieldSelector: ',' },
  { watch: '' },
  { watch: 'x' },
  { watch: 'FALSE' },
  { watch: 0 },
];

/** Those that mark the end of their beginning, which may take a moment. */
const isMarked = (path: string, query: Record<string, string | number>): boolean =>
  query['allowWatchBookmarks'] === 'true' &&
  ['', '0'].includes(String(query['resourceVersion'] ?? '')) &&
  (path !== deprecated(maps) || 'watch' in query) &&
  query['sendInitialEvents'] !== 'false';

const asked = (path: string, query: Record<string, string | number>): Step =>
  watched(path, query, isMarked(path, query) ? { endsAt: initialEnd } : {});

const optionCases: Case[] = options.flatMap((query) => {
  const text = Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return [
    { name: `a watch with ${text}`, steps: [made, asked(maps, { watch: 'true', ...query })] },
    { name: `/watch/ with watch and ${text}`, steps: [made, asked(deprecated(maps), { watch: 'true', ...query })] },
    { name: `/watch/ with ${text}`, steps: [made, asked(deprecated(maps), query)] },
  ];
});

const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const send = (method: string, path: string, body?: Body): Step => ({ method, path, ...(body ? { body } : {}) });
const oneMap = deprecated(at(configMap, 'a'));
const oneWidget = at(widget, 'a');
const widgets = pathOf(widget);
const everyWidget = widgets.replace('/namespaces/<<namespace>>', '');

const paths: Case[] = [
  one('one object', made, watched(oneMap, {})),
  one('one object that is not there', watched(oneMap, {})),
  one('one object, by another name too', watched(oneMap, { fieldSelector: 'metadata.name=b' })),
  one('one object, by its name too', made, watched(oneMap, { fieldSelector: 'metadata.name=a' })),
  one('one pod, by a field', watched(deprecated(at(pod, 'a')), { fieldSelector: 'spec.nodeName=n' })),
  one('one pod, by nothing', watched(deprecated(at(pod, 'a')), { fieldSelector: ',' })),
  one('the namespace', watched('/api/v1/watch/namespaces/<<namespace>>', {})),
  ...['POST', 'PUT', 'DELETE', 'PATCH'].flatMap((method) => [
    one(`${method} to a watch`, send(method, oneMap, {})),
    one(`${method} to a watch of what is not served`, send(method, deprecated(maps.replace('configmaps', 'odds')), {})),
  ]),
  one('a watch of a status', watched(`${oneMap}/status`, {})),
  one('a watch of a scale', watched('/apis/apps/v1/watch/namespaces/<<namespace>>/deployments/a/scale', {})),
  ...['status', 'scale', 'odd'].flatMap((part) => [
    one(`a watch of a widget's ${part}`, watched(deprecated(`${oneWidget}/${part}`), {})),
    ...['POST', 'DELETE', 'OPTIONS'].map((method) =>
      one(`${method} to a widget's ${part}`, send(method, `${oneWidget}/${part}`, {})),
    ),
  ]),
  one('PUT to widgets', send('PUT', widgets, {})),
  one('POST to all widgets', send('POST', everyWidget, {})),
  one('DELETE of all widgets', send('DELETE', everyWidget)),
  one('a widget without its namespace', read(`${everyWidget}/a`)),
  one('OPTIONS of a widget', send('OPTIONS', oneWidget)),
  one('a proxy of a widget', read(oneWidget.replace('/namespaces/', '/proxy/namespaces/'))),
  one('a proxy of a map', read(at(configMap, 'a').replace('/namespaces/', '/proxy/namespaces/'))),
  ...['/api/v1/watch', '/api/v1/proxy', '/apis/apps/v1/watch', '/apis/apps/v1/watch/'].flatMap((path) => [
    one(path, read(path)),
    one(`${path} with a query`, read(path, { x: '<y>', z: 1 })),
    one(`POST ${path}`, post(path, {})),
  ]),
];

const forms = [
  'application/yaml',
  'application/yaml,application/json',
  'application/json,application/yaml',
  'application/json;stream=watch',
  'application/json;stream=odd',
  'application/yaml;stream=watch',
  'text/html',
  'text/html,application/json',
  `${table},application/json`,
];
const formCases: Case[] = forms.flatMap((accept) => [
  one(`a watch as ${accept}`, made, watched(maps, { watch: 1 }, { accept })),
  one(`a watch of widgets as ${accept}`, watched(widgets, { watch: 1 }, { accept })),
  one(`a wrong watch as ${accept}`, watched(maps, { watch: 1, timeoutSeconds: 'x' }, { accept })),
  one(`a watch from a wrong revision as ${accept}`, watched(maps, { watch: 1, resourceVersion: 'x' }, { accept })),
  one(`a list as ${accept}`, read(maps, {}, { accept })),
  one(`a wrong list as ${accept}`, read(maps, { limit: 'x' }, { accept })),
  one(`an object as ${accept}`, read(at(configMap, 'missing'), {}, { accept })),
]);

/** Of every kind that is built in: an empty object, as upstream's types write it. */
const markCases: Case[] = builtinDefinitions()
  .filter(({ verbs }) => verbs.includes('watch'))
  .map(({ group, version, plural, namespaced }) => {
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const path = `${root}/${namespaced ? 'namespaces/<<namespace>>/' : ''}${plural}`;
    return one(
      `the end of the beginning of ${plural}.${group}`,
      watched(path, { watch: 1, ...marks, labelSelector: 'no=such' }, { endsAt: initialEnd }),
    );
  });

export const watchGroups: Readonly<Record<string, Case[]>> = {
  'watches are asked for': optionCases,
  'watches have paths of their own': paths,
  'watches have a form': formCases,
  'watches mark the end of their beginning': markCases,
};
