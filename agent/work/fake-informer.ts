import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ChangeHandler, Informer, InformerOptions } from '../../shared/controller/informer.ts';
import { keyOf } from '../../shared/controller/store.ts';
import type { FakeApi } from './fake-world.ts';

/** For tests: an informer that knows of each change the moment it happens; `labelSelector` is one `key=value`. */
export function newFakeInformer(api: FakeApi): <T extends KubeObject>(options: InformerOptions<T>) => Informer<T> {
  return <T extends KubeObject>({
    type,
    namespace,
    labelSelector,
    transform = (object: T) => object,
    onList,
    indexes = {},
  }: InformerOptions<T>): Informer<T> => {
    let store = new Map<string, T>();
    let upTo = '';
    const handlers = new Set<ChangeHandler<T>>();
    const [label = '', wanted = ''] = (labelSelector ?? '').split('=');
    const isWatched = ({ metadata }: KubeObject): boolean =>
      (!namespace || metadata.namespace === namespace) && (!labelSelector || metadata.labels?.[label] === wanted);
    const tell: ChangeHandler<T> = (change) => {
      for (const handler of handlers) handler(change);
    };
    const take = (live: Unstructured, deleted: boolean): void => {
      const key = keyOf(live);
      const previous = store.get(key);
      const isGone = deleted || !isWatched(live);
      if (isGone && !previous) return;
      upTo = live.metadata.resourceVersion ?? upTo;
      const object = isGone && previous ? previous : transform(live as unknown as T);
      if (isGone) store.delete(key);
      else store.set(key, object);
      tell({ object, deleted: isGone, ...(previous ? { previous } : {}) });
    };
    const list = (): void => {
      const before = store;
      const found = api.list(type.resource).filter(isWatched);
      store = new Map(found.map((live) => [keyOf(live), transform(structuredClone(live) as unknown as T)]));
      upTo = String(api.version());
      for (const [key, object] of store) {
        const previous = before.get(key);
        before.delete(key);
        if (previous?.metadata.resourceVersion === object.metadata.resourceVersion) continue;
        tell({ object, deleted: false, ...(previous ? { previous } : {}) });
      }
      for (const object of before.values()) tell({ object, previous: object, deleted: true });
    };
    list();
    api.listen(type.resource, take);
    api.onList(() => {
      list();
      onList?.();
    });
    return {
      type,
      store: {
        get: (key) => store.get(key),
        list: () => [...store.values()],
        byIndex: (index, value) => [...store.values()].filter((object) => indexes[index]?.(object).includes(value)),
      },
      hasSynced: () => true,
      seenUpTo: () => upTo,
      synced: async () => {},
      addHandler: (handler) => {
        handlers.add(handler);
        for (const object of store.values()) handler({ object, deleted: false });
        return () => handlers.delete(handler);
      },
      run: async () => onList?.(),
    };
  };
}

/** For tests: as long as they are cut, watches tell nothing. */
export function newCutWatches(api: FakeApi) {
  let isCut = false;
  const newInformer = newFakeInformer({
    ...api,
    listen: (resource, listener) =>
      api.listen(resource, (object, deleted) => {
        if (!isCut) listener(object, deleted);
      }),
  });
  const cut = (wanted: boolean): void => {
    isCut = wanted;
  };
  return { newInformer, cut };
}
