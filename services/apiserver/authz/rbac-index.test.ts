import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { RoleBinding } from '../../../shared/apis/rbac/v1.ts';
import { newRbacIndex } from './rbac-index.ts';

const RBAC = 'rbac.authorization.k8s.io';

function bindingTo(user: string, name: string, role = name): RoleBinding {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: 'n' },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: role },
    subjects: [{ apiGroup: RBAC, kind: 'User', name: user }],
  };
}

describe('the bindings of a user', () => {
  const index = newRbacIndex();
  const names = (user: string) => index.bindingsOf('n', { name: user, groups: [] }).map(({ name }) => name);

  test('are all there however they come and go', () => {
    expect(names('jane')).toEqual([]);
    for (const name of ['b', 'b', 'a', 'c']) index.setBinding(bindingTo('jane', name));
    expect(names('jane')).toEqual(['a', 'b', 'c']);
    index.deleteBinding('n', 'b');
    index.deleteBinding('n', 'b');
    index.deleteBinding('n', 'a');
    expect(names('jane')).toEqual(['c']);
    index.setBinding(bindingTo('joe', 'c'));
    expect(names('jane')).toEqual([]);
    expect(names('joe')).toEqual(['c']);
    index.setBinding(bindingTo('jane', 'c'));
    expect(names('jane')).toEqual(['c']);
    expect(names('joe')).toEqual([]);
  });
});

test('a role changes the rights of all who are bound to it, and of nobody else', () => {
  const index = newRbacIndex();
  const role = {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { name: 'r', namespace: 'n' },
    rules: [],
  };
  expect(index.setRole(role)).toEqual([]);
  index.setBinding(bindingTo('jane', 'a', 'r'));
  expect(index.setRole(role)).toEqual(['u:jane']);
  index.setBinding(bindingTo('joe', 'b', 'r'));
  index.setBinding(bindingTo('jim', 'c', 'other'));
  expect(index.setRole(role)).toEqual(['u:jane', 'u:joe']);
  index.deleteBinding('n', 'a');
  expect(index.deleteRole('n', 'r')).toEqual(['u:joe']);
});

test('a binding of one user to one role takes up little', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const bindings = Array.from({ length: 10_000 }, (_, n) => bindingTo(`user-${n}`, `binding-${n}`));
  const index = newRbacIndex();
  const before = used();
  for (const binding of bindings) index.setBinding(binding);
  expect((used() - before) / bindings.length).toBeLessThan(780);
  expect(index.bindingsOf('n', { name: 'user-7', groups: [] })).toHaveLength(1);
});
