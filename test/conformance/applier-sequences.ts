/** Several appliers at one object, among others who patch and replace it: whose each field is, who is told of a conflict, and what goes when nobody lists it. */

import fc from 'fast-check';
import { type Applied, applied } from './applier-configurations.ts';
import { type Body, type Kind, objectOf, widget } from './objects.ts';
import { at, mergePatch, read } from './requests.ts';
import { contentTypes, create, merged } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const managers = pick('one', 'one', 'two', 'two', 'three');
const forces = pick<boolean | undefined>(true, true, false, undefined);

/** Upstream's store keeps what is empty in the metadata of a custom resource that is applied, and nobody sees it. */
const isSeen = ({ metadata }: Body): boolean => Object.values((metadata as Body | undefined) ?? {}).every(isFull);
const isFull = (value: unknown): boolean => Object.keys(value as object).length > 0;

/** Most list what the kind can't be without, too. */
function application({ kind, wholes }: Applied): fc.Arbitrary<Step> {
  return fc
    .tuple(
      wholes.filter(isSeen),
      managers,
      forces,
      pick(true, true, false),
      pick(undefined, undefined, undefined, undefined, 'All'),
    )
    .map(([own, fieldManager, force, isWhole, dryRun]) => {
      const bare = { ...kind, base: {} };
      return applyOf(kind, mergedLists(objectOf(isWhole ? kind : bare, 'a'), own), { fieldManager, force, dryRun });
    });
}

const applyOf = (kind: Kind, body: Body, query: NonNullable<Step['query']>, part = ''): Step => ({
  method: 'PATCH',
  path: `${at(kind, 'a')}${part}`,
  contentType: contentTypes.apply,
  body,
  query,
});

/** Fields of both; a list of the second is the whole list, and what it says of null stays. */
function mergedLists(base: Body, own: Body): Body {
  const result: Body = { ...base };
  for (const [name, value] of Object.entries(own)) {
    const before = result[name];
    result[name] = isMap(before) && isMap(value) ? mergedLists(before, value) : value;
  }
  return result;
}

const isMap = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

function states({ kind, states: own }: Applied): fc.Arbitrary<Step>[] {
  if (!own) return [];
  return [
    fc.tuple(own.filter(isSeen), managers, forces).map(([body, fieldManager, force]) => {
      const { apiVersion, kind: name } = kind;
      const { metadata, ...rest } = body;
      const whole = { apiVersion, kind: name, metadata: { name: 'a', ...(metadata as Body | undefined) }, ...rest };
      return applyOf(kind, whole, { fieldManager, force }, '/status');
    }),
    fc
      .tuple(own, managers)
      .map(([body, fieldManager]) => mergePatch(`${at(kind, 'a')}/status`, body, { query: { fieldManager } })),
  ];
}

/** Those who don't apply take fields over without asking. */
function others({ kind, wholes }: Applied): fc.Arbitrary<Step> {
  const ways = pick('merge', 'merge', 'strategic', 'put', 'live');
  return fc.tuple(wholes, pick('one', 'four', undefined), ways).map(([body, fieldManager, way]): Step => {
    const query = { fieldManager };
    const path = at(kind, 'a');
    if (way === 'put') return { method: 'PUT', path, query, body: merged(objectOf(kind, 'a'), body) };
    if (way === 'live')
      return {
        method: 'PUT',
        path,
        query,
        live: { key: `${kind.kind}/a`, patch: body, otherwise: objectOf(kind, 'a') },
      };
    return { method: 'PATCH', path, query, contentType: contentTypes[way === 'merge' ? 'merge' : 'strategic'], body };
  });
}

/** The same again, as those apply who come by every few minutes; and what clients do to hand fields over. */
const managedFields = pick<unknown>([], [{}], null).map((value): Body => ({ metadata: { managedFields: value } }));

/** The scale of a custom resource is not applied: upstream can't do that on its own. */
function scales({ kind }: Applied): fc.Arbitrary<Step>[] {
  if (!kind.hasScale) return [];
  const body = (replicas: number, more: Body = {}): Body => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'a', ...more },
    spec: { replicas },
  });
  const counts = pick(1, 2, 7);
  const path = `${at(kind, 'a')}/scale`;
  const applications = fc
    .tuple(counts, managers, forces)
    .map(([replicas, fieldManager, force]) => applyOf(kind, body(replicas), { fieldManager, force }, '/scale'));
  const others = fc.tuple(counts, pick('one', 'four'), pick('PUT', 'PATCH')).map(([replicas, fieldManager, method]) => {
    const query = { fieldManager };
    if (method === 'PATCH') return mergePatch(path, { spec: { replicas } }, { query });
    return { method, path, body: body(replicas, { namespace: '<<namespace>>' }), query };
  });
  return kind === widget ? [others] : [applications, others];
}

function sequencesOf(one: Applied): fc.Arbitrary<Step[]> {
  const { kind, wholes } = one;
  const first = fc.oneof(
    application(one),
    wholes.map((body): Step => ({ ...create(kind, 'a', body), query: { fieldManager: 'four' } })),
  );
  const applications = application(one);
  const steps = fc.oneof(
    { weight: 8, arbitrary: applications.map((step) => [step]) },
    { weight: 1, arbitrary: applications.map((step) => [step, step]) },
    { weight: 3, arbitrary: others(one).map((step) => [step]) },
    { weight: 1, arbitrary: managedFields.map((body) => [mergePatch(at(kind, 'a'), body)]) },
    ...[...states(one), ...states(one), ...scales(one)].map((arbitrary) => ({
      weight: 1,
      arbitrary: arbitrary.map((step) => [step]),
    })),
  );
  return fc
    .tuple(first, fc.array(steps, { minLength: 4, maxLength: 10 }))
    .map(([start, rest]) => [start, ...rest.flat(), read(at(kind, 'a'))]);
}

export const applierSequences: fc.Arbitrary<Step[]> = fc.oneof(...applied.map(sequencesOf));
