import { expect, test } from 'vitest';
import { newFixture } from '../../handlers/request-fixture.ts';

const everything = [
  {
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  },
];
const by = (...groups: string[]) =>
  everything.map((rule) => ({ subjects: groups.map((name) => ({ kind: 'Group', group: { name } })), ...rule }));

const exempt = { matchingPrecedence: 1, priorityLevelConfiguration: { name: 'exempt' }, rules: by('system:masters') };
const catchAll = {
  matchingPrecedence: 10_000,
  priorityLevelConfiguration: { name: 'catch-all' },
  distinguisherMethod: { type: 'ByUser' },
  rules: by('system:unauthenticated', 'system:authenticated'),
};
const lowest = {
  type: 'Limited',
  limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
};

test.each([
  ['flowschemas', 'exempt', exempt, 201],
  ['flowschemas', 'exempt', { ...exempt, rules: by('others') }, 422],
  ['flowschemas', 'exempt', { ...exempt, distinguisherMethod: { type: 'ByUser' } }, 422],
  ['flowschemas', 'catch-all', catchAll, 201],
  ['flowschemas', 'catch-all', { ...catchAll, matchingPrecedence: 9_999 }, 422],
  ['flowschemas', 'another', { ...catchAll, matchingPrecedence: 9_999 }, 201],
  ['prioritylevelconfigurations', 'exempt', { type: 'Exempt' }, 201],
  ['prioritylevelconfigurations', 'exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 7 } }, 201],
  ['prioritylevelconfigurations', 'catch-all', lowest, 201],
  ['prioritylevelconfigurations', 'catch-all', { ...lowest, limited: { ...lowest.limited, lendablePercent: 1 } }, 422],
  ['prioritylevelconfigurations', 'another', { ...lowest, limited: { ...lowest.limited, lendablePercent: 1 } }, 201],
])('%s %s is as it has to be: %j', async (plural, name, spec, code) => {
  const resource = `${plural}.flowcontrol.apiserver.k8s.io`;
  expect(await newFixture().send({ verb: 'create', resource, body: { metadata: { name }, spec } })).toMatchObject({
    code,
  });
});
