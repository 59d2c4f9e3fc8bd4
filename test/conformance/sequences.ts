/** Random sequences of requests on a few objects of one kind in a namespace of their own. */

import fc from 'fast-check';
import { type Body, type Kind, objectOf } from './objects.ts';
import { oddPatches } from './odd-writes.ts';
import { contentTypes, create, merged, nameIn, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const names = pick('a', 'b');

/** Merge patches of metadata, right and wrong. */
const metadataEdits: Body[] = [
  { labels: { app: 'x' } },
  { labels: { app: 'y', tier: 'web' } },
  { labels: { app: null } },
  { labels: { app: 'no good!' } },
  { annotations: { note: '1' } },
  { annotations: { note: '2', other: 'z' } },
  { annotations: null },
  { finalizers: ['example.com/hold'] },
  { finalizers: ['example.com/other', 'example.com/hold'] },
  { finalizers: [] },
  { finalizers: null },
  {
    ownerReferences: [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '11111111-0000-0000-0000-000000000000' },
    ],
  },
  { ownerReferences: null },
  { resourceVersion: '1' },
  { generation: 9 },
  { name: 'other' },
  { nonsense: true },
];

function editOf(kind: Kind): fc.Arbitrary<Body> {
  const metadata = pick(...metadataEdits).map((edit): Body => ({ metadata: edit }));
  const own = kind.edits.length > 0 ? pick(...kind.edits) : metadata;
  return fc.oneof(
    { weight: 3, arbitrary: own },
    { weight: 2, arbitrary: metadata },
    { weight: 1, arbitrary: fc.tuple(own, metadata).map(([one, other]) => ({ ...one, ...other })) },
  );
}

const writeQuery = fc
  .record(
    {
      fieldManager: pick('one', 'two'),
      fieldValidation: pick('Strict', 'Warn', 'Ignore'),
      dryRun: fc.constant('All'),
    },
    { requiredKeys: [] },
  )
  .map((query) =>
    query.dryRun && Math.abs(JSON.stringify(query).length % 3) > 0 ? { ...query, dryRun: undefined } : query,
  );

function creations(kind: Kind): fc.Arbitrary<Step> {
  return fc
    .tuple(names, fc.option(editOf(kind), { nil: {} }), writeQuery)
    .map(([name, edit, query]) => ({ ...create(kind, name, edit), query }));
}

function updates(kind: Kind): fc.Arbitrary<Step> {
  const versions = pick<Body>({}, {}, { resourceVersion: null }, { resourceVersion: `<<firstRv ${kind.kind}/a>>` });
  return fc.tuple(names, editOf(kind), versions, writeQuery).map(([name, edit, version, query]) => ({
    method: 'PUT',
    path: `${pathOf(kind)}/${nameIn(kind, name)}`,
    live: {
      key: `${kind.kind}/${name}`,
      otherwise: objectOf(kind, nameIn(kind, name)),
      patch: { ...edit, metadata: { ...(edit['metadata'] as Body | undefined), ...version } },
    },
    query,
  }));
}

function patches(kind: Kind): fc.Arbitrary<Step> {
  return fc
    .tuple(names, editOf(kind), pick('merge', 'merge', 'strategic'), writeQuery)
    .map(([name, body, type, query]) => ({
      method: 'PATCH',
      path: `${pathOf(kind)}/${nameIn(kind, name)}`,
      contentType: contentTypes[type as 'merge'],
      body,
      query,
    }));
}

const jsonOperations = pick<unknown>(
  { op: 'add', path: '/metadata/labels', value: { j: '1' } },
  { op: 'add', path: '/metadata/labels/k', value: '2' },
  { op: 'remove', path: '/metadata/labels/app' },
  { op: 'replace', path: '/metadata/annotations', value: { note: 'j' } },
  { op: 'test', path: '/metadata/labels/app', value: 'x' },
  { op: 'remove', path: '/metadata/finalizers/0' },
  { op: 'add', path: '/metadata/finalizers', value: ['example.com/json'] },
);

function jsonPatches(kind: Kind): fc.Arbitrary<Step> {
  return fc
    .tuple(names, fc.array(jsonOperations, { minLength: 1, maxLength: 2 }), writeQuery)
    .map(([name, body, query]) => ({
      method: 'PATCH',
      path: `${pathOf(kind)}/${nameIn(kind, name)}`,
      contentType: contentTypes.json,
      body,
      query,
    }));
}

/**
 * What comes first where a configuration has another name and conflicts too is not worth a rule. What is empty in the metadata of a custom resource that is
 * applied stays in upstream's store, and nobody sees it.
 */
const isComparable = ({ metadata, spec }: { metadata?: Body; spec?: Body }): boolean =>
  metadata?.['name'] === undefined &&
  (metadata?.['finalizers'] as unknown[] | undefined)?.length !== 0 &&
  spec?.['list'] === undefined;

