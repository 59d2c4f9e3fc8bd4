import { expect, test } from 'vitest';
import { newMemoryStorage } from '../../storage/memory-backend.ts';
import type { AdmissionContext } from '../registry/registry.ts';
import { grant } from '../server-fixture.ts';
import { newCatalog } from '../types/catalog.ts';
import { newCreateCheck } from './create-check.ts';
import { newRbacAuthorizer } from './rbac-authorizer.ts';
import { newStorageRbacReader } from './storage-rbac-reader.ts';

const definition = newCatalog().find('', 'v1', 'configmaps');
const user = { name: 'jane', groups: [] };

async function checkWith(
  verbs: string[],
  change: Partial<AdmissionContext> = {},
  resourceNames?: string[],
): Promise<string> {
  const storage = newMemoryStorage();
  const rule = { verbs, apiGroups: [''], resources: ['configmaps'], ...(resourceNames ? { resourceNames } : {}) };
  await grant(storage, { name: 'r', namespace: 'n', rules: [rule], subjects: [{ kind: 'User', name: 'jane' }] });
  if (!definition) throw new Error('config maps are not served');
  const context: AdmissionContext = {
    user,
    definition,
    operation: 'CREATE',
    subresource: '',
    namespace: 'n',
    name: 'new',
    dryRun: false,
    warn: () => {},
    ...change,
  };
  try {
    const check = newCreateCheck(newRbacAuthorizer(newStorageRbacReader(storage)));
    await check(context, undefined, undefined);
    return 'allowed';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const REFUSED =
  'configmaps "new" is forbidden: User "jane" cannot create resource "configmaps" in API group "" in the namespace "n"';

test('who may only patch does not create by applying', async () => {
  expect(await checkWith(['patch', 'update', 'get'])).toBe(REFUSED);
});

test('who may create may, by any verb', async () => {
  expect(await checkWith(['create'])).toBe('allowed');
});

test('a right to create one name holds for that name, since here it is known', async () => {
  expect(await checkWith(['create'], {}, ['new'])).toBe('allowed');
  expect(await checkWith(['create'], {}, ['other'])).toBe(REFUSED);
});

test('changing what is there is none of its business', async () => {
  expect(await checkWith(['patch'], { operation: 'UPDATE' })).toBe('allowed');
});
