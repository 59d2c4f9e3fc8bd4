/** Random deletions of objects that are held and released: every option, right and wrong, in the body and in the query. */

import fc from 'fast-check';
import {
  type Body,
  configMap,
  deployment,
  type Kind,
  namespace,
  pod,
  secret,
  serviceAccount,
  widget,
} from './objects.ts';
import { at, mergePatch, read } from './requests.ts';
import { create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const names = pick('a', 'b');

const finalizers = pick<string[] | null>(
  null,
  ['example.com/hold'],
  ['example.com/hold', 'example.com/other'],
  ['foregroundDeletion'],
  ['orphan'],
  ['orphan', 'example.com/hold'],
  [],
);

function bodies(kind: Kind): fc.Arbitrary<Body> {
  const preconditions = pick<unknown>(
    { uid: `<<uid ${kind.kind}/a>>` },
    { resourceVersion: `<<rv ${kind.kind}/a>>` },
    { uid: `<<uid ${kind.kind}/b>>`, resourceVersion: '1' },
    { uid: '' },
    { uid: null },
    { resourceVersion: '' },
    {},
    'x',
  );
  return fc.record(
    {
      propagationPolicy: pick<unknown>('Background', 'Foreground', 'Orphan', 'background', '', null, 5),
      orphanDependents: pick<unknown>(true, false, null, 'true'),
      gracePeriodSeconds: pick<unknown>(0, 0, 1, 30, -1, null, '5', 1.5),
      preconditions,
      dryRun: pick<unknown>(['All'], [], null, ['None'], ['All', 'All'], 'All'),
      kind: pick<unknown>('DeleteOptions', '', 'Pod', 'Nonsense'),
      apiVersion: pick<unknown>('v1', 'meta.k8s.io/v1', 'apps/v1', 'policy/v1', '', 'v9', 'a/b/c'),
      ignoreStoreReadErrorWithClusterBreakingPotential: pick<unknown>(true, false),
      nonsense: fc.constant(1),
    },
    { requiredKeys: [] },
  );
}

/** Most have one thing or two. */
const few = (body: Body, keep: number): Body => Object.fromEntries(Object.entries(body).slice(-keep));

const queries = fc
  .record(
    {
      propagationPolicy: pick('Background', 'Foreground', 'Orphan', 'background', ''),
      orphanDependents: pick('true', 'false', '1', '0', 'x', ''),
      gracePeriodSeconds: pick('0', '1', '30', '-1', 'x', '', '1.5'),
      dryRun: pick('All', 'None', ''),
      'preconditions.uid': fc.constant('x'),
      ignoreStoreReadErrorWithClusterBreakingPotential: pick('true', 'false', 'x'),
    },
    { requiredKeys: [] },
  )
  .chain((query) => fc.nat({ max: 2 }).map((keep) => few(query, keep + 1) as Record<string, string>));

function options(kind: Kind): fc.Arbitrary<Partial<Step>> {
  const inBody = fc
    .tuple(bodies(kind), fc.nat({ max: 2 }))
    .map(([body, keep]): Partial<Step> => ({ body: few(body, keep + 1) }));
  const odd = pick<Partial<Step>>(
    { raw: '' },
    { raw: '{}' },
    { raw: 'null' },
    { raw: '[]' },
    { raw: 'x' },
    { raw: '{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Orphan","propagationPolicy":"Background"}' },
    { raw: 'kind: DeleteOptions\napiVersion: v1\npropagationPolicy: Orphan\n', contentType: 'application/yaml' },
    { raw: '{"propagationPolicy":"Orphan"}', contentType: 'text/plain' },
    { raw: '{}', contentType: 'application/merge-patch+json' },
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 5, arbitrary: inBody },
    { weight: 3, arbitrary: queries.map((query) => ({ query })) },
    { weight: 1, arbitrary: fc.tuple(inBody, queries).map(([body, query]) => ({ ...body, query })) },
    { weight: 1, arbitrary: odd },
  );
}

/** Namespaces are held by their own finalizer until their controller, which does not run here, has emptied them. */
function stepsOn(kind: Kind): fc.Arbitrary<Step> {
  const creations = fc
    .tuple(names, finalizers, pick<Body>({}, ...(kind === pod ? graces : [])))
    .map(([name, own, more]) => create(kind, name, { metadata: own ? { finalizers: own } : {}, ...more }));
  const deletions = fc
    .tuple(names, options(kind))
    .map(([name, how]): Step => ({ method: 'DELETE', path: at(kind, name), ...how }));
  const releases = fc
    .tuple(names, finalizers)
    .map(([name, own]) => mergePatch(at(kind, name), { metadata: { finalizers: own } }));
  const changes = fc
    .tuple(
      names,
      pick<Body>(
        { metadata: { labels: { app: 'x' } } },
        { metadata: { deletionTimestamp: null } },
        { metadata: { deletionGracePeriodSeconds: 3 } },
      ),
    )
    .map(([name, body]) => mergePatch(at(kind, name), body));
  const clearings = fc
    .tuple(
      options(kind),
      pick<Record<string, string>>(
        {},
        { labelSelector: 'app=x' },
        { fieldSelector: 'metadata.name=a' },
        { limit: '1' },
        { labelSelector: 'a in b' },
        { fieldSelector: 'x=y' },
      ),
    )
    .map(([how, query]): Step => ({ method: 'DELETE', path: pathOf(kind), ...how, query: { ...how.query, ...query } }));
  const isCleared = kind.namespaced;
  return fc.oneof(
    { weight: 4, arbitrary: creations },
    { weight: 6, arbitrary: deletions },
    { weight: 3, arbitrary: releases },
    { weight: 2, arbitrary: changes },
    { weight: 1, arbitrary: names.map((name) => read(at(kind, name))) },
    ...(isCleared ? [{ weight: 2, arbitrary: clearings }] : []),
  );
}

const graces: Body[] = [
  { spec: { containers: [{ name: 'app', image: 'i:1' }], nodeName: 'n' } },
  { spec: { containers: [{ name: 'app', image: 'i:1' }], nodeName: 'n', terminationGracePeriodSeconds: 5 } },
  { spec: { containers: [{ name: 'app', image: 'i:1' }], nodeName: 'n', terminationGracePeriodSeconds: 0 } },
];

/** All that happened, told from the beginning. */
function closing(kind: Kind): Step[] {
  if (!kind.namespaced) return [];
  return [
    read(pathOf(kind)),
    create(kind, 'end', { metadata: { labels: { end: 'all' } } }),
    read(pathOf(kind), { watch: 'true', resourceVersion: '<<start>>' }, { isWatch: true, endsAt: 'all' }),
  ];
}

function sequencesOf(kind: Kind): fc.Arbitrary<Step[]> {
  return fc
    .array(stepsOn(kind), { minLength: 4, maxLength: 12 })
    .map((steps) => [create(kind, 'a'), ...steps, ...closing(kind)]);
}

export const deletionSequences: fc.Arbitrary<Step[]> = fc.oneof(
  ...[configMap, pod, pod, widget, secret, deployment, serviceAccount, namespace].map(sequencesOf),
);
