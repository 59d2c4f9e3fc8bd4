/** Random changes of a few objects, seen through watches that begin somewhere among them, each with a selector of its own. */

import fc from 'fast-check';
import { type Body, configMap, deployment, type Kind, objectOf, pod, secret, service, widget } from './objects.ts';
import { at, mergePatch, read, remove } from './requests.ts';
import { create, nameIn, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const names = pick('a', 'b', 'c');

/** What a watch selects, and a change that makes an object of it. */
interface Choice {
  readonly query: Record<string, string>;
  readonly matching: Body;
  /** The one object it can see. */
  readonly only?: string;
}

const everything: Choice = { query: {}, matching: {} };
const byLabels: Choice[] = [
  everything,
  everything,
  { query: { labelSelector: 'app=x' }, matching: { metadata: { labels: { app: 'x' } } } },
  { query: { labelSelector: 'app!=x' }, matching: {} },
  { query: { labelSelector: 'app in (x,y),tier' }, matching: { metadata: { labels: { app: 'y', tier: 'z' } } } },
  { query: { labelSelector: '!app' }, matching: {} },
  { query: { labelSelector: 'tier notin (web),app' }, matching: { metadata: { labels: { app: 'x' } } } },
  { query: { fieldSelector: 'metadata.name=a' }, matching: {}, only: 'a' },
  { query: { fieldSelector: 'metadata.name!=a' }, matching: {} },
  {
    query: { fieldSelector: 'metadata.name=b', labelSelector: 'app=x' },
    matching: { metadata: { labels: { app: 'x' } } },
    only: 'b',
  },
];

/** A kind, its own selectors, and changes that make objects come into them and go. */
interface Watched {
  readonly kind: Kind;
  readonly choices: readonly Choice[];
  readonly changes: readonly Body[];
  /** Changes of the status. */
  readonly states: readonly Body[];
}

const watched: readonly Watched[] = [
  { kind: configMap, choices: byLabels, changes: [{ data: { a: '2' } }, { data: null }], states: [] },
  {
    kind: secret,
    choices: [
      ...byLabels,
      { query: { fieldSelector: 'type=example.com/own' }, matching: { type: 'example.com/own' } },
      { query: { fieldSelector: 'type!=Opaque' }, matching: { type: 'example.com/own' } },
    ],
    changes: [{ stringData: { a: '2' } }],
    states: [],
  },
  {
    kind: widget,
    choices: [...byLabels, { query: { fieldSelector: 'spec.mode=fast' }, matching: { spec: { mode: 'fast' } } }],
    changes: [{ spec: { mode: 'fast' } }, { spec: { mode: 'slow' } }, { spec: { size: 7 } }],
    states: [{ status: { ready: true } }],
  },
  {
    kind: pod,
    choices: [
      ...byLabels,
      { query: { fieldSelector: 'spec.nodeName=n' }, matching: { spec: { nodeName: 'n' } } },
      { query: { fieldSelector: 'spec.nodeName=' }, matching: {} },
      { query: { fieldSelector: 'status.phase=Pending' }, matching: {} },
      { query: { fieldSelector: 'status.phase!=Running,spec.nodeName!=n' }, matching: {} },
    ],
    changes: [{ spec: { activeDeadlineSeconds: 100 } }],
    states: [{ status: { phase: 'Running' } }, { status: { phase: 'Pending' } }, { status: { phase: 'Failed' } }],
  },
  {
    kind: deployment,
    choices: byLabels,
    changes: [{ spec: { replicas: 3 } }, { spec: { paused: true } }],
    states: [{ status: { replicas: 2, readyReplicas: 1 } }, { status: { observedGeneration: 1 } }],
  },
  {
    kind: service,
    choices: byLabels,
    changes: [{ spec: { selector: { app: 'x' } } }, { spec: { sessionAffinity: 'ClientIP' } }],
    states: [{ status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } }],
  },
];

