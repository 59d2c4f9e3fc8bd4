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
