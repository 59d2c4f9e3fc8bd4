import { describe, expect, test } from 'vitest';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { clusterRules, ownRules } from './agent-rights.ts';
import { findResources } from './managed-resources.ts';

const resource = (name: string, singularName: string, kind: string, shortNames: string[]) => ({
  ...{ resource: name, singularResource: singularName, responseKind: { kind }, shortNames },
  ...{ scope: 'Namespaced', verbs: ['get'] },
});
const group = (name: string, resources: object[]) => ({
  metadata: { name },
  versions: [{ version: 'v1', resources }],
});

function newMember() {
  const member = newFakeKube();
  const list = (items: object[]) => ({ kind: 'APIGroupDiscoveryList', items });
  member.documents.set('/api', list([group('', [resource('configmaps', 'configmap', 'ConfigMap', ['cm'])])]));
  const deployments = resource('deployments', 'deployment', 'Deployment', ['deploy']);
  member.documents.set('/apis', list([group('apps', [deployments])]));
  return member.client;
}

const find = (...names: string[]) => findResources(newMember(), names, new AbortController().signal);

describe('--manage', () => {
  test.each([['deployments'], ['deployment'], ['deploy'], ['Deployment'], ['deployments.apps'], ['deploy.apps']])(
    'finds %s',
    async (name) => {
      expect(await find(name)).toEqual({ resources: [{ group: 'apps', resource: 'deployments' }], unknown: [] });
    },
  );

  test('finds what is of the core group, and all of a group', async () => {
    const { resources } = await find('cm', '*.apps');
    expect(resources).toEqual([
      { group: '', resource: 'configmaps' },
      { group: 'apps', resource: '*' },
    ]);
  });

  test('takes what is yet to come if its group is named, and tells of it', async () => {
    const found = { resources: [{ group: 'example.com', resource: 'widgets' }], unknown: ['widgets.example.com'] };
    expect(await find('widgets.example.com')).toEqual(found);
  });

  test.each([['widgets'], ['*']])('refuses %s', async (name) => {
    await expect(find(name)).rejects.toThrow(`--manage ${name}: the member serves no such resource`);
  });
});

describe('the rights', () => {
  test('are everything unless something is named', () => {
    expect(clusterRules(undefined)[0]).toEqual({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] });
  });

  test('are one rule a group, and what the agent itself looks at', () => {
    const rules = clusterRules([
      { group: 'apps', resource: 'deployments' },
      { group: '', resource: 'services' },
      { group: '', resource: 'configmaps' },
    ]);
    expect(rules.slice(0, 2).map(({ apiGroups, resources }) => [apiGroups, resources])).toEqual([
      [[''], ['configmaps', 'services']],
      [['apps'], ['deployments']],
    ]);
    const writes = rules.slice(2).flatMap(({ verbs }) => verbs.filter((verb) => !/^(get|list|watch)$/.test(verb)));
    expect(writes).toEqual([]);
  });

  test('in the agent’s own namespace name its lease', () => {
    expect(ownRules('pullet-agent').filter(({ resources }) => resources?.includes('leases'))).toMatchObject([
      { verbs: ['create'] },
      { resourceNames: ['pullet-agent'], verbs: ['get', 'update', 'patch'] },
    ]);
  });
});
