/** A CustomResourceDefinition that is changed and deleted while there are objects of it. */

import fc from 'fast-check';
import type { Body } from './objects.ts';
import { mergePatch, post, read, remove } from './requests.ts';
import { definitionPath, definitions, things } from './settle-definition.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const text = { type: 'string' };
const schemas = pick<Body>(
  { spec: { type: 'object', properties: { size: { type: 'integer' }, name: text } } },
  { spec: { type: 'object', properties: { size: { type: 'integer', default: 3, maximum: 5 } } } },
  { spec: { type: 'object', required: ['size'], properties: { size: { type: 'integer' } } } },
  { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  {
    spec: { type: 'object', properties: { size: text } },
    status: { type: 'object', properties: { on: { type: 'boolean' } } },
  },
  { spec: { type: 'object', properties: { list: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' } } } },
  {
    spec: {
      type: 'object',
      properties: { size: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: '!has(self.size) || self.size < 10', message: 'too big' }],
    },
  },
  { spec: { type: 'nonsense' } },
  { spec: { properties: {} } },
  { spec: { type: 'object', properties: { size: { type: 'integer', default: 'x' } } } },
);

const subresources = pick<unknown>(
  undefined,
  { status: {} },
  { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.on' } },
  { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
);

function version(name: string): fc.Arbitrary<Body> {
  return fc
    .record({
      properties: schemas,
      served: pick(true, true, true, false),
      subresources,
      selectable: pick(true, false, false),
    })
    .map(({ properties, served, subresources: own, selectable }) => ({
      name,
      served,
      storage: false,
      schema: { openAPIV3Schema: { type: 'object', properties } },
      ...(own === undefined ? {} : { subresources: own }),
      ...(selectable ? { selectableFields: [{ jsonPath: '.spec.size' }] } : {}),
    }));
}

/** One version is stored; the last column of each names the edition, by which a change that has taken effect is known. */
const versions: fc.Arbitrary<Body[]> = fc
  .tuple(version('v1'), version('v2'), pick('v1', 'v1', 'v1 v2', 'v2'), pick(0, 0, 1), fc.nat())
  .map(([one, two, listed, stored, mark]) => {
    const all = [one, two].filter(({ name }) => listed.includes(String(name)));
    return all.map((own, index) => ({
      ...own,
      storage: index === Math.min(stored, all.length - 1),
      additionalPrinterColumns: [
        ...(mark % 2 ? [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }] : []),
        { name: `edition-${mark}`, type: 'string', jsonPath: '.metadata.name' },
      ],
    }));
  });

const base = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.<<namespace>>.example.com' },
};
const spec = {
  group: '<<namespace>>.example.com',
  scope: 'Namespaced',
  names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
};
const creation = versions.map((own) =>
  post(definitions, { ...base, spec: { ...spec, versions: own } }, { settles: 'definition' }),
);

const changes: fc.Arbitrary<Step> = fc
  .oneof(
    { weight: 6, arbitrary: versions.map((own): Body => ({ spec: { versions: own } })) },
    {
      weight: 2,
      arbitrary: pick<Body>(
        { spec: { names: { shortNames: ['th'] } } },
        { spec: { names: { categories: ['all'] } } },
        { spec: { names: { plural: 'thingies' } } },
        { spec: { scope: 'Cluster' } },
        { spec: { group: 'other.example.com' } },
        { spec: { versions: [] } },
        { spec: { preserveUnknownFields: true } },
        { spec: { conversion: { strategy: 'Webhook' } } },
        { metadata: { annotations: { note: 'x' } } },
        { metadata: { labels: { app: 'no good!' } } },
      ),
    },
  )
  .map((body) => mergePatch(definitionPath, body, { settles: 'definition' }));

const deletion: Step = { ...remove(definitionPath), settles: 'definition' };

const inVersion = pick('v1', 'v1', 'v2');
const names = pick('a', 'b');
const specs = pick<Body>(
  {},
  { spec: {} },
  { spec: { size: 2 } },
  { spec: { size: 7, other: 'x' } },
  { spec: { size: 'x' } },
  { spec: { size: 20 } },
  { spec: { list: ['a', 'a'] } },
);

const objects: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(inVersion, names, specs, pick(undefined, 'Strict'))
      .map(([own, name, body, fieldValidation]) =>
        post(
          things(own),
          { apiVersion: `<<namespace>>.example.com/${own}`, kind: 'Thing', metadata: { name }, ...body },
          { query: { fieldValidation } },
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(inVersion, names, specs).map(([own, name, body]) => mergePatch(`${things(own)}/${name}`, body)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(inVersion, names, specs)
      .map(([own, name, body]) => mergePatch(`${things(own)}/${name}/status`, { status: { on: true }, ...body })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(inVersion, names)
      .map(([own, name]) => mergePatch(`${things(own)}/${name}/scale`, { spec: { replicas: 4 } })),
  },
  { weight: 1, arbitrary: fc.tuple(inVersion, names).map(([own, name]) => remove(`${things(own)}/${name}`)) },
  {
    weight: 1,
    arbitrary: fc.tuple(inVersion, names, specs).map(
      ([own, name, body]): Step => ({
        method: 'PATCH',
        path: `${things(own)}/${name}`,
        contentType: 'application/apply-patch+yaml',
        query: { fieldManager: 'm', force: true },
        body: { apiVersion: `<<namespace>>.example.com/${own}`, kind: 'Thing', metadata: { name }, ...body },
      }),
    ),
  },
);

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const looks: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(inVersion, pick(undefined, table), pick(undefined, undefined, 'spec.size=2'))
    .map(([own, accept, fieldSelector]) => read(things(own), { fieldSelector }, accept ? { accept } : {})),
  fc.tuple(inVersion, names).map(([own, name]) => read(`${things(own)}/${name}`)),
  pick(
    read('/apis/<<namespace>>.example.com'),
    read('/apis/<<namespace>>.example.com/v1'),
    read('/apis/<<namespace>>.example.com/v2'),
    read(definitionPath),
    read(`${definitionPath}/status`),
  ),
);

export const definitionSequences: fc.Arbitrary<Step[]> = fc
  .tuple(
    creation,
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: changes },
        { weight: 6, arbitrary: objects },
        { weight: 4, arbitrary: looks },
        { weight: 1, arbitrary: fc.constant(deletion) },
        { weight: 1, arbitrary: creation },
      ),
      { minLength: 6, maxLength: 14 },
    ),
  )
  .map(([first, rest]) => [first, ...rest, deletion, read(things('v1'))]);
