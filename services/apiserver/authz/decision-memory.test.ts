import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RoleRef, Subject } from '../../../shared/apis/rbac/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { Storage } from '../../storage/backend.ts';
import { newMemoryStorage } from '../../storage/memory-backend.ts';
import type { RequestInfo } from '../request.ts';
import type { Authorizer } from './authorizer.ts';
import { rememberDecisions } from './decision-memory.ts';
import { newRbacAuthorizer } from './rbac-authorizer.ts';
import type { ChangedSubjects } from './rbac-reader.ts';
import { newStorageRbacReader } from './storage-rbac-reader.ts';

const jane: UserInfo = { name: 'jane', groups: ['writers'] };

function question(about: Partial<RequestInfo> = {}): RequestInfo {
  const place = { group: '', version: 'v1', namespace: 'a', resource: 'pods', subresource: '', name: 'one' };
  return { isResource: true, verb: 'get', path: '/', ...place, ...about };
}

function newCounted() {
  const asked: RequestInfo[] = [];
  let change = (_subjects: ChangedSubjects): void => {};
  let allowed = true;
  const authorize = rememberDecisions(
    (_, info) => {
      asked.push(info);
      return { allowed, reason: '' };
    },
    (listener) => {
      change = listener;
      return () => {};
    },
  );
  const revoke = (...subjects: string[]): void => {
    allowed = false;
    change(subjects);
  };
  const revokeAll = (): void => {
    allowed = false;
    change('everyone');
  };
  return { asked, authorize, revoke, revokeAll };
}

test('the same question is asked once', () => {
  const { asked, authorize } = newCounted();
  authorize(jane, question());
  authorize(jane, question());
  expect(asked).toHaveLength(1);
});

test.each(['u:jane', 'g:writers'])('a change of the rights of %s counts at once, and each time', (subject) => {
  const { asked, authorize, revoke } = newCounted();
  expect(authorize(jane, question()).allowed).toBe(true);
  revoke('u:joe', subject);
  expect(authorize(jane, question()).allowed).toBe(false);
  revoke(subject);
  authorize(jane, question());
  authorize(jane, question());
  expect(asked).toHaveLength(3);
});

test('a change of the rights of others changes nothing', () => {
  const { asked, authorize, revoke } = newCounted();
  authorize(jane, question());
  revoke('u:joe', 'g:jane', 'g:readers');
  expect(authorize(jane, question()).allowed).toBe(true);
  expect(asked).toHaveLength(1);
});

test('where the rights of everyone may be others nothing is remembered', () => {
  const { authorize, revokeAll } = newCounted();
  authorize(jane, question());
  revokeAll();
  expect(authorize(jane, question()).allowed).toBe(false);
});

test('changes of any number of subjects are no reason to remember what has changed', () => {
  const { asked, authorize, revoke } = newCounted();
  authorize(jane, question());
  revoke('u:jane', ...Array.from({ length: 30_000 }, (_, index) => `u:${index}`));
  expect(authorize(jane, question()).allowed).toBe(false);
  expect(asked).toHaveLength(2);
});

test.each<Partial<RequestInfo>>([
  { verb: 'update' },
  { group: 'apps' },
  { namespace: 'b' },
  { resource: 'nodes' },
  { subresource: 'status' },
  { name: 'two' },
  { isResource: false },
])('what differs in %o is another question', (about) => {
  const { asked, authorize } = newCounted();
  authorize(jane, question());
  authorize(jane, question(about));
  expect(asked).toHaveLength(2);
});

test('paths are told apart where there is no resource', () => {
  const { asked, authorize } = newCounted();
  for (const path of ['/version', '/metrics']) authorize(jane, question({ isResource: false, path }));
  expect(asked).toHaveLength(2);
});

test('another user is asked for anew, even of the same name', () => {
  const { asked, authorize } = newCounted();
  authorize(jane, question());
  authorize({ ...jane }, question());
  expect(asked).toHaveLength(2);
});