const labels: Body[] = [
  { app: 'x' },
  { app: 'y' },
  { app: 'x', tier: 'web' },
  { app: null },
  { tier: null },
  { tier: 'db', app: 'y' },
];
const labelled = pick(...labels).map((one): Body => ({ metadata: { labels: one } }));
const held: Body = { metadata: { finalizers: ['example.com/hold'] } };

function writes({ kind, choices, changes, states }: Watched): fc.Arbitrary<Step> {
  const own = choices.map(({ matching }) => matching);
  const creations = fc
    .tuple(names, pick(...own, held), labelled, pick({}, {}, {}, { dryRun: 'All' }))
    .map(([name, edit, more, query]): Step => ({ ...create(kind, name, joined(withoutNulls(more), edit)), query }));
  const edits = fc.oneof(labelled, labelled, pick<Body>(...changes, held, { metadata: { finalizers: null } }));
  const patches = fc.tuple(names, edits).map(([name, body]) => mergePatch(at(kind, name), body));
  const updates = fc.tuple(names, edits).map(
    ([name, patch]): Step => ({
      method: 'PUT',
      path: at(kind, name),
      live: { key: `${kind.kind}/${name}`, otherwise: objectOf(kind, nameIn(kind, name)), patch },
    }),
  );
  const deletions = fc
    .tuple(names, pick<Body | undefined>(undefined, undefined, { gracePeriodSeconds: 0 }))
    .map(([name, options]) => remove(at(kind, name), options));
  const clearings = pick<Record<string, string>>({ labelSelector: 'app=x' }, { fieldSelector: 'metadata.name=a' }, {});
  return fc.oneof(
    { weight: 4, arbitrary: creations },
    { weight: 5, arbitrary: patches },
    { weight: 2, arbitrary: updates },
    { weight: 3, arbitrary: deletions },
    { weight: 1, arbitrary: clearings.map((query) => remove(pathOf(kind), undefined, query)) },
    ...(states.length === 0
      ? []
      : [
          {
            weight: 3,
            arbitrary: fc
              .tuple(names, pick(...states))
              .map(([name, body]) => mergePatch(`${at(kind, name)}/status`, body)),
          },
        ]),
  );
}

const joined = (one: Body, other: Body): Body => ({
  ...one,
  ...other,
  metadata: { ...(one['metadata'] as Body), ...(other['metadata'] as Body | undefined), labels: labelsOf(one, other) },
});

const labelsOf = (...bodies: Body[]): Body =>
  Object.assign({}, ...bodies.map((body) => (body['metadata'] as { labels?: Body } | undefined)?.labels ?? {}));

function withoutNulls(body: Body): Body {
  const entries = Object.entries(labelsOf(body)).filter(([, value]) => value !== null);
  return { metadata: { labels: Object.fromEntries(entries) } };
}

/** A watch: how it begins, what it selects, how it is shown, and how many writes come before it. */
interface View {
  readonly start: Record<string, string>;
  readonly choice: Choice;
  readonly accept: string | undefined;
  readonly after: number;
  readonly isLive: boolean;
  readonly place: 'here' | 'everywhere' | 'deprecated';
}

const initial = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
const tables = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

function views({ kind, choices }: Watched): fc.Arbitrary<View> {
  const latest = `<<rv ${kind.kind}/a>>`;
  const starts = pick<Record<string, string>>(
    {},
    { resourceVersion: '0' },
    { allowWatchBookmarks: 'true' },
    { allowWatchBookmarks: 'true', resourceVersion: '0' },
    { ...initial, sendInitialEvents: 'false' },
    { resourceVersion: '<<start>>' },
    { resourceVersion: '<<start>>' },
    { resourceVersion: latest },
    { resourceVersion: `<<firstRv ${kind.kind}/b>>` },
    initial,
    { ...initial, resourceVersion: '0' },
    { ...initial, resourceVersion: latest },
    { ...initial, allowWatchBookmarks: 'false' },
    { ...initial, sendInitialEvents: 'false', resourceVersion: latest },
  );
  return fc
    .record({
      start: starts,
      choice: pick(...choices),
      accept: pick(undefined, undefined, undefined, tables, partial),
      after: fc.nat({ max: 8 }),
      isLive: fc.boolean(),
      place: pick<View['place']>('here', 'here', 'here', 'everywhere', 'deprecated'),
    })
    .map((view) => ({ ...view, isLive: view.isLive || beginsNow(view) }));
}

