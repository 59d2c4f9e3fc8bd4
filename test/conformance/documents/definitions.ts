/** CustomResourceDefinitions with everything that the documents say of one: several versions, parts, scopes, and every sort of schema. */

import type { Body } from '../objects.ts';
import type { Served } from '../served.ts';

const text: Body = { type: 'string' };
const list = (items: Body, more: Body = {}): Body => ({ type: 'array', items, ...more });
const object = (properties: Body, more: Body = {}): Body => ({ type: 'object', properties, ...more });
const open = 'x-kubernetes-preserve-unknown-fields';
const embedded = 'x-kubernetes-embedded-resource';
const either = 'x-kubernetes-int-or-string';
const bothTypes: Body[] = [{ type: 'integer' }, { type: 'string' }];

/** Each field is a sort of its own. */
const fields: Body = {
  chosen: { ...text, enum: ['x', 'y'], default: 'x', minLength: 1, maxLength: 3, pattern: '^.$' },
  counted: { type: 'integer', format: 'int64', minimum: 1, maximum: 9, exclusiveMinimum: true, multipleOf: 2 },
  zero: { type: 'integer', minimum: 0, exclusiveMaximum: false, nullable: false, default: 0 },
  maybe: { type: 'number', format: 'double', nullable: true },
  maybeOf: { ...text, nullable: true, enum: ['a', null] },
  someMaybe: list({ ...text, nullable: true }, { minItems: 1, maxItems: 3 }),
  numbers: { type: 'object', additionalProperties: { type: 'integer' } },
  anything: { type: 'object', additionalProperties: true },
  nested: { type: 'object', additionalProperties: object({ z: { ...text, default: 'q' } }) },
  maybeNested: { type: 'object', required: ['a'], additionalProperties: { ...text, nullable: true } },
  either: { [either]: true },
  eitherSaid: { [either]: true, anyOf: bothTypes, pattern: '^a' },
  eitherOfAll: { [either]: true, allOf: [{ anyOf: bothTypes }, { pattern: 'a' }] },
  eitherOfOthers: { [either]: true, anyOf: [{ pattern: 'a' }, { pattern: 'b' }] },
  open: { [open]: true },
  openObject: object({ known: text }, { [open]: true }),
  openItems: list({ type: 'object', [open]: true }),
  whole: { type: 'object', [embedded]: true, [open]: true },
  wholeKnown: object({ spec: object({ q: text }) }, { [embedded]: true, required: ['spec'] }),
  combined: object(
    { o: text, p: text, q: { type: 'integer' } },
    {
      oneOf: [{ required: ['o'] }, { required: ['p'] }],
      allOf: [{ properties: { q: { minimum: 2 } } }],
      not: { required: ['q'] },
    },
  ),
  maybeObject: object({ x: text }, { nullable: true, required: ['x'], default: { x: '1' } }),
  maybeList: list(text, { nullable: true, 'x-kubernetes-list-type': 'set', default: ['a'] }),
  maybeItems: list(object({ s: list(object({ u: text })) }, { nullable: true })),
  told: object(
    { w: { type: 'boolean', default: false } },
    { title: 'Told', example: { a: 1 }, externalDocs: { url: 'https://example.com' } },
  ),
  ruled: object(
    { w: text },
    {
      'x-kubernetes-map-type': 'atomic',
      'x-kubernetes-validations': [{ rule: 'self.w != ""', message: 'm', fieldPath: '.w' }],
    },
  ),
  keyed: list(object({ name: text }, { required: ['name'] }), {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  }),
  empty: object({}, { required: [], title: '' }),
};

const version = (name: string, properties: Body, more: Body = {}): Body => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: { type: 'object', properties, ...(more['root'] as Body | undefined) } },
  ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'root')),
});

const definition = (group: string, names: Body, versions: Body[], scope = 'Namespaced'): Body => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${String(names['plural'])}.${group}` },
  spec: { group, scope, names, versions },
});

const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };

/** Two kinds in one group, one of them in several versions under a list of another name. */
const planet = definition(
  'many.example.com',
  { kind: 'Planet', plural: 'planets' },
  [
    version(
      'v1',
      {
        apiVersion: { ...text, description: 'its own text' },
        metadata: object({ name: { ...text, maxLength: 10 } }),
        spec: object(fields, { required: ['chosen', 'maybe'], minProperties: 1, maxProperties: 30 }),
        status: { type: 'object', [open]: true },
      },
      { storage: true, subresources: { status: {} }, root: { required: ['spec'], description: 'A planet.' } },
    ),
  ],
  'Cluster',
);

const gear = definition(
  'many.example.com',
  { kind: 'Gear', plural: 'gears', listKind: 'GearBox', shortNames: ['gr'], categories: ['all', 'machines'] },
  [
    version('v1', { spec: object({ teeth: { type: 'integer', format: 'int32' } }) }, { storage: true }),
    version('v1beta1', { spec: object({ old: text }) }, { deprecated: true }),
    version(
      'v2alpha1',
      { spec: object({ replicas: { type: 'integer' }, mode: text }) },
      { subresources: { status: {}, scale }, selectableFields: [{ jsonPath: '.spec.mode' }] },
    ),
    version('v3', {}, { served: false }),
  ],
);

/** Nothing is known of it, and its group is no identifier. */
const anyThing = definition('x-y.k8s.example', { kind: 'HTTPThing', plural: 'httpthings' }, [
  version('v1alpha1', {}, { storage: true, root: { [open]: true } }),
  version('v1', {}),
]);

export const documentedDefinitions: readonly Served[] = [
  [planet, 'many.example.com/v1/planets'],
  [gear, 'many.example.com/v2alpha1/namespaces/default/gears'],
  [anyThing, 'x-y.k8s.example/v1alpha1/namespaces/default/httpthings'],
];