const RBAC = 'rbac.authorization.k8s.io';
const NAMES = ['a', 'b'];
const SUBJECTS: Subject[] = [
  { kind: 'User', name: 'jane' },
  { kind: 'Group', name: 'writers' },
  { kind: 'User', name: 'joe' },
  { kind: 'ServiceAccount', name: 'bot', namespace: 'a' },
];
const ASKERS: UserInfo[] = [jane, { name: 'joe', groups: [] }, { name: 'system:serviceaccount:a:bot', groups: [] }];

interface Change {
  resource: string;
  namespace: string;
  name: string;
  roleRef: RoleRef;
  subjects: Subject[];
  verbs: string[];
  isDeletion: boolean;
}

/** A write or a deletion of one of a few roles and bindings. */
const changes: fc.Arbitrary<Change> = fc.record({
  resource: fc.constantFrom('roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'),
  namespace: fc.constantFrom(...NAMES),
  name: fc.constantFrom(...NAMES),
  roleRef: fc.record({
    apiGroup: fc.constant(RBAC),
    kind: fc.constantFrom('Role', 'ClusterRole'),
    name: fc.constantFrom(...NAMES),
  }),
  subjects: fc.subarray(SUBJECTS),
  verbs: fc.subarray(['get', 'update']),
  isDeletion: fc.boolean(),
});

async function carryOut(storage: Storage, { resource, name, isDeletion, ...change }: Change): Promise<void> {
  const namespace = resource.startsWith('cluster') ? '' : change.namespace;
  const { roleRef, subjects, verbs } = change;
  const rules = [{ verbs, apiGroups: [''], resources: ['pods'] }];
  const content = resource.endsWith('bindings') ? { roleRef, subjects } : { rules };
  const key = `/${RBAC}/${resource}/${namespace}/${name}`;
  const current = storage.get(key)?.modRevision ?? 0;
  const encode = () => Buffer.from(JSON.stringify({ metadata: { namespace, name }, ...content }));
  if (!isDeletion) await storage.put(key, current, encode);
  else if (current) await storage.delete(key, current, encode);
}

test('it answers as if it remembered nothing, whatever becomes of roles and bindings', async () => {
  const questions = [question(), question({ verb: 'update', namespace: '' }), question({ namespace: 'b' })];
  const walk = async (steps: Change[]): Promise<void> => {
    const storage = newMemoryStorage();
    const reader = newStorageRbacReader(storage);
    const direct = newRbacAuthorizer(reader);
    const remembering = rememberDecisions(direct, reader.onChange);
    for (const step of steps) {
      await carryOut(storage, step);
      const ask = (authorize: Authorizer) => ASKERS.map((user) => questions.map((info) => authorize(user, info)));
      expect(ask(remembering)).toEqual(ask(direct));
    }
    reader.close();
  };
  await fc.assert(fc.asyncProperty(fc.array(changes, { minLength: 15, maxLength: 30 }), walk), {
    numRuns: 40,
    seed: 1,
  });
});

test('where a change of rights can not be read nobody has any, nor what they had, until it can', async () => {
  const storage = newMemoryStorage();
  const reader = newStorageRbacReader(storage);
  const authorize = rememberDecisions(newRbacAuthorizer(reader), reader.onChange);
  const roleRef: RoleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: 'a' };
  const place = { namespace: '', name: 'a', roleRef, subjects: SUBJECTS, verbs: ['get'], isDeletion: false };
  await carryOut(storage, { ...place, resource: 'clusterroles' });
  await carryOut(storage, { ...place, resource: 'clusterrolebindings' });
  expect(authorize(jane, question()).allowed).toBe(true);
  await storage.put(`/${RBAC}/roles/a/odd`, 0, () => Buffer.from('{'));
  expect(() => authorize(jane, question())).toThrow(SyntaxError);
  expect(authorize({ name: 'root', groups: ['system:masters'] }, question()).allowed).toBe(true);
  const { modRevision = 0 } = storage.get(`/${RBAC}/roles/a/odd`) ?? {};
  await storage.delete(`/${RBAC}/roles/a/odd`, modRevision, () => Buffer.from('{'));
  expect(authorize(jane, question()).allowed).toBe(true);
  await carryOut(storage, { ...place, resource: 'clusterrolebindings', isDeletion: true });
  expect(authorize(jane, question()).allowed).toBe(false);
});
