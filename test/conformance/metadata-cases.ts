/** Requests that want nothing but metadata, as the garbage collector's and other controllers' do. */

import { configMap, widget } from './objects.ts';
import { type Case, create, nameIn, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const one = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const list = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const merge = 'application/merge-patch+json';

function casesOf(kind: typeof configMap): Case[] {
  const path = `${pathOf(kind)}/${nameIn(kind, 'a')}`;
  const made = create(kind, 'a', { metadata: { labels: { app: 'x' } } });
  const steps = (...requests: Step[]): Step[] => [made, ...requests];
  return [
    { name: 'a creation', steps: [{ ...made, accept: one }] },
    { name: 'a read', steps: steps({ method: 'GET', path, accept: one }, { method: 'GET', path, accept: list }) },
    { name: 'a list', steps: steps({ method: 'GET', path: pathOf(kind), accept: list }) },
    { name: 'an empty list', steps: [{ method: 'GET', path: pathOf(kind), accept: list }] },
    {
      name: 'a watch',
      steps: steps({
        method: 'GET',
        path: pathOf(kind),
        accept: one,
        query: { watch: 1, resourceVersion: 0 },
        isWatch: true,
      }),
    },
    {
      name: 'a patch',
      steps: steps({
        method: 'PATCH',
        path,
        accept: one,
        contentType: merge,
        body: { metadata: { labels: { b: 'c' } } },
      }),
    },
    { name: 'a replacement', steps: steps({ method: 'PUT', path, accept: one, live: { key: `${kind.kind}/a` } }) },
    { name: 'a deletion', steps: steps({ method: 'DELETE', path, accept: one }) },
    { name: 'a deletion of all', steps: steps({ method: 'DELETE', path: pathOf(kind), accept: list }) },
    { name: 'what is not there', steps: [{ method: 'GET', path, accept: one }] },
    { name: 'another version of it', steps: steps({ method: 'GET', path, accept: one.replace('v=v1', 'v=v2') }) },
  ];
}

/** By what they are about. */
export const metadataGroups: Readonly<Record<string, Case[]>> = {
  'metadata alone is answered': [...casesOf(configMap), ...casesOf(widget)],
};