/** It sees nothing of what was before it: no last event, if it is opened after that. */
const beginsNow = ({ start }: Pick<View, 'start'>): boolean =>
  start['sendInitialEvents'] === 'false' && start['resourceVersion'] === undefined;

function watchStep(kind: Kind, { choice, start, accept, place }: View): Step {
  const { labelSelector, ...fields } = choice.query;
  const mark = `conformance=<<namespace>>`;
  const everywhere = { ...fields, labelSelector: labelSelector ? `${mark},${labelSelector}` : mark };
  const path = {
    here: pathOf(kind),
    everywhere: pathOf(kind).replace('/namespaces/<<namespace>>', ''),
    deprecated: pathOf(kind).replace('/namespaces/', '/watch/namespaces/'),
  }[place];
  const query = { watch: 'true', ...(place === 'everywhere' ? everywhere : choice.query), ...start };
  return read(path, query, { isWatch: true, ...(accept ? { accept } : {}) });
}

/** The last event that a watch sees: an object that it selects, with its label. */
function lastEvent(kind: Kind, { choice: { matching, only } }: View, end: string): Step[] {
  const mark: Body = { metadata: { labels: { end, conformance: '<<namespace>>' } } };
  if (only === undefined) return [create(kind, `end-${end}`, joined(matching, mark))];
  return [
    mergePatch(at(kind, only), held),
    mergePatch(at(kind, only), { metadata: { finalizers: null } }),
    remove(at(kind, only), { gracePeriodSeconds: 0 }),
    create(kind, only, joined(matching, mark)),
  ];
}

function arranged({ kind }: Watched, changes: readonly Step[], looks: readonly View[]): Step[] {
  const opened = looks.map((view, index) => ({ view, end: String(index), step: watchStep(kind, view) }));
  const during = Array.from({ length: changes.length + 1 }, (_, index) => [
    ...opened
      .filter(({ view }) => view.isLive && Math.min(view.after, changes.length) === index)
      .flatMap(({ step, end }) => ({ ...step, opens: end })),
    ...changes.slice(index, index + 1),
  ]).flat();
  const after = opened.flatMap(({ view, end, step }) => [
    ...lastEvent(kind, view, end),
    { ...step, ...(view.isLive ? { closes: end } : { endsAt: end }) },
  ]);
  return [...during, ...after];
}

function marked(step: Step): Step {
  if (step.method !== 'POST') return step;
  const body = step.body as Body;
  return {
    ...step,
    body: joined(body, { metadata: { ...(body['metadata'] as Body), labels: { conformance: '<<namespace>>' } } }),
  };
}

/** Upstream shares what it has encoded among watches, so that columns may come more than once to one of several. */
const notAsTable = (view: View): View => (view.accept === tables ? { ...view, accept: partial } : view);

function sequencesOf(one: Watched): fc.Arbitrary<Step[]> {
  return fc
    .tuple(
      fc.array(writes(one).map(marked), { minLength: 3, maxLength: 9 }),
      fc.array(views(one), { minLength: 1, maxLength: 3 }),
    )
    .map(([changes, looks]) => arranged(one, changes, looks.length > 1 ? looks.map(notAsTable) : looks));
}

export const watchSequences: fc.Arbitrary<Step[]> = fc.oneof(...watched.map(sequencesOf));
