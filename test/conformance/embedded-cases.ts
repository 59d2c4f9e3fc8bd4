/** Objects within custom resources: what they say of their own kind. */

import type { Body } from './objects.ts';
import { mergePatch, post } from './requests.ts';
import { definitions, things } from './settle-definition.ts';
import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';
import { thing, thingDefinition } from './thing-definition.ts';

const embedded: Body = {
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
};
const schema: Body = {
  type: 'object',
  properties: {
    m: embedded,
    kept: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    list: { type: 'array', items: embedded },
    map: { type: 'object', additionalProperties: embedded },
    listed: { ...embedded, properties: { kind: { type: 'string' }, apiVersion: { type: 'string', nullable: true } } },
  },
};
const defined = post(definitions, thingDefinition({ spec: schema }), { settles: 'definition' });
const path = things('v1');

const pod: Body = { apiVersion: 'v1', kind: 'Pod' };
const specs: Body[] = [
  { m: pod },
  { m: {} },
  { m: { ...pod, kind: true } },
  { m: { ...pod, kind: null } },
  { m: { ...pod, kind: '' } },
  { m: { ...pod, kind: 'A b' } },
  { m: { ...pod, kind: 'PodList' } },
  { m: { ...pod, apiVersion: 1 } },
  { m: { ...pod, apiVersion: '' } },
  { m: { ...pod, apiVersion: 'a/b/c' } },
  { kept: { ...pod, kind: {} } },
  { list: [pod, { ...pod, kind: 5 }] },
  { list: [pod, {}] },
  { map: { a: { ...pod, kind: [] } } },
  { map: { a: {} } },
  { listed: { ...pod, kind: null } },
  { listed: { ...pod, apiVersion: null } },
];

export const embeddedGroups: Readonly<Record<string, Case[]>> = {
  'kinds of embedded objects': [
    {
      name: 'made',
      steps: [defined, ...specs.map((spec, n) => post(path, thing({ metadata: { name: `b${n}` }, spec })))],
    },
    {
      name: 'patched',
      steps: [defined, post(path, thing({})), ...specs.map((spec) => mergePatch(`${path}/a`, { spec }))],
    },
    {
      name: 'replaced',
      steps: [
        defined,
        post(path, thing({})),
        ...specs.map((spec): Step => ({ method: 'PUT', path: `${path}/a`, live: { key: 'Thing/a', patch: { spec } } })),
      ],
    },
    {
      name: 'a kind that YAML takes for something else',
      steps: [
        defined,
        {
          method: 'POST',
          path,
          contentType: 'application/yaml',
          raw: `apiVersion: <<namespace>>.example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n  m: {apiVersion: v1, kind: Y}\n`,
        },
        {
          method: 'PATCH',
          path: `${path}/b`,
          contentType: contentTypes.apply,
          body: thing({ metadata: { name: 'b' }, spec: { m: { ...pod, kind: true } } }),
          query: { fieldManager: 'm' },
        },
      ],
    },
  ],
};
