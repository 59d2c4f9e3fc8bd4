import { describe, expect, test } from 'vitest';
import { newCatalog } from './catalog.ts';
import { established, newCronTabCrd } from './crd-fixture.ts';
import { compareVersions } from './version-order.ts';

describe('the catalog', () => {
  test('serves the stable built-in versions and no others', () => {
    const versions = new Set(
      newCatalog()
        .list()
        .map(({ version }) => version),
    );
    expect([...versions].sort()).toEqual(['v1', 'v2']);
  });

  test('finds by URL and by kind', () => {
    const catalog = newCatalog();
    const deployments = catalog.find('apps', 'v1', 'deployments');
    expect(deployments).toMatchObject({
      kind: 'Deployment',
      namespaced: true,
      shortNames: ['deploy'],
      source: 'builtin',
    });
    expect(catalog.findKind('apps', 'v1', 'Deployment')).toBe(deployments);
    expect(catalog.find('apps', 'v1beta1', 'deployments')).toBeUndefined();
  });

  test('leaves out subresources that need a node', () => {
    const names = newCatalog()
      .find('', 'v1', 'pods')
      ?.subresources.map(({ name }) => name);
    expect(names).toEqual(['binding', 'ephemeralcontainers', 'eviction', 'resize', 'status']);
  });

  test('gives a subresource of another group its own kind', () => {
    const scale = newCatalog()
      .find('apps', 'v1', 'deployments')
      ?.subresources.find(({ name }) => name === 'scale');
    expect(scale).toMatchObject({ group: 'autoscaling', version: 'v1', kind: 'Scale' });
  });

  test('serves a CRD once it is established, and until it is removed', () => {
    const catalog = newCatalog();
    const generations: number[] = [];
    catalog.onChange(() => generations.push(catalog.generation()));
    catalog.setCustomResourceDefinition(newCronTabCrd());
    expect(catalog.find('stable.example.com', 'v1', 'crontabs')).toBeUndefined();
    catalog.setCustomResourceDefinition(established(newCronTabCrd()));
    expect(catalog.find('stable.example.com', 'v1', 'crontabs')).toMatchObject({ kind: 'CronTab', source: 'crd' });
    catalog.removeCustomResourceDefinition('crontabs.stable.example.com');
    expect(catalog.find('stable.example.com', 'v1', 'crontabs')).toBeUndefined();
    expect(generations).toEqual([2, 3]);
  });

  test('does not change when a CRD is written without a difference', () => {
    const catalog = newCatalog();
    catalog.setCustomResourceDefinition(established(newCronTabCrd()));
    const before = catalog.generation();
    const again = established(newCronTabCrd());
    again.metadata.labels = { a: 'b' };
    catalog.setCustomResourceDefinition(again);
    expect(catalog.generation()).toBe(before);
  });

  test('tells nobody who stopped listening', () => {
    const catalog = newCatalog();
    let calls = 0;
    const stop = catalog.onChange(() => {
      calls += 1;
    });
    stop();
    catalog.setCustomResourceDefinition(established(newCronTabCrd()));
    expect(calls).toBe(0);
  });
});

test('versions are ordered by maturity, then number, then name', () => {
  const shuffled = [
    'foo10',
    'v1alpha1',
    'v10',
    'v11beta2',
    'v2',
    'foo1',
    'v3beta1',
    'v10beta3',
    'v11alpha2',
    'v12alpha1',
  ];
  expect(shuffled.sort(compareVersions)).toEqual([
    'v10',
    'v2',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'v1alpha1',
    'foo1',
    'foo10',
  ]);
});
