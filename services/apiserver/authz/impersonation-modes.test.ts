import { describe, expect, test } from 'vitest';
import { isStatusError } from '../../../shared/apis/meta/status-error.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { RequestInfo } from '../request.ts';
import { newImpersonationCheck, type WantedUser } from './impersonation-modes.ts';

const listPods: RequestInfo = {
  isResource: true,
  verb: 'list',
  path: '/api/v1/pods',
  group: '',
  version: 'v1',
  namespace: '',
  resource: 'pods',
  subresource: '',
  name: '',
};
const robot: UserInfo = { name: 'system:serviceaccount:a:robot', groups: [] };
const onNode: UserInfo = { ...robot, extra: { 'authentication.kubernetes.io/node-name': ['n'] } };
const wanted = (more: Partial<WantedUser>): WantedUser => ({ name: 'jane', groups: [], uid: '', extra: {}, ...more });

/** `allowed` are questions in the form `verb resource/subresource name`. */
function ask(allowed: string[], want: Partial<WantedUser>, requester = robot) {
  const check = newImpersonationCheck((_user, { verb, resource, subresource, name }) => {
    const question = `${verb} ${resource}${subresource ? `/${subresource}` : ''}${name ? ` ${name}` : ''}`;
    return { allowed: allowed.includes(question), reason: '' };
  });
  const result = check({ requester, info: listPods, wanted: wanted(want) });
  return isStatusError(result) ? result.message : result;
}

describe('who may impersonate', () => {
  test('a user in general may do so whatever is asked for', () => {
    expect(ask(['impersonate users jane'], {})).toEqual({
      user: { name: 'jane', groups: ['system:authenticated'] },
    });
  });

  test('a user for one verb may do so for it alone, and the audit log is told which right it was', () => {
    const own = ['impersonate-on:user-info:list pods', 'impersonate:user-info users jane'];
    expect(ask(own, {})).toEqual({
      user: { name: 'jane', groups: ['system:authenticated'] },
      constraint: 'impersonate:user-info',
    });
    expect(ask(own.slice(1), {})).toBe(
      'pods is forbidden: User "system:serviceaccount:a:robot" cannot impersonate-on:user-info:list resource "pods" in API group "" at the cluster scope',
    );
    expect(ask(own.slice(0, 1), {})).toBe(
      'users.authentication.k8s.io "jane" is forbidden: User "system:serviceaccount:a:robot" cannot impersonate:user-info resource "users" in API group "authentication.k8s.io" at the cluster scope',
    );
  });

  test('nobody in a narrow mode becomes a master, whatever the rules', () => {
    const own = ['impersonate-on:user-info:list pods', 'impersonate:user-info users jane'];
    const groups = ['system:masters'];
    expect(ask([...own, 'impersonate:user-info groups system:masters'], { groups })).toBe(
      'groups.authentication.k8s.io "system:masters" is forbidden: User "system:serviceaccount:a:robot" cannot impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed',
    );
    expect(ask(['impersonate users jane', 'impersonate groups system:masters'], { groups })).toMatchObject({
      user: { groups: ['system:masters', 'system:authenticated'] },
    });
  });

  test('a node by name has the group of nodes only in a narrow mode', () => {
    const name = 'system:node:n';
    const own = ['impersonate-on:arbitrary-node:list pods', 'impersonate:arbitrary-node nodes n'];
    expect(ask(own, { name })).toEqual({
      user: { name, groups: ['system:nodes', 'system:authenticated'] },
      constraint: 'impersonate:arbitrary-node',
    });
    expect(ask([...own, 'impersonate users system:node:n'], { name, uid: '5' })).toContain(
      'cannot impersonate resource',
    );
  });

  test('a service account on a node becomes that node, and no other', () => {
    const own = ['impersonate-on:associated-node:list pods', 'impersonate:associated-node nodes *'];
    expect(ask(own, { name: 'system:node:n' }, onNode)).toMatchObject({
      user: { name: 'system:node:n' },
      constraint: 'impersonate:associated-node',
    });
    expect(ask(own, { name: 'system:node:m' }, onNode)).toContain('impersonate-on:arbitrary-node:list');
    expect(ask(own, { name: 'system:node:n' })).toContain('impersonate-on:arbitrary-node:list');
  });

  test('a service account brings its groups', () => {
    const name = 'system:serviceaccount:b:other';
    const own = ['impersonate-on:serviceaccount:list pods', 'impersonate:serviceaccount serviceaccounts other'];
    expect(ask(own, { name })).toMatchObject({
      user: { groups: ['system:serviceaccounts', 'system:serviceaccounts:b', 'system:authenticated'] },
    });
  });

  test('many groups or extra fields may be had by one right to all', () => {
    const own = ['impersonate-on:user-info:list pods', 'impersonate:user-info users jane'];
    const groups = ['a', 'b', 'c', 'd'];
    const extra = { 'acme.io/team': ['1', '2', '3', '4'] };
    const all = [...own, 'impersonate:user-info groups *', 'impersonate:user-info userextras/* *'];
    expect(ask(all, { groups, extra })).toMatchObject({ user: { extra } });
    expect(ask(all, { groups: ['a', 'b', 'c'] })).toContain('groups.authentication.k8s.io "a" is forbidden');
  });

  test('extra fields have a domain in narrow modes', () => {
    const own = ['impersonate-on:user-info:list pods', 'impersonate:user-info users jane'];
    expect(ask(own, { extra: { scope: ['x'] } })).toContain(
      'impersonating an invalid key in extra is not allowed: extra.key: Invalid value: "scope": must be a domain-prefixed path',
    );
  });
});

test('the way that worked last is tried first, so that its refusal is told', () => {
  const rights = new Set(['impersonate users jane']);
  const check = newImpersonationCheck((_user, { verb, resource, name }) => ({
    allowed: rights.has(`${verb} ${resource} ${name}`),
    reason: '',
  }));
  const asked = { requester: robot, info: listPods, wanted: wanted({}) };
  expect(check(asked)).toMatchObject({ user: { name: 'jane' } });
  rights.clear();
  expect(check(asked)).toMatchObject({ message: expect.stringContaining('cannot impersonate resource "users"') });
});
