import { expect, test } from 'vitest';
import { newCatalog } from '../types/catalog.ts';
import type { AdmissionPolicy } from './policy-types.ts';
import { typeWarnings } from './type-warnings.ts';

const about = (...resources: string[]) => ({
  resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources }],
});
function warningsOf(expression: string, spec: object = {}): string[] {
  const policy = { spec: { matchConstraints: about('deployments'), validations: [{ expression }], ...spec } };
  return typeWarnings(policy as unknown as AdmissionPolicy, newCatalog()).map(({ warning }) => warning);
}

test.each([
  'object.spec.replicas > 1 && object.metadata.name == "a"',
  'object.spec.strategy.rollingUpdate.maxSurge == 1',
  'dyn(object).foo == 1',
])('%s has its types right', (expression) => {
  expect(warningsOf(expression)).toEqual([]);
});

test.each([
  ['object.spec.foo == 1', "undefined field 'foo'"],
  ['object.metadata.foo == 1', "undefined field 'foo'"],
  ['oldObject.spec.replicas == "a"', "'_==_' applied to '(int, string)'"],
  ['variables.count == "a"', "'_==_' applied to '(int, string)'"],
  ['params.data.a == 1', "'_==_' applied to '(string, int)'"],
])('%s has not: %s', (expression, why) => {
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const variables = [{ name: 'count', expression: 'object.spec.replicas' }];
  const [warning, ...more] = warningsOf(expression, { paramKind, variables });
  expect(warning).toContain(`apps/v1, Kind=Deployment: ERROR: <input>:1:`);
  expect(warning).toContain(why);
  expect(more).toEqual([]);
});

test('of several kinds each is told', () => {
  const [warning] = warningsOf('object.foo == 1', { matchConstraints: about('statefulsets', 'deployments', 'nope') });
  expect(warning?.match(/^apps.*Kind=\w+/gm)).toEqual(['apps/v1, Kind=Deployment', 'apps/v1, Kind=StatefulSet']);
});

test('which kinds are meant is not known of a rule about all', () => {
  expect(warningsOf('object.foo == 1', { matchConstraints: about('*') })).toEqual([]);
});

test('a rule is looked at once for each kind, however many threes its lists make', () => {
  const many = (name: string): string[] => Array.from({ length: 10_000 }, (_, index) => `${name}${index}`);
  const rule = { apiGroups: ['apps', ...many('g')], apiVersions: ['v1', ...many('v')], operations: ['CREATE'] };
  const [warning] = warningsOf('object.foo == 1', {
    matchConstraints: { resourceRules: [{ ...rule, resources: [...many('r'), 'Deployments'] }] },
  });
  expect(warning).toMatch(/^apps\/v1, Kind=Deployment: /);
});

test('the kinds that are served are looked through once, however many rules there are', () => {
  const catalog = newCatalog();
  let looks = 0;
  const list = () => {
    looks += 1;
    return catalog.list();
  };
  const { resourceRules } = about('deployments');
  const matchConstraints = { resourceRules: Array.from({ length: 1000 }, () => resourceRules).flat() };
  const policy = { spec: { matchConstraints, validations: [{ expression: 'object.foo == 1' }] } };
  expect(typeWarnings(policy as unknown as AdmissionPolicy, { ...catalog, list })).toHaveLength(1);
  expect(looks).toBe(1);
});

test('where no group is named a kind of any is meant, and of each rule no more than ten', () => {
  const all = newCatalog().list();
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: all.map(({ plural }) => plural),
  };
  const kindsIn = (resources: string[]) =>
    warningsOf('object.foo == 1', { matchConstraints: { resourceRules: [{ ...rule, resources }] } })[0]?.match(
      /^.*(?=, Kind=)/gm,
    );
  expect(kindsIn(['deployments'])).toEqual(['apps/v1']);
  expect(kindsIn(['events'])).toEqual(['/v1', 'events.k8s.io/v1']);
  expect(kindsIn(rule.resources)).toHaveLength(10);
});

test('many expressions take no longer than a definition may', () => {
  const validations = Array.from({ length: 3000 }, (_, index) => ({ expression: `object.foo${index} == 1` }));
  const rules = ['apps', 'batch', 'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', ''].map((group) => ({
    apiGroups: [group],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: newCatalog()
      .list()
      .filter((one) => one.group === group)
      .map(({ plural }) => plural),
  }));
  const told = warningsOf('true', { matchConstraints: { resourceRules: rules }, validations });
  expect(told.length).toBeGreaterThan(0);
  expect(told.at(-1)).not.toContain('too long');
});
