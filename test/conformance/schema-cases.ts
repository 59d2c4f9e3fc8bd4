/** Differences that random schemas and objects of them have found, each as a case. */

import { type Body, widget } from './objects.ts';
import { mergePatch, post, read } from './requests.ts';
import { definitionPath, definitions, things } from './settle-definition.ts';
import { type Case, contentTypes, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const strictness = [undefined, 'Strict', 'Ignore'];

/** A list where the schema says something else. */
const listed: Case[] = [[{ a: 1 }], ['a', { b: { c: 1 } }], [[{ a: 1 }]], []].flatMap((mode) =>
  strictness.map(
    (fieldValidation): Case => ({
      name: `a mode ${JSON.stringify(mode)} read ${fieldValidation ?? 'as usual'}`,
      steps: [
        post(
          pathOf(widget),
          { apiVersion: widget.apiVersion, kind: widget.kind, metadata: { name: 'a' }, spec: { size: 1, mode } },
          { query: { fieldValidation } },
        ),
      ],
    }),
  ),
);

const loose: Body = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const version = (spec: Body, edition: string): Body => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: loose } } },
  subresources: { status: {} },
  additionalPrinterColumns: [{ name: `edition-${edition}`, type: 'string', jsonPath: '.metadata.name' }],
});

const VALUES: unknown[] = [{ x: 'y' }, [1], 'text', 3, 1.5, true];

/** With the places of the values that they allow: of these upstream forgets who owns what beside them. */
const TYPES: [schema: Body, allowed: number[]][] = [
  [{ type: 'object', properties: { x: { type: 'integer' } } }, [0]],
  [{ type: 'array', items: { type: 'integer' }, maxItems: 3 }, [1]],
  [{ type: 'string', maxLength: 9 }, [2]],
  [{ type: 'integer' }, [3]],
  [{ type: 'number' }, [3, 4]],
  [{ type: 'boolean' }, [5]],
  [{ 'x-kubernetes-int-or-string': true, maxLength: 9 }, [2, 3]],
];

/** A value whose type the schema has come to refuse, and a rule that looks at it. */
const changed: Case[] = TYPES.map(([type, allowed]) => {
  const strict: Body = {
    type: 'object',
    properties: {
      part: { type: 'array', maxItems: 9, items: type },
      at: { type: 'integer' },
    },
    'x-kubernetes-validations': [{ rule: '!has(self.at) || self.part[self.at] == self.part[self.at]', message: 'no' }],
  };
  const spec = {
    group: '<<namespace>>.example.com',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
    versions: [version(loose, 'loose')],
  };
  const metadata = { name: 'things.<<namespace>>.example.com' };
  const thing = `${things('v1')}/a`;
  const asked = VALUES.flatMap((_, at) => (allowed.includes(at) ? [] : [mergePatch(thing, { spec: { at } })]));
  return {
    name: `values of other types than ${JSON.stringify(type)}`,
    steps: [
      post(
        definitions,
        { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata, spec },
        { settles: 'definition' },
      ),
      post(things('v1'), {
        apiVersion: '<<namespace>>.example.com/v1',
        kind: 'Thing',
        metadata: { name: 'a' },
        spec: { part: VALUES },
      }),
      mergePatch(definitionPath, { spec: { versions: [version(strict, 'strict')] } }, { settles: 'definition' }),
      ...asked,
    ],
  };
});

const labelled: Step = mergePatch(`${things('v1')}/a`, { metadata: { labels: { app: 'x' } } });
const applied = (spec: Body, fieldManager: string, part = ''): Step => ({
  method: 'PATCH',
  path: `${things('v1')}/a${part}`,
  contentType: contentTypes.apply,
  query: { fieldManager, force: true },
  body: { apiVersion: '<<namespace>>.example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec },
});

/** Who owns what of an object that has come to fit its schema no more, when it is written and applied; from both sides of a change of the schema. */
const unfitting: Case[] = (
  [
    [loose, { type: 'integer' }, { x: 'y' }, 3],
    [loose, { type: 'string' }, [1], 'text'],
    [loose, { type: 'array', items: { type: 'string' } }, 'text', ['a']],
    [{ type: 'object', additionalProperties: { type: 'string' } }, { type: 'boolean' }, { x: 'y' }, true],
    [
      { type: 'array', items: { type: 'object', properties: { k: { type: 'string' } } } },
      {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: { type: 'object', required: ['k'], properties: { k: { type: 'string' } } },
      },
      [{}],
      [{ k: 'a' }],
    ],
  ] as [before: Body, after: Body, was: unknown, fits: unknown][]
).map(([before, after, was, fits]) => {
  const typed = (part: Body): Body =>
    part === loose ? loose : { type: 'object', properties: { part, other: { type: 'string' } } };
  const spec = {
    group: '<<namespace>>.example.com',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
    versions: [version(typed(before), 'before')],
  };
  const definition = { metadata: { name: 'things.<<namespace>>.example.com' }, spec };
  return {
    name: `a part ${JSON.stringify(was)} that comes to be ${JSON.stringify(after)}`,
    steps: [
      post(
        definitions,
        { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', ...definition },
        { settles: 'definition' },
      ),
      applied({ part: was }, 'one'),
      applied({ other: 'x' }, 'two'),
      mergePatch(definitionPath, { spec: { versions: [version(typed(after), 'after')] } }, { settles: 'definition' }),
      applied({ other: 'y' }, 'two'),
      applied({ part: fits }, 'one'),
      mergePatch(`${things('v1')}/a/status`, { status: { on: true } }),
      labelled,
      applied({ other: 'z' }, 'two'),
      mergePatch(`${things('v1')}/a`, { spec: { part: fits } }),
      applied({ other: 'z' }, 'two'),
      read(`${things('v1')}/a`),
    ],
  };
});

export const schemaGroups: Readonly<Record<string, Case[]>> = {
  'values that fit no schema': [...listed, ...changed],
  'owners of what fits no schema': unfitting,
};
