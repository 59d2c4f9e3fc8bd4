/** What JSON schema has and definitions have not, and parts of definitions that are lists of names: right and wrong. */

import type { Case } from './single-changes.ts';
import { merged } from './single-changes.ts';
import type { Step } from './step.ts';

type Fields = Record<string, unknown>;

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const NAME = 'parts.<<namespace>>.example.com';

const definition = (schema: Fields, spec: Fields = {}): Fields => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: NAME },
  spec: merged(
    {
      group: '<<namespace>>.example.com',
      scope: 'Namespaced',
      names: { plural: 'parts', kind: 'Part' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
    spec,
  ),
});
const asked = (body: Fields): Step => ({ method: 'POST', path, query: { dryRun: 'All' }, body });
const field = (more: Fields): Fields => ({ type: 'object', properties: { a: { type: 'string', ...more } } });
const list = (more: Fields): Fields => field({ type: 'array', items: { type: 'string' }, ...more });

const fields: Fields[] = [
  ...['id', '$schema', '$ref'].map((name) => field({ [name]: 'x' })),
  ...['additionalItems', 'definitions', 'patternProperties'].map((name) => field({ [name]: { x: {} } })),
  field({ dependencies: { x: ['y'] } }),
  field({ $ref: '' }),
  field({ not: { $schema: 'x' } }),
  field({ anyOf: [{ $ref: 'x', type: 'x', pattern: '(' }] }),
  field({ allOf: [{ uniqueItems: true, 'x-kubernetes-list-type': 'x' }] }),
  field({ oneOf: [{ 'x-kubernetes-map-type': 'x' }] }),
  field({ 'x-kubernetes-preserve-unknown-fields': false }),
  field({ 'x-kubernetes-map-type': 'odd' }),
  field({ type: 'object', additionalProperties: false }),
  field({ type: 'object', additionalProperties: 5 }),
  field({ type: 'object', additionalProperties: { type: 'string', nonsense: 1 } }),
  field({ type: 'object', additionalProperties: { type: 'string', format: 5 } }),
  field({ type: 'object', additionalProperties: { properties: { b: { items: { maxLength: 'x' } } } } }),
  field({ items: { allOf: 5 } }),
  field({ items: { allOf: [{ items: { pattern: 5 } }] } }),
  field({ items: [{ type: 'string' }, 5] }),
  field({ items: [{ type: 5 }] }),
  field({ items: 'x' }),
  field({ format: 'odd' }),
  field({ type: 'integer', format: 'date' }),
  field({ format: 'date-time' }),
  field({ type: 'null' }),
  list({ items: [{ type: 'string' }] }),
  list({ items: 'x' }),
  list({ items: { type: 'string', nonsense: 1 } }),
  list({ 'x-kubernetes-list-type': 'odd' }),
  list({ 'x-kubernetes-list-map-keys': ['k'] }),
  list({ 'x-kubernetes-list-type': 'set', 'x-kubernetes-list-map-keys': ['k'] }),
  list({ 'x-kubernetes-list-type': 'set', items: { type: 'object' } }),
  list({ 'x-kubernetes-list-type': 'set', items: { type: 'string', nullable: true } }),
  list({ 'x-kubernetes-list-type': 'map' }),
  list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object' } }),
  list({
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k', 'k', 'l'],
    items: {
      type: 'object',
      required: ['k'],
      properties: { k: { type: 'string', nullable: true }, l: { type: 'object' } },
    },
  }),
  {
    type: 'object',
    properties: { metadata: { type: 'object', properties: { name: { type: 'string', default: 'x' } } } },
  },
  { type: 'object', nullable: true },
];

const version = (more: Fields): Fields => ({
  versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } }, ...more }],
});
const specs: Fields[] = [
  { names: { shortNames: ['', 'A b', 'fine'], categories: ['', 'A b', 'all'] } },
  { conversion: { strategy: 'None', webhook: {} } },
  version({ name: '' }),
  { versions: [] },
];

const rootWithMore = version({
  subresources: { status: {} },
  schema: { openAPIV3Schema: { type: 'object', additionalProperties: { type: 'string' } } },
});
/** Upstream shows the schema as a dump of Go's struct. */
const refusedRoot: Case = {
  name: 'the root of a schema with a status says too much',
  steps: [{ ...asked(definition({ type: 'object' }, rootWithMore)), opaque: true }],
};

export const definitionPartGroups: Readonly<Record<string, Case[]>> = {
  'fields of schemas': fields.map((schema) => ({ name: JSON.stringify(schema), steps: [asked(definition(schema))] })),
  'parts of definitions': [
    ...specs.map((spec) => ({ name: JSON.stringify(spec), steps: [asked(definition({ type: 'object' }, spec))] })),
    refusedRoot,
  ],
};
