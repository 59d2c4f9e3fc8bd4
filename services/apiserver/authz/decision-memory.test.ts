import { expect, test } from 'vitest';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { RequestInfo } from '../request.ts';
import { rememberDecisions } from './decision-memory.ts';

const jane: UserInfo = { name: 'jane', groups: [] };

function question(about: Partial<RequestInfo> = {}): RequestInfo {
  const place = { group: '', version: 'v1', namespace: 'a', resource: 'pods', subresource: '', name: 'one' };
  return { isResource: true, verb: 'get', path: '/', ...place, ...about };
}

function newCounted() {
  const asked: RequestInfo[] = [];
  let change = (): void => {};
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
  const revoke = (): void => {
    allowed = false;
    change();
  };
  return { asked, authorize, revoke };
}

test('the same question is asked once', () => {
  const { asked, authorize } = newCounted();
  authorize(jane, question());
  authorize(jane, question());
  expect(asked).toHaveLength(1);
});

test('a change of rights counts at once', () => {
  const { authorize, revoke } = newCounted();
  expect(authorize(jane, question()).allowed).toBe(true);
  revoke();
  expect(authorize(jane, question()).allowed).toBe(false);
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
