/** Watches in every form that a client can ask for, whole: they end by themselves, so that protobuf's frames are seen to the last. */

import { configMap, deployment, type Kind, pod, secret, service, widget } from './objects.ts';
import { at, mergePatch, read, remove } from './requests.ts';
import { type Case, create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const as = (name: string, version = 'v1', group = 'meta.k8s.io'): string => `as=${name};g=${group};v=${version}`;
const protobuf = 'application/vnd.kubernetes.protobuf';

const forms = [
  protobuf,
  `${protobuf};stream=watch`,
  `${protobuf};${as('PartialObjectMetadata')}`,
  `${protobuf};${as('PartialObjectMetadata', 'v1beta1')}`,
  `${protobuf};${as('PartialObjectMetadata')};stream=watch`,
  `${protobuf};${as('Table')}`,
  `${protobuf};stream=odd`,
  `${protobuf};${as('Table')},application/json;${as('Table')}`,
  'application/json;stream=watch',
  `application/json;${as('Table')}`,
  `application/json;${as('Table', 'v1beta1')}`,
  `application/json;${as('Table')};stream=watch`,
  `application/json;${as('PartialObjectMetadata')}`,
  `application/json;${as('PartialObjectMetadata', 'v1beta1')}`,
  `application/json;${as('PartialObjectMetadataList')}`,
  `application/json;${as('Table', 'v2')}`,
  `application/json;${as('Table', 'v1', 'odd')}`,
  `application/json;${as('Odd')}`,
  'application/json;as=Table',
  'application/json;pretty=1',
  `application/yaml;${as('Table')}`,
  '*/*',
];

/** An object that was there, is changed, comes into the selection, leaves it, and goes. */
const history = (kind: Kind): Step[] => [
  create(kind, 'a', { metadata: { labels: { app: 'x' } } }),
  create(kind, 'b', {}),
  mergePatch(at(kind, 'a'), { metadata: { annotations: { note: '1' } } }),
  mergePatch(at(kind, 'b'), { metadata: { labels: { app: 'x' } } }),
  mergePatch(at(kind, 'a'), { metadata: { labels: { app: null } } }),
  remove(at(kind, 'b'), { gracePeriodSeconds: 0 }),
];

const watched = (kind: Kind, query: Step['query'], accept: string): Step =>
  read(pathOf(kind), { watch: 1, timeoutSeconds: 1, ...query }, { accept });

const looks = (kind: Kind): Step['query'][] => [
  { resourceVersion: `<<firstRv ${kind.kind}/a>>`, labelSelector: 'app=x' },
  { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true },
];

const seen = (kind: Kind, accept: string): Case => ({
  name: `${kind.kind} as ${accept}`,
  steps: [...history(kind), ...looks(kind).map((query) => watched(kind, query, accept))],
});

const whole: Case[] = [
  ...[configMap, widget].flatMap((kind) => forms.map((accept) => seen(kind, accept))),
  ...[secret, pod, service, deployment].flatMap((kind) => forms.slice(0, 3).map((accept) => seen(kind, accept))),
];

const wrong: Step['query'][] = [
  { timeoutSeconds: 'x' },
  { timeoutSeconds: '1.5' },
  { timeoutSeconds: '0x1' },
  { timeoutSeconds: ' 1' },
  { timeoutSeconds: '9223372036854775808' },
  { limit: 1 },
  { limit: 'x' },
  { limit: -1 },
  { continue: 'x' },
  { continue: 'x', resourceVersionMatch: 'NotOlderThan', sendInitialEvents: true },
  { allowWatchBookmarks: 'x' },
  { allowWatchBookmarks: '' },
  { sendInitialEvents: true },
  { sendInitialEvents: true, resourceVersionMatch: 'Exact' },
  { sendInitialEvents: false, resourceVersionMatch: 'Exact' },
  { sendInitialEvents: 'x', resourceVersionMatch: 'NotOlderThan' },
  { resourceVersionMatch: 'NotOlderThan', resourceVersion: '<<rv ConfigMap/a>>' },
  { resourceVersion: -1 },
  { resourceVersion: '1e3' },
  { includeObject: 'x' },
  { includeObject: 'None' },
  { pretty: true },
  { pretty: 'x' },
  { timeout: '1s' },
  { timeout: 'x' },
  { shardSelector: 'x' },
];

const wrongCases: Case[] = [configMap, widget].flatMap((kind) =>
  ['application/json', kind === configMap ? protobuf : `application/json;${as('Table')}`].flatMap((accept) =>
    wrong.map((query) => ({
      name: `${kind.kind} with ${JSON.stringify(query)} as ${accept}`,
      steps: [create(kind, 'a'), create(configMap, 'a'), watched(kind, query, accept)],
    })),
  ),
);

/** Most of each is waiting for the end of a second. */
export const watchFormGroups: Readonly<Record<string, Case[]>> = {
  'watches in every form': whole,
  'watches that are asked for oddly': wrongCases,
};
