/** What the search over sequences has found, each as the shortest sequence that showed it. */

import { configMap, deployment, namespace, pod, secret, service, serviceAccount, widget } from './objects.ts';
import { at, mergePatch, read, remove } from './requests.ts';
import { type Case, create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const rawDelete = (raw: string, query: Step['query'] = {}): Step => ({
  method: 'DELETE',
  path: `${pathOf(configMap)}/a`,
  raw,
  query,
});

const maps = pathOf(configMap);
const made = create(configMap, 'a');

const deletions: Case[] = [
  one('a query beside a body is not read', made, {
    ...remove(at(configMap, 'a'), { gracePeriodSeconds: 0 }, { dryRun: 'All' }),
  }),
  one('a wrong query beside a body', rawDelete('{}', { dryRun: 'None' })),
  one('a wrong query of a deletion of all beside a body', {
    ...rawDelete('{}', { dryRun: 'None' }),
    path: maps,
  }),
  ...[
    'x',
    '[]',
    'null',
    '5',
    'true',
    '{"dryRun":"All"}',
    '{"gracePeriodSeconds":"5"}',
    '{"gracePeriodSeconds":1.5}',
  ].map((text) => one(`the options ${text}`, rawDelete(text))),
  ...[
    '{"preconditions":"x"}',
    '{"kind":"Pod"}',
    '{"kind":5}',
    '{"apiVersion":"a/b/c"}',
    '{"orphanDependents":"x"}',
  ].map((text) => one(`the options ${text}`, rawDelete(text))),
  ...['', 'false', '0', 'x'].map((orphanDependents) =>
    one(
      `orphanDependents ${orphanDependents} in the query`,
      made,
      remove(at(configMap, 'a'), undefined, { orphanDependents }),
    ),
  ),
  one('a bad selector comes before bad options', {
    ...rawDelete('null', { fieldSelector: 'x=y', dryRun: 'None' }),
    path: maps,
  }),
  one('a bad label selector comes before bad options', {
    method: 'DELETE',
    path: maps,
    query: { labelSelector: 'a in b', dryRun: 'None' },
  }),
  one('a page is deleted', made, create(configMap, 'b'), remove(maps, undefined, { limit: 1 }), read(maps)),
  ...[configMap, secret, pod, widget, namespace, deployment].map((kind) =>
    one(
      `the grace period of a ${kind.kind} is not set`,
      create(kind, 'a'),
      mergePatch(at(kind, 'a'), { metadata: { deletionGracePeriodSeconds: 3 } }),
    ),
  ),
  one(
    'new finalizers are told in order',
    create(configMap, 'a', { metadata: { finalizers: ['example.com/hold'] } }),
    remove(at(configMap, 'a')),
    mergePatch(at(configMap, 'a'), { metadata: { finalizers: ['orphan', 'example.com/b'] } }),
  ),
];

const initial = {
  watch: 'true',
  sendInitialEvents: 'true',
  resourceVersionMatch: 'NotOlderThan',
  allowWatchBookmarks: 'true',
};
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const fresh = (path: string): Step => read(path, { labelSelector: 'no=body' });

/** The events until that of an object with the label. */
const events = (path: string, query: Step['query'], more: Partial<Step> = {}): Step =>
  read(path, { watch: 'true', ...query }, { isWatch: true, endsAt: 'x', ...more });
const last = (kind: typeof configMap): Step => create(kind, 'end', { metadata: { labels: { end: 'x' } } });

const watches: Case[] = [
  ...[configMap, secret, pod, service, serviceAccount, widget].flatMap((kind) =>
    [undefined, table, partial].map((accept) =>
      one(
        `the bookmark of an empty beginning, of ${kind.kind} as ${accept ?? 'objects'}`,
        fresh(pathOf(kind)),
        { ...events(pathOf(kind), initial), ...(accept ? { accept } : {}), opens: 'x' },
        last(kind),
        { ...events(pathOf(kind), initial), closes: 'x' },
      ),
    ),
  ),
  one(
    'columns come once, when nothing that was there is selected',
    made,
    fresh(maps),
    { ...events(maps, { labelSelector: 'end', resourceVersion: 0 }), accept: table, opens: 'x' },
    last(configMap),
    { ...events(maps, {}), closes: 'x' },
  ),
  one(
    'a pod that goes at once is seen to be marked',
    create(pod, 'a'),
    remove(at(pod, 'a')),
    last(pod),
    events(pathOf(pod), { resourceVersion: '<<start>>' }),
  ),
  one(
    'pods go one after another',
    create(pod, 'a'),
    create(pod, 'b'),
    remove(pathOf(pod)),
    last(pod),
    events(pathOf(pod), { resourceVersion: '<<start>>' }),
  ),
];

export const lifecycleGroups: Readonly<Record<string, Case[]>> = {
  'deletions do as they are told': deletions,
  'watches tell everything': watches,
};
