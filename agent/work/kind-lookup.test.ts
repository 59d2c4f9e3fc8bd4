import { expect, test } from 'vitest';
import type { RestMapper } from '../../shared/client/rest-mapper.ts';
import { newKindLookup } from './kind-lookup.ts';
import { UnavailableKind } from './kind-problems.ts';

const { signal } = new AbortController();
const type = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };

/** A member whose discovery finds that, and says that of a group. */
function lookup(found: typeof type | undefined, unavailable: string | undefined) {
  const mapper = { resourceFor: async () => found, whyUnavailable: async () => unavailable } as unknown as RestMapper;
  return newKindLookup(mapper).resourceFor('v1', 'ConfigMap', signal);
}

test('a kind that is not found is one that there is none of, but where its group does not answer', async () => {
  expect(await lookup(type, undefined)).toBe(type);
  expect(await lookup(undefined, undefined)).toBeUndefined();
  await expect(lookup(undefined, 'nobody listens')).rejects.toThrow(UnavailableKind);
});

test.each([
  ['that is served in some version is found', { type }, type],
  ['that is served in some version is found though another can not be listed', { type, unavailable: 'v2' }, type],
  ['that is served in none is one that there is none of', {}, undefined],
])('a kind of a group %s', async (_name, known, found) => {
  const mapper = { inGroup: () => known } as unknown as RestMapper;
  expect(await newKindLookup(mapper).resourceInGroup('', 'ConfigMap', signal)).toBe(found);
});

test('a kind of a group of which a version can not be listed may be served in that', async () => {
  const whyUnavailable = async (): Promise<string> => 'nobody listens';
  const mapper = { inGroup: () => ({ unavailable: 'example.com/v1' }), whyUnavailable } as unknown as RestMapper;
  const asked = newKindLookup(mapper).resourceInGroup('example.com', 'Thing', signal);
  await expect(asked).rejects.toThrow('discovery of example.com/v1 fails at the moment: nobody listens');
});
