/** Differences that random schemas and objects of them have found, each as a case. */

import { type Body, widget } from './objects.ts';
import { mergePatch, post } from './requests.ts';
import { definitionPath, things } from './settle-definition.ts';
import { type Case, pathOf } from './single-changes.ts';

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

const definitions = definitionPath.slice(0, definitionPath.lastIndexOf('/'));
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

export const schemaGroups: Readonly<Record<string, Case[]>> = {
  'values that fit no schema': [...listed, ...changed],
};
