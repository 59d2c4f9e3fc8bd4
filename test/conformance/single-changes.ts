/** For each kind and each change: a creation with it, and each way to make the change on an object that is there. */

import { type Body, collectionOf, type Kind, objectOf } from './objects.ts';
import type { Step } from './step.ts';

export interface Case {
  name: string;
  steps: Step[];
}

export const contentTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** Names of cluster-scoped objects begin with the sequence's namespace, so that sequences don't meet. */
export const nameIn = (kind: Kind, name: string): string => (kind.namespaced ? name : `<<namespace>>-${name}`);
export const pathOf = (kind: Kind): string => collectionOf(kind, '<<namespace>>');

export function create(kind: Kind, name: string, more: Body = {}): Step {
  return { method: 'POST', path: pathOf(kind), body: merged(objectOf(kind, nameIn(kind, name)), more) };
}

/** A merge patch of plain data, for bodies; null removes. */
export function merged(base: Body, patch: Body): Body {
  const result: Body = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else if (isMap(value)) result[name] = merged(isMap(result[name]) ? (result[name] as Body) : {}, value);
    else result[name] = value;
  }
  return result;
}

const isMap = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

function changes(kind: Kind, edit: Body): [string, Step][] {
  const path = `${pathOf(kind)}/${nameIn(kind, 'a')}`;
  const patch = (type: keyof typeof contentTypes, body: unknown, query = {}): Step => ({
    method: 'PATCH',
    path,
    contentType: contentTypes[type],
    body,
    query,
  });
  const applied = merged(objectOf(kind, nameIn(kind, 'a')), edit);
  return [
    ['put', { method: 'PUT', path, live: { key: `${kind.kind}/a`, patch: edit } }],
    ['merge', patch('merge', edit)],
    ['strategic', patch('strategic', edit)],
    ['apply', patch('apply', applied, { fieldManager: 'm' })],
    ['forced apply', patch('apply', applied, { fieldManager: 'm', force: true })],
  ];
}

/** The cases of one kind. */
export function singleChanges(kind: Kind): Case[] {
  const made = create(kind, 'a');
  const cases: Case[] = [];
  for (const edit of kind.edits) {
    const what = `${kind.kind} ${JSON.stringify(edit)}`;
    cases.push({ name: `create ${what}`, steps: [create(kind, 'a', edit)] });
    cases.push({
      name: `create strictly ${what}`,
      steps: [{ ...create(kind, 'a', edit), query: { fieldValidation: 'Strict' } }],
    });
    for (const [way, step] of changes(kind, edit)) cases.push({ name: `${way} ${what}`, steps: [made, step] });
  }
  for (const edit of kind.statusEdits ?? []) cases.push(...statusChanges(kind, made, edit));
  const path = `${pathOf(kind)}/${nameIn(kind, 'a')}`;
  for (const body of kind.jsonPatches ?? []) {
    const step = { method: 'PATCH', path, contentType: contentTypes.json, body };
    cases.push({ name: `json ${kind.kind} ${JSON.stringify(body)}`, steps: [made, step] });
  }
  for (const body of kind.strategic ?? []) {
    const step = { method: 'PATCH', path, contentType: contentTypes.strategic, body };
    cases.push({ name: `strategic ${kind.kind} ${JSON.stringify(body)}`, steps: [made, step] });
  }
  for (const fieldSelector of kind.fieldSelectors ?? []) {
    const step = {
      method: 'GET',
      path: pathOf(kind),
      query: { fieldSelector, labelSelector: 'conformance=<<namespace>>' },
    };
    const labelled = create(kind, 'a', { metadata: { labels: { conformance: '<<namespace>>' } } });
    cases.push({ name: `list ${kind.kind} ${fieldSelector}`, steps: [labelled, step] });
  }
  return cases;
}

function statusChanges(kind: Kind, made: Step, edit: Body): Case[] {
  const path = `${pathOf(kind)}/${nameIn(kind, 'a')}/status`;
  const what = `${kind.kind} status ${JSON.stringify(edit)}`;
  const applied = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: nameIn(kind, 'a') }, ...edit };
  return [
    { name: `put ${what}`, steps: [made, { method: 'PUT', path, live: { key: `${kind.kind}/a`, patch: edit } }] },
    { name: `merge ${what}`, steps: [made, { method: 'PATCH', path, contentType: contentTypes.merge, body: edit }] },
    {
      name: `apply ${what}`,
      steps: [
        made,
        { method: 'PATCH', path, contentType: contentTypes.apply, body: applied, query: { fieldManager: 'm' } },
      ],
    },
  ];
}
