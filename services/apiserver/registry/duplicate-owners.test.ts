import { expect, test } from 'vitest';
import type { OwnerReference, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { ANONYMOUS } from '../middleware/authentication.ts';
import type { RequestContext } from '../request.ts';
import { dropDuplicateOwners } from './duplicate-owners.ts';

const owner = (uid: string): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid });

function deduped(ownerReferences: OwnerReference[]) {
  const object: Unstructured = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ownerReferences } };
  const context = { warnings: [], user: ANONYMOUS } as Pick<RequestContext, 'warnings' | 'user'> as RequestContext;
  dropDuplicateOwners(object, context, '');
  return { uids: object.metadata.ownerReferences?.map(({ uid }) => uid), warnings: context.warnings };
}

test('an owner that is named again, in whatever order of fields, is named once and told', () => {
  const { uid, ...rest } = owner('1');
  const { uids, warnings } = deduped([owner('1'), owner('2'), { uid, ...rest }, { ...owner('1'), controller: true }]);
  expect(uids).toEqual(['1', '2', '1']);
  expect(warnings).toEqual([expect.stringMatching(/duplicate UID\(s\) observed: 1$/)]);
});

test('a body full of owners is looked through at once', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => owner(String(index)));
  expect(deduped([...many, owner('7')])).toMatchObject({ uids: { length: 20_000 }, warnings: { length: 1 } });
});
