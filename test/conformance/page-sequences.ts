/** Random lists of a few objects that change in between: pages, selectors, resourceVersions and how they are to match. */

import fc from 'fast-check';
import { configMap, type Kind, pod, widget } from './objects.ts';
import { at, mergePatch, read, remove } from './requests.ts';
import { create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const names = pick('a', 'b', 'c', 'd', 'e');
const labels = pick<Record<string, string>>({}, { app: 'x' }, { app: 'y' }, { app: 'x', tier: 'web' });

function writes(kind: Kind): fc.Arbitrary<Step> {
  const creations = fc.tuple(names, labels).map(([name, own]) => create(kind, name, { metadata: { labels: own } }));
  return fc.oneof(
    { weight: 4, arbitrary: creations },
    { weight: 1, arbitrary: names.map((name) => remove(at(kind, name), { gracePeriodSeconds: 0 })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(names, labels)
        .map(([name, own]) => mergePatch(at(kind, name), { metadata: { labels: own } })),
    },
  );
}

/** Of a page of this list, of another list, cut, and of nothing. */
const tokens = pick(
  '<<continue>>',
  '<<continue>>',
  '<<continue>>',
  'x',
  '!',
  'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ',
  'eyJ2IjoibWV0YS5rOHMuaW8vdjIiLCJydiI6MSwic3RhcnQiOiJhIn0',
  'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi9hIn0',
  'bnVsbA',
  'W10',
);

function pages(kind: Kind): fc.Arbitrary<Step> {
  const revisions = pick<string | undefined>(
    undefined,
    undefined,
    undefined,
    '0',
    '',
    `<<rv ${kind.kind}/a>>`,
    `<<firstRv ${kind.kind}/b>>`,
    `<<rv ${kind.kind}/c>>`,
    '<<start>>',
    'x',
    '-1',
    '18446744073709551616',
  );
  return fc
    .record({
      limit: pick<string | undefined>(undefined, '0', '1', '2', '3', '10', '-1', '', 'x', '9223372036854775808'),
      continue: fc.option(tokens, { nil: undefined, freq: 2 }),
      resourceVersion: revisions,
      resourceVersionMatch: pick<string | undefined>(
        undefined,
        undefined,
        undefined,
        'Exact',
        'NotOlderThan',
        '',
        'Odd',
      ),
      labelSelector: pick<string | undefined>(undefined, undefined, undefined, 'app=x', 'app', 'app notin (x)'),
      fieldSelector: pick<string | undefined>(undefined, undefined, undefined, 'metadata.name!=b', 'metadata.name=c'),
    })
    .map((query) => read(pathOf(kind), query));
}

/** Whole walks through a list, which random pages seldom are. */
function walks(kind: Kind): fc.Arbitrary<Step[]> {
  return fc
    .tuple(
      pick(1, 2),
      pick<string | undefined>(undefined, 'app=x', 'app notin (x)'),
      fc.array(writes(kind), { maxLength: 2 }),
    )
    .map(([limit, labelSelector, between]) => [
      read(pathOf(kind), { limit, labelSelector }),
      ...between,
      read(pathOf(kind), { limit, labelSelector, continue: '<<continue>>' }),
      ...between,
      read(pathOf(kind), { limit: 3, labelSelector, continue: '<<continue>>' }),
    ]);
}

function sequencesOf(kind: Kind): fc.Arbitrary<Step[]> {
  const one = fc.oneof(writes(kind), pages(kind), pages(kind)).map((step) => [step]);
  return fc
    .tuple(
      fc.array(writes(kind), { minLength: 3, maxLength: 6 }),
      fc.array(fc.oneof({ weight: 5, arbitrary: one }, { weight: 1, arbitrary: walks(kind) }), {
        minLength: 4,
        maxLength: 10,
      }),
    )
    .map(([first, rest]) => [...first, ...rest.flat()]);
}

export const pageSequences: fc.Arbitrary<Step[]> = fc.oneof(...[configMap, widget, pod].map(sequencesOf));