function applies(kind: Kind): fc.Arbitrary<Step> {
  const managers = pick('one', 'two', 'three');
  return fc
    .tuple(names, editOf(kind).filter(isComparable), managers, pick(true, false, undefined), fc.boolean())
    .map(([name, edit, fieldManager, force, isWhole]) => {
      const { base: _, ...bare } = kind;
      const object = isWhole ? objectOf(kind, nameIn(kind, name)) : objectOf({ ...bare, base: {} }, nameIn(kind, name));
      return {
        method: 'PATCH',
        path: `${pathOf(kind)}/${nameIn(kind, name)}`,
        contentType: contentTypes.apply,
        body: merged(object, edit),
        query: { fieldManager, force },
      };
    });
}

function statusWrites(kind: Kind): fc.Arbitrary<Step>[] {
  if (!kind.statusEdits) return [];
  const edit = fc.oneof(
    { weight: 4, arbitrary: pick(...kind.statusEdits) },
    { weight: 1, arbitrary: pick(...metadataEdits).map((metadata): Body => ({ metadata })) },
  );
  const ways = pick('put', 'merge', 'apply');
  return [
    fc.tuple(names, edit, ways).map(([name, body, way]): Step => {
      const path = `${pathOf(kind)}/${nameIn(kind, name)}/status`;
      if (way === 'put')
        return {
          method: 'PUT',
          path,
          live: { key: `${kind.kind}/${name}`, patch: body, otherwise: objectOf(kind, nameIn(kind, name)) },
        };
      if (way === 'merge') return { method: 'PATCH', path, contentType: contentTypes.merge, body };
      const metadata = { name: nameIn(kind, name), ...(body['metadata'] as Body | undefined) };
      const applied = { apiVersion: kind.apiVersion, kind: kind.kind, ...body, metadata };
      const query = { fieldManager: 'status', force: true };
      return { method: 'PATCH', path, contentType: contentTypes.apply, body: applied, query };
    }),
  ];
}

function scales(kind: Kind): fc.Arbitrary<Step>[] {
  if (!kind.hasScale) return [];
  return [
    fc.tuple(names, pick(0, 3, -1)).map(
      ([name, replicas]): Step => ({
        method: 'PATCH',
        path: `${pathOf(kind)}/${nameIn(kind, name)}/scale`,
        contentType: contentTypes.merge,
        body: { spec: { replicas } },
      }),
    ),
  ];
}

function deletions(kind: Kind): fc.Arbitrary<Step> {
  const options = fc.record(
    {
      propagationPolicy: pick('Background', 'Foreground', 'Orphan'),
      gracePeriodSeconds: pick(0, 5),
      preconditions: pick<unknown>({ uid: `<<uid ${kind.kind}/a>>` }, { resourceVersion: `<<rv ${kind.kind}/a>>` }),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(names, fc.option(options, { nil: undefined })).map(([name, body]) => ({
    method: 'DELETE',
    path: `${pathOf(kind)}/${nameIn(kind, name)}`,
    ...(body ? { body: { kind: 'DeleteOptions', apiVersion: 'v1', ...body } } : {}),
  }));
}

const selectors = pick(undefined, 'app=x', 'app!=x', 'app in (x,y),tier', '!app');
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const partial = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

function reads(kind: Kind): fc.Arbitrary<Step>[] {
  const get = names.map((name): Step => ({ method: 'GET', path: `${pathOf(kind)}/${nameIn(kind, name)}` }));
  if (!kind.namespaced) return [get];
  const accepts = pick(undefined, undefined, table, partial);
  const list = fc
    .tuple(selectors, pick(undefined, undefined, 1), pick(undefined, ...(kind.fieldSelectors ?? [])), accepts)
    .map(
      ([labelSelector, limit, fieldSelector, accept]): Step => ({
        method: 'GET',
        path: pathOf(kind),
        query: { labelSelector, limit, fieldSelector },
        ...(accept ? { accept } : {}),
      }),
    );
  const removeAll = selectors.map(
    (labelSelector): Step => ({ method: 'DELETE', path: pathOf(kind), query: { labelSelector } }),
  );
  return [get, list, list, ...(kind.resource === 'services' ? [] : [removeAll])];
}

function stepsOn(kind: Kind): fc.Arbitrary<Step> {
  return fc.oneof(
    creations(kind),
    updates(kind),
    patches(kind),
    patches(kind),
    jsonPatches(kind),
    applies(kind),
    applies(kind),
    deletions(kind),
    ...statusWrites(kind),
    ...scales(kind),
    ...reads(kind),
    fc.oneof(...oddPatches(kind)),
    fc.oneof(...oddPatches(kind)),
  );
}

/** A sequence begins with an object and ends with a look at everything, also at the events since the first write. */
export function sequencesOn(kind: Kind): fc.Arbitrary<Step[]> {
  return fc
    .tuple(creations(kind), fc.array(stepsOn(kind), { minLength: 3, maxLength: 12 }))
    .map(([first, steps]) => [
      { ...first, query: { fieldManager: 'one' } },
      ...steps,
      ...(kind.namespaced ? closing(kind) : []),
    ]);
}

/** The last object's label ends the watch. */
function closing(kind: Kind): Step[] {
  const path = pathOf(kind);
  return [
    { method: 'GET', path },
    create(kind, 'end', { metadata: { labels: { end: 'all' } } }),
    { method: 'GET', path, query: { watch: 1, resourceVersion: '<<start>>' }, isWatch: true, endsAt: 'all' },
  ];
}
