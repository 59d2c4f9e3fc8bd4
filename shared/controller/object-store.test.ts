import { describe, expect, test } from 'vitest';
import type { ConfigMap } from '../apis/core/v1.ts';
import { newObjectStore } from './object-store.ts';

function configMap(namespace: string, name: string, value: string): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data: { value } };
}

describe('an object store', () => {
  const newStore = () => newObjectStore<ConfigMap>({ byValue: ({ data }) => (data?.['value'] ? [data['value']] : []) });
  const names = (objects: ConfigMap[]) => objects.map(({ metadata }) => metadata.name);

  test('files an object anew under its index when it changes, and takes it out when it goes', () => {
    const store = newStore();
    store.set(configMap('a', 'x', '1'));
    store.set(configMap('b', 'x', '1'));
    expect(store.byIndex('byValue', '1')).toHaveLength(2);
    expect(store.set(configMap('a', 'x', '2'))?.data).toEqual({ value: '1' });
    expect(store.byIndex('byValue', '1')).toHaveLength(1);
    expect(names(store.byIndex('byValue', '2'))).toEqual(['x']);
    expect(store.delete('a/x')?.metadata.namespace).toBe('a');
    expect(store.byIndex('byValue', '2')).toEqual([]);
    expect(store.delete('a/x')).toBeUndefined();
  });

  test('is swapped in whole', () => {
    const store = newStore();
    store.set(configMap('a', 'old', '1'));
    const before = store.replace([configMap('a', 'new', '2')]);
    expect([...before.keys()]).toEqual(['a/old']);
    expect(names(store.list())).toEqual(['new']);
    expect(store.byIndex('byValue', '1')).toEqual([]);
  });

  test('has no index that was not declared', () => {
    expect(() => newStore().byIndex('other', '1')).toThrow('there is no index "other"');
  });
});
