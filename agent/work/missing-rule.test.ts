import { describe, expect, test } from 'vitest';
import { newForbidden, newNotFound, StatusError } from '../../shared/apis/meta/status-error.ts';
import { missingRule } from './missing-rule.ts';

const deployments = { group: 'apps', resource: 'deployments', name: 'web' };

describe('the rule that is missing', () => {
  test.each([
    ['apps', 'deployments', 'in the namespace "shop"'],
    ['', 'configmaps', 'in the namespace "shop"'],
    ['apiextensions.k8s.io', 'customresourcedefinitions', 'at the cluster scope'],
  ])('is told for %s %s', (group, resource, scope) => {
    const why = `User "agent" cannot patch resource "${resource}" in API group "${group}" ${scope}`;
    const told = missingRule(newForbidden({ group, resource, name: 'web' }, why));
    const rule = told.slice(told.indexOf('{'));
    expect(JSON.parse(rule)).toEqual({
      apiGroups: [group],
      resources: [resource],
      verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
    });
  });

  test.each<[string, unknown]>([
    ['a quota', newForbidden(deployments, 'exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4')],
    ['an admission policy', newForbidden(deployments, "ValidatingAdmissionPolicy 'x' denied request: no")],
    [
      'what a webhook was refused',
      new StatusError({
        ...newForbidden(deployments, '').status,
        message:
          'admission webhook "gk" denied the request: namespaces "shop" is forbidden: User "gk" cannot get resource "namespaces" in API group "" in the namespace "shop"',
      }),
    ],
    ['an object that is not there', newNotFound(deployments)],
    ['an error of another kind', new Error('cannot patch resource "a" in API group "b"')],
  ])('is not told for %s', (_what, error) => {
    expect(missingRule(error)).toBe('');
  });
});
