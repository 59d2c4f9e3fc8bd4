import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { ConfigMap } from '../apis/core/v1.ts';
import { newObjectStore } from './object-store.ts';

function configMap(namespace: string, name: string, value: string): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data: { value } };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const used = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

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

  test('keeps the order in which objects came to a value, whichever of them goes', () => {
    const store = newStore();
    const found = () => names(store.byIndex('byValue', '1'));
    for (const name of ['x', 'y', 'x', 'z']) store.set(configMap('a', name, '1'));
    expect(found()).toEqual(['x', 'y', 'z']);
    store.delete('a/x');
    store.delete('a/z');
    expect(found()).toEqual(['y']);
    store.set(configMap('a', 'x', '1'));
    expect(found()).toEqual(['y', 'x']);
    store.delete('a/y');
    store.delete('a/x');
    expect(found()).toEqual([]);
    store.set(configMap('a', 'y', '1'));
    expect(found()).toEqual(['y']);
  });

  test('an object with the same value twice goes from it once and for all', () => {
    const store = newObjectStore<ConfigMap>({ byValue: ({ data }) => Object.values(data ?? {}) });
    store.set({ ...configMap('a', 'x', '1'), data: { value: '1', other: '1' } });
    expect(names(store.byIndex('byValue', '1'))).toEqual(['x']);
    store.delete('a/x');
    expect(store.byIndex('byValue', '1')).toEqual([]);
  });

  test('an index of what each object has to itself costs little beside its entries', () => {
    const objects = Array.from({ length: 20_000 }, (_, n) => configMap('a', `x-${n}`, `value-${n}`));
    const heldBy = (store: ReturnType<typeof newStore>): number => {
      const before = used();
      store.replace(objects);
      const after = used();
      expect(store.get('a/x-1')).toBe(objects[1]);
      return after - before;
    };
    const plain = heldBy(newObjectStore<ConfigMap>());
    const indexed = Math.min(heldBy(newStore()), heldBy(newStore())); // Other tests of the process may keep something meanwhile.
    expect((indexed - plain) / objects.length).toBeLessThan(120);
  });

  test('has no index that was not declared', () => {
    expect(() => newStore().byIndex('other', '1')).toThrow('there is no index "other"');
  });
});
