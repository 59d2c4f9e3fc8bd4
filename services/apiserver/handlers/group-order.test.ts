import { expect, test } from 'vitest';
import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';
import { newCatalog } from '../types/catalog.ts';
import { established, newCronTabCrd } from '../types/crd-fixture.ts';
import { aggregatedDiscovery, apiGroupList } from './discovery-documents.ts';

function crdOf(plural: string, group: string, versions: string[]): CustomResourceDefinition {
  const crd = newCronTabCrd();
  const [first] = crd.spec.versions;
  if (!first) throw new Error('the fixture has no version');
  return established({
    ...crd,
    metadata: { name: `${plural}.${group}` },
    spec: {
      ...crd.spec,
      group,
      names: { ...crd.spec.names, plural },
      versions: versions.map((name, index) => ({ ...first, name, storage: index === 0 })),
    },
  });
}

const catalog = newCatalog();
catalog.setCustomResourceDefinition(crdOf('widgets', 'c.example.com', ['v1']));
catalog.setCustomResourceDefinition(crdOf('gadgets', 'd.example.com', ['v2', 'v1']));
catalog.setCustomResourceDefinition(crdOf('apples', 'b.example.com', ['v2']));

const isCustom = (name: string | undefined): boolean => name?.endsWith('.example.com') ?? false;

test('the list of groups has those of custom resources by their APIServices: the least version, then the name', () => {
  const { groups } = apiGroupList(catalog.list()) as { groups: { name: string }[] };
  expect(groups.map(({ name }) => name).slice(-3)).toEqual(['c.example.com', 'd.example.com', 'b.example.com']);
  expect(groups.filter(({ name }) => isCustom(name))).toHaveLength(3);
});

test('aggregated discovery has them by name', () => {
  const { items } = aggregatedDiscovery(catalog.list()) as { items: { metadata: { name?: string } }[] };
  const names = items.map(({ metadata }) => metadata.name);
  expect(names.filter(isCustom)).toEqual(['b.example.com', 'c.example.com', 'd.example.com']);
});
