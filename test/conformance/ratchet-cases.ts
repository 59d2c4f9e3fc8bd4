/** A custom resource whose schema has become stricter: what it says already may stay, and nothing else. */

import type { Body } from './objects.ts';
import { mergePatch, post, read } from './requests.ts';
import { definitionPath, definitions, things } from './settle-definition.ts';
import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const version = (properties: Body, edition: string, more: Body = {}): Body => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object', properties, ...more } },
  subresources: { status: {} },
  additionalPrinterColumns: [{ name: `edition-${edition}`, type: 'string', jsonPath: '.metadata.name' }],
});

const loose: Body = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const defined = post(
  definitions,
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.<<namespace>>.example.com' },
    spec: {
      group: '<<namespace>>.example.com',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
      versions: [version({ spec: loose, status: loose }, 'loose')],
    },
  },
  { settles: 'definition' },
);

const list = (type: string, more: Body = {}): Body => ({
  type: 'array',
  'x-kubernetes-list-type': type,
  items: {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' }, size: { type: 'integer', maximum: 5 } },
  },
  ...more,
});

const strict: Body = {
  spec: {
    type: 'object',
    required: ['mode'],
    properties: {
      mode: { type: 'string', enum: ['fast', 'slow'] },
      size: { type: 'integer', maximum: 5 },
      text: { type: 'string', maxLength: 3, pattern: '^a' },
      few: { type: 'array', maxItems: 1, items: { type: 'string', maxLength: 1 } },
      set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      map: list('map', { 'x-kubernetes-list-map-keys': ['name'] }),
      plain: list('atomic'),
      more: { type: 'object', additionalProperties: { type: 'integer', maximum: 5 } },
      either: { anyOf: [{ maximum: 3 }, { multipleOf: 7 }], type: 'integer' },
      all: { allOf: [{ maximum: 3 }], type: 'integer' },
      part: {
        type: 'object',
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
        'x-kubernetes-validations': [{ rule: '!has(self.a) || self.a < 10', message: 'a is too big' }],
      },
      grows: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > oldSelf', message: 'it grows' }] },
      ruled: {
        type: 'array',
        'x-kubernetes-list-type': 'atomic',
        maxItems: 5,
        items: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self < 10', message: 'too big' }] },
      },
    },
  },
  status: { type: 'object', properties: { on: { type: 'boolean' }, size: { type: 'integer', maximum: 5 } } },
};

const tightened = mergePatch(
  definitionPath,
  { spec: { versions: [version(strict, 'strict')] } },
  { settles: 'definition' },
);

const thing = `${things('v1')}/a`;
const made = (spec: Body, status?: Body): Step[] => [
  defined,
  post(things('v1'), {
    apiVersion: '<<namespace>>.example.com/v1',
    kind: 'Thing',
    metadata: { name: 'a' },
    spec,
    ...(status ? { status } : {}),
  }),
  ...(status ? [mergePatch(`${thing}/status`, { status })] : []),
  tightened,
];

const everything: Body = {
  mode: 'odd',
  size: 9,
  text: 'bbbb',
  few: ['aa', 'bb'],
  set: ['a', 'a'],
  map: [
    { name: 'a', size: 9 },
    { name: 'c', size: 8 },
  ],
  plain: [{ name: 'a', size: 9 }, { size: 8 }],
  more: { a: 9, b: 8 },
  either: 5,
  all: 5,
  ruled: [20, 1],
};
/** Not beside the others: what is warned of comes in the order of Go's maps. */
const alone: Body = { part: { a: 20, b: 1 }, grows: 3 };
const nothing: Body = Object.fromEntries(Object.keys(everything).map((name) => [name, null]));
const keeping = (...names: string[]): Body => ({
  ...nothing,
  ...Object.fromEntries(names.map((n) => [n, everything[n]])),
});

const changes: Record<string, Body> = {
  'only a label': { metadata: { labels: { app: 'x' } } },
  'the mode': { spec: { mode: 'odder' } },
  'a size beside others': { spec: { size: 10 } },
  'a size to a right one': { spec: { size: 2 } },
  'what is not there yet': { spec: { other: 1 } },
  'a list of texts': { spec: { few: ['aa', 'bb', 'cc'] } },
  'a shorter list of texts': { spec: { few: ['aa'] } },
  'a set': { spec: { set: ['a', 'a', 'b'] } },
  'another item of a map': {
    spec: {
      map: [
        { name: 'a', size: 9 },
        { name: 'b', size: 1 },
      ],
    },
  },
  'the order of a map': {
    spec: {
      map: [
        { name: 'c', size: 8 },
        { name: 'a', size: 9 },
      ],
    },
  },
  'an item of a map': { spec: { map: [{ name: 'a', size: 10 }] } },
  'another item of a list': {
    spec: {
      plain: [
        { name: 'a', size: 9 },
        { name: 'b', size: 1 },
      ],
    },
  },
  'a value beside others': { spec: { more: { a: 9, b: 2 } } },
  'a value': { spec: { more: { a: 10, b: 8 } } },
  'what is one of several': { spec: { either: 6 } },
  'what is all of several': { spec: { all: 6 } },
  'an item that a rule refuses': { spec: { ruled: [20, 2] } },
  'everything but the mode': { spec: { ...nothing, mode: 'odd' } },
  everything: { spec: nothing },
};

const wholeCases = Object.entries(changes).map(
  ([name, body]): Case => ({
    name: `a change of ${name}`,
    steps: [...made(everything), mergePatch(thing, body), read(thing)],
  }),
);

const singleCases = Object.entries({ ...everything, ...alone }).flatMap(([field, value]): Case[] => {
  const spec = { mode: 'fast', [field]: value };
  const others = keeping(field);
  return [
    { name: `${field} stays`, steps: [...made(spec), mergePatch(thing, { spec: { note: 1 } }), read(thing)] },
    {
      name: `${field} comes`,
      steps: [...made({ mode: 'fast' }), mergePatch(thing, { spec: { ...others, mode: 'slow', [field]: value } })],
    },
  ];
});

const partCases = [{ b: 2 }, { a: 21 }, { a: null }, { b: 1 }].map(
  (part): Case => ({
    name: `beside a rule ${JSON.stringify(part)}`,
    steps: [...made({ mode: 'fast', part: alone['part'] }), mergePatch(thing, { spec: { part } }), read(thing)],
  }),
);
const keyless = { mode: 'fast', map: [{ name: 'a', size: 9 }, { size: 8 }] };
const keylessCase: Case = {
  name: 'an item without a key stays',
  steps: [...made(keyless), mergePatch(thing, { metadata: { labels: { a: 'b' } } })],
};

const statusCases: Case[] = [{ on: true, size: 9 }, { size: 3 }].map((status) => ({
  name: `a status ${JSON.stringify(status)}`,
  steps: [
    ...made({ mode: 'odd' }, status),
    mergePatch(`${thing}/status`, { status: { size: 3 } }),
    mergePatch(`${thing}/status`, { status: { size: 10 } }),
    mergePatch(`${thing}/status`, { metadata: { labels: { a: 'b' } } }),
    mergePatch(thing, { metadata: { labels: { a: 'c' } } }),
  ],
}));

export const ratchetGroups: Readonly<Record<string, Case[]>> = {
  'what became wrong may stay': [...wholeCases, ...singleCases, ...partCases, keylessCase, ...statusCases],
};
