import { expect, test } from 'vitest';
import { decided, forgotten, type LiveConfigMap, newModel, violations } from './model.ts';

const live = (entries: Record<string, [Record<string, string>, boolean]>): Map<string, LiveConfigMap> =>
  new Map(Object.entries(entries).map(([name, [data, isManaged]]) => [name, { data, isManaged }]));

function model() {
  const one = newModel();
  one.works.set('w', new Map([['w-0', { a: '1' }]]));
  one.unmanaged.set('theirs', { b: '2' });
  return one;
}

const right = { 'w-0': [{ a: '1', more: 'x' }, true], theirs: [{ b: '2' }, false] } as const;

test.each<[string, Parameters<typeof live>[0], string[]]>([
  ['what is named and what is not managed', { ...structuredClone(right) } as never, []],
  ['nothing', {}, ['w-0 is missing', 'theirs, which nobody manages, was touched']],
  ['another value', { ...structuredClone(right), 'w-0': [{ a: '2' }, true] } as never, ['w-0 has drifted']],
  ['more', { ...structuredClone(right), 'v-0': [{}, true] } as never, ['v-0 is left over']],
])('a member with %s', (_, entries, expected) => {
  expect(violations(model(), live(entries))).toEqual(expected);
});

test('what a hub forgot stays, until its Work is written again', () => {
  const one = model();
  forgotten(one, ['w-0', 'v-0']);
  expect(violations(one, live(structuredClone(right) as never))).toEqual(['v-0 was deleted without proof']);
  expect(violations(one, live({ ...structuredClone(right), 'v-0': [{}, true] } as never))).toEqual([]);
  decided(one, 'v');
  expect(violations(one, live(structuredClone(right) as never))).toEqual([]);
});
