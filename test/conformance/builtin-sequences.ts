/** Random values in objects of every built-in kind, written in every way and read in every form. */

import fc from 'fast-check';
import { builtinNameOfKind, builtinSchema, resolveBuiltin } from '../../shared/apis/builtin/definitions.ts';
import type { Schema } from '../../shared/apis/schema.ts';
import { type BuiltinObject, builtinObjects } from './builtin-objects.ts';
import { editOf, laidOver, withoutEmpties } from './builtin-values.ts';
import { type Body, type Kind, objectOf } from './objects.ts';
import { at, mergePatch, pathOf, read } from './requests.ts';
import { contentTypes, nameIn } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** The type of a kind without what all kinds have in common, and without what is said of the objects of others. */
function schemaOf({ apiVersion, kind }: BuiltinObject): Schema {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const schema = resolveBuiltin(builtinSchema(builtinNameOfKind(group, version, kind) ?? '') ?? {});
  const { metadata: _, apiVersion: __, kind: ___, globalDefault: ____, ...properties } = schema.properties ?? {};
  return { type: 'object', properties };
}

const managers = pick('one', 'one', 'two');
const validations = pick(undefined, undefined, 'Strict', 'Ignore');

function withoutStatus({ properties: { status: _, ...properties } = {} }: Schema): Schema {
  return { type: 'object', properties };
}

interface Parts {
  readonly kind: Kind;
  /** Changes of an object without its status, and of the status alone. */
  readonly edits: fc.Arbitrary<Body>;
  readonly states?: fc.Arbitrary<Body>;
}

function partsOf(object: BuiltinObject): Parts {
  const schema = schemaOf(object);
  const kind: Kind = { ...object, edits: [] };
  const status = schema.properties?.['status'];
  const edits = editOf(withoutStatus(schema), object.base, '') as fc.Arbitrary<Body>;
  if (!status) return { kind, edits };
  return { kind, edits, states: editOf(status, undefined, 'status').map((own) => ({ status: withoutEmpties(own) })) };
}

function writes({ kind, edits }: Parts): fc.Arbitrary<Step> {
  const path = at(kind, 'a');
  const whole = objectOf(kind, nameIn(kind, 'a'));
  const full = edits.map((edit) => withoutEmpties(edit) as Body);
  const laid = full.map((edit) => laidOver(whole, edit));
  const creations = fc
    .tuple(laid, validations)
    .map(([body, fieldValidation]): Step => ({ method: 'POST', path: pathOf(kind), body, query: { fieldValidation } }));
  const replacements = fc.tuple(full, managers).map(
    ([patch, fieldManager]): Step => ({
      method: 'PUT',
      path,
      live: { key: `${kind.kind}/a`, patch, otherwise: whole },
      query: { fieldManager },
    }),
  );
  const patches = fc.tuple(full, pick<'merge' | 'strategic'>('merge', 'strategic'), validations).map(
    ([body, way, fieldValidation]): Step => ({
      method: 'PATCH',
      path,
      contentType: contentTypes[way],
      body,
      query: { fieldValidation },
    }),
  );
  const bare = objectOf({ ...kind, base: {} }, nameIn(kind, 'a'));
  const applications = fc.tuple(laid, full, managers, pick(true, undefined), pick(true, true, false)).map(
    ([body, edit, fieldManager, force, isWhole]): Step => ({
      method: 'PATCH',
      path,
      contentType: contentTypes.apply,
      body: isWhole ? body : laidOver(bare, edit),
      query: { fieldManager, force },
    }),
  );
  return fc.oneof(creations, replacements, patches, patches, applications, applications);
}

function stateWrites({ kind, states }: Parts): fc.Arbitrary<Step>[] {
  if (!states) return [];
  const path = `${at(kind, 'a')}/status`;
  const bare = objectOf({ ...kind, base: {} }, nameIn(kind, 'a'));
  return [
    fc.tuple(states, pick<'merge' | 'strategic' | 'apply'>('merge', 'strategic', 'apply'), managers).map(
      ([body, way, fieldManager]): Step => ({
        method: 'PATCH',
        path,
        contentType: contentTypes[way],
        body: way === 'apply' ? laidOver(bare, body) : body,
        query: { fieldManager, ...(way === 'apply' ? { force: true } : {}) },
      }),
    ),
    states.map(
      (patch): Step => ({
        method: 'PUT',
        path,
        live: { key: `${kind.kind}/a`, patch, otherwise: objectOf(kind, nameIn(kind, 'a')) },
      }),
    ),
  ];
}

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

function reads(kind: Kind): fc.Arbitrary<Step> {
  return pick(undefined, table, partial).map((accept) => read(at(kind, 'a'), {}, accept ? { accept } : {}));
}

function sequencesOf(object: BuiltinObject): fc.Arbitrary<Step[]> {
  const parts = partsOf(object);
  const { kind } = parts;
  const first: Step = { method: 'POST', path: pathOf(kind), body: objectOf(kind, nameIn(kind, 'a')) };
  // What is stored when it is made may differ upstream from what is stored by the next write, though nothing is changed.
  const touched = mergePatch(at(kind, 'a'), { metadata: { labels: { app: 'x' } } });
  const steps = fc.oneof(
    { weight: 10, arbitrary: writes(parts) },
    ...stateWrites(parts).map((arbitrary) => ({ weight: 3, arbitrary })),
    { weight: 2, arbitrary: reads(kind) },
  );
  return fc
    .array(steps, { minLength: 5, maxLength: 10 })
    .map((rest) => [first, touched, ...rest, read(at(kind, 'a'), {}, { accept: table }), read(at(kind, 'a'))]);
}

export const builtinSequences: fc.Arbitrary<Step[]> = fc.oneof(...builtinObjects.map(sequencesOf));
