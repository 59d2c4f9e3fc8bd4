import { describe, expect, test } from 'vitest';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { groupVersionName, operationId, tagOf } from './operation-names.ts';

describe('a group and version', () => {
  test.each([
    ['', 'v1', 'core_v1', 'CoreV1'],
    ['rbac.authorization.k8s.io', 'v1', 'rbacAuthorization_v1', 'RbacAuthorizationV1'],
    ['x-y.k8s.example', 'v1alpha1', 'xYK8sExample_v1alpha1', 'XYK8sExampleV1alpha1'],
    ['3scale.example.com', 'v1', 'ScaleExampleCom_v1', 'ScaleExampleComV1'],
  ])('%j %s has the tag %s and the name %s', (group, version, tag, name) => {
    expect(tagOf(group, version)).toBe(tag);
    expect(groupVersionName(group, version)).toBe(name);
  });
});

test.each([
  ['Deployment', 'replace', { before: 'Namespaced', after: 'Status' }, 'replaceAppsV1NamespacedDeploymentStatus'],
  ['Deployment', 'delete', { before: 'CollectionNamespaced' }, 'deleteAppsV1CollectionNamespacedDeployment'],
  ['Deployment', 'list', { after: 'ForAllNamespaces' }, 'listAppsV1DeploymentForAllNamespaces'],
  ['deployment', 'list', {}, 'listAppsV1Deployment'],
])('an operation on a %s is called after its verb %s', (kind, verb, what, expected) => {
  const definition = { group: 'apps', version: 'v1', kind } as ResourceDefinition;
  expect(operationId(definition, verb, what)).toBe(expected);
});
