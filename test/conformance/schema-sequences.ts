/** Custom resources of random schemas, written in every way. */

import fc from 'fast-check';
import type { Body } from './objects.ts';
import { schemas, valueFor } from './random-schemas.ts';
import { mergePatch, post, read } from './requests.ts';
import { definitions, things } from './settle-definition.ts';
import { contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';
import { thingDefinition } from './thing-definition.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const root = fc
  .dictionary(pick('a', 'b', 'c'), schemas(2), { minKeys: 1, maxKeys: 3 })
  .map((properties): Body => ({ type: 'object', properties }));

const definitionOf = (spec: Body): Body =>
  thingDefinition({ spec, status: { type: 'object', properties: { on: spec } } }, { subresources: { status: {} } });

const names = pick('a', 'a', 'b');
const validations = pick(undefined, undefined, 'Strict', 'Ignore');
const managers = pick('one', 'two');

const path = things('v1');
const apiVersion = '<<namespace>>.example.com/v1';
const whole = (name: string, value: unknown): Body => ({ apiVersion, kind: 'Thing', metadata: { name }, spec: value });

function writes(spec: Body): fc.Arbitrary<Step> {
  const values = valueFor(spec);
  const creations = fc
    .tuple(names, values, validations)
    .map(([name, value, fieldValidation]) => post(path, whole(name, value), { query: { fieldValidation } }));
  const patches = fc
    .tuple(names, values, validations)
    .map(([name, value, fieldValidation]) =>
      mergePatch(`${path}/${name}`, { spec: value }, { query: { fieldValidation } }),
    );
  const states = fc
    .tuple(names, values)
    .map(([name, value]) => mergePatch(`${path}/${name}/status`, { status: { on: value } }));
  return fc.oneof(
    { weight: 4, arbitrary: creations },
    { weight: 3, arbitrary: patches },
    { weight: 2, arbitrary: replacements(values) },
    { weight: 1, arbitrary: operations(values) },
    { weight: 4, arbitrary: applications(values) },
    { weight: 1, arbitrary: states },
  );
}

const replacements = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Step> =>
  fc.tuple(names, values).map(([name, value]) => ({
    method: 'PUT',
    path: `${path}/${name}`,
    live: { key: `Thing/${name}`, patch: { apiVersion, spec: value }, otherwise: whole(name, value) },
  }));

const operations = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Step> =>
  fc.tuple(names, values, pick('add', 'replace', 'test')).map(([name, value, op]) => ({
    method: 'PATCH',
    path: `${path}/${name}`,
    contentType: contentTypes.json,
    body: [{ op, path: '/spec', value }],
  }));

const applications = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Step> =>
  fc.tuple(names, values, managers, pick(true, undefined)).map(([name, value, fieldManager, force]) => ({
    method: 'PATCH',
    path: `${path}/${name}`,
    contentType: contentTypes.apply,
    query: { fieldManager, force },
    body: whole(name, value),
  }));

/** A definition, writes of its objects, and what became of them. */
export const schemaSequences: fc.Arbitrary<Step[]> = root.chain((spec) =>
  fc
    .array(writes(spec), { minLength: 3, maxLength: 9 })
    .map((steps) => [post(definitions, definitionOf(spec), { settles: 'definition' }), ...steps, read(things('v1'))]),
);
