import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { newInvalid, newNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { STATE_LABEL } from '../../shared/apis/work/v1alpha1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { type FakeApi, newFakeApi } from './fake-world.ts';
import { MAX_SECRET_BYTES, newSecretStateStore } from './secret-state-store.ts';

const { signal } = new AbortController();
let member: FakeApi;

beforeEach(() => {
  member = newFakeApi();
});

const MAX_BYTES = 1000;
const newStore = (maxBytes = MAX_BYTES) =>
  newSecretStateStore({ member: member.client, namespace: 'ours', log: silentLogger, maxBytes });
const kept = () => newStore().load(signal);
const names = (): (string | undefined)[] => member.list('secrets').map(({ metadata }) => metadata.name);

function killAt(number: number): void {
  let writes = 0;
  member.intercept((request) => {
    if (/^(create|update|delete) secrets/.test(request) && ++writes >= number) throw new Error('killed');
  });
}

test('a blob is there for the next agent, as long as it is not removed', async () => {
  const store = newStore();
  await store.save('head', Buffer.from('one'), signal);
  await store.save('head', Buffer.from('two'), signal);
  await store.save('7', Buffer.from('seven'), signal);
  await store.remove('7', signal);
  await store.remove('8', signal);
  expect([...(await kept())]).toEqual([['head', Buffer.from('two')]]);
});

test('hubs that keep theirs in one namespace do not read, name or remove each other’s, nor an agent’s', async () => {
  const stores = ['m1', 'm2', undefined].map((cluster) =>
    newSecretStateStore({
      ...{ member: member.client, namespace: 'ours', log: silentLogger, maxBytes: 4 },
      ...(cluster === undefined ? {} : { cluster }),
    }),
  );
  for (const [index, store] of stores.entries()) await store.save('head', Buffer.from(`kept by ${index}`), signal);
  for (const [index, store] of stores.entries()) {
    expect([...(await store.load(signal))]).toEqual([['head', Buffer.from(`kept by ${index}`)]]);
    expect(await store.altered(signal)).toEqual([]);
  }
  await stores[0]?.remove('head', signal);
  expect((await stores[1]?.load(signal))?.get('head')?.toString()).toBe('kept by 1');
  expect((await stores[2]?.load(signal))?.get('head')?.toString()).toBe('kept by 2');
});

test('what is kept in another namespace is somebody else’s', async () => {
  const stores = ['ours', 'theirs'].map((namespace) =>
    newSecretStateStore({ member: member.client, namespace, log: silentLogger, maxBytes: MAX_BYTES }),
  );
  for (const [index, store] of stores.entries()) await store.save('head', Buffer.from(`kept by ${index}`), signal);
  for (const [index, store] of stores.entries()) {
    expect([...(await store.load(signal))]).toEqual([['head', Buffer.from(`kept by ${index}`)]]);
    expect(await store.altered(signal)).toEqual([]);
  }
});

test('the namespace is made where it is missing', async () => {
  member.intercept((request) => {
    const isThere = member.get('namespaces', 'ours') !== undefined;
    if (request.startsWith('create secrets') && !isThere) throw newNotFound({ resource: 'namespaces', name: 'ours' });
  });
  await newStore().save('head', Buffer.from('one'), signal);
  expect(names()).toEqual(['pullet-state-head']);
});

describe('a blob that is too large for a Secret', () => {
  const large = randomBytes(2 * MAX_BYTES + 1);
  const larger = Buffer.concat([large, randomBytes(MAX_BYTES)]);

  test('is spread over several, none of which is too large', async () => {
    const huge = randomBytes(2 * MAX_SECRET_BYTES + 1);
    await newStore(MAX_SECRET_BYTES).save('3', huge, signal);
    expect((await kept()).get('3')?.equals(huge)).toBe(true);
    const sizes = member.list('secrets').map((secret) => {
      const data = Object.values((secret['data'] ?? {}) as Record<string, string>);
      return data.reduce((sum, text) => sum + Buffer.from(text, 'base64').length, 0);
    });
    expect(sizes).toHaveLength(4);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_SECRET_BYTES);
  });

  test('leaves nothing behind when it shrinks, or is removed', async () => {
    const store = newStore();
    await store.save('3', larger, signal);
    await store.save('3', Buffer.from('small'), signal);
    expect(names()).toEqual(['pullet-state-3']);
    await store.save('3', large, signal);
    const next = newStore();
    await next.load(signal);
    await next.remove('3', signal);
    expect(names()).toEqual([]);
  });

  test('is the old one or the new one, wherever the agent was killed while it wrote, and nothing is left over', async () => {
    const outcomes = new Set<string>();
    for (let number = 1; number <= 12; number += 1) {
      member = newFakeApi();
      const store = newStore();
      await store.save('3', large, signal);
      killAt(number);
      await store.save('3', larger, signal).catch(() => {});
      member.intercept(() => {});
      const next = newStore();
      const found = (await next.load(signal)).get('3');
      expect(await next.altered(signal)).toEqual([]);
      outcomes.add(found?.equals(large) ? 'old' : found?.equals(larger) ? 'new' : 'damaged');
      expect(names()).toHaveLength(found?.equals(large) ? 4 : 5);
    }
    expect([...outcomes].sort()).toEqual(['new', 'old']);
  });

  test('of which a part is missing is not used', async () => {
    await newStore().save('3', large, signal);
    const part = names().find((name) => name?.startsWith('pullet-state-3-'));
    member.remove('secrets', `ours/${part}`);
    expect((await kept()).has('3')).toBe(false);
  });

  test('whose list of parts makes no sense is not used, and keeps no other from being', async () => {
    const store = newStore();
    await store.save('3', large, signal);
    await store.save('head', Buffer.from('one'), signal);
    const head = member.get('secrets', 'ours/pullet-state-3') as Unstructured;
    for (const list of ['[', '"x"', '["pullet-state-3-0"]']) {
      member.put('secrets', { ...head, data: { parts: Buffer.from(list).toString('base64') } });
      expect([...(await kept()).keys()]).toEqual(['head']);
    }
  });

  test('is whole again when it is saved as it was before it was removed, or is gone', async () => {
    const store = newStore();
    await store.save('3', large, signal);
    await store.remove('3', signal);
    await store.save('3', large, signal);
    expect((await kept()).get('3')?.equals(large)).toBe(true);
    for (const name of names()) member.remove('secrets', `ours/${name}`);
    await store.load(signal);
    await store.save('3', large, signal);
    expect((await kept()).get('3')?.equals(large)).toBe(true);
  });

  test('is still there, whole, when it could not be removed', async () => {
    const store = newStore();
    await store.save('3', large, signal);
    killAt(1);
    await expect(store.remove('3', signal)).rejects.toThrow('killed');
    member.intercept(() => {});
    expect((await kept()).get('3')?.equals(large)).toBe(true);
  });

  test('of which a part was missing is whole again when it is saved, also if it has not changed', async () => {
    await newStore().save('3', large, signal);
    const part = names().find((name) => name?.startsWith('pullet-state-3-'));
    member.remove('secrets', `ours/${part}`);
    const next = newStore();
    await next.load(signal);
    await next.save('3', large, signal);
    expect((await kept()).get('3')?.equals(large)).toBe(true);
  });
});

describe('of two who write, as a former leader and the next one may,', () => {
  const large = randomBytes(2 * MAX_BYTES + 1);

  test('the one who loads takes no part from the other who is about to name it', async () => {
    const former = newStore();
    const next = newStore();
    let loaded: Promise<unknown> | undefined;
    member.intercept((request) => {
      if (request === 'update secrets ours/pullet-state-3') loaded ??= next.load(signal);
    });
    await former.save('3', large, signal);
    await loaded;
    expect(loaded).toBeDefined();
    expect((await kept()).get('3')?.equals(large)).toBe(true);
  });

  test('the next one takes no part from the other who has named it since', async () => {
    const former = newStore();
    const next = newStore();
    let loaded: Promise<unknown> | undefined;
    member.intercept((request) => {
      if (request === 'update secrets ours/pullet-state-3') loaded ??= next.load(signal);
    });
    await former.save('3', large, signal);
    await loaded;
    await next.load(signal);
    expect(await next.altered(signal)).toEqual([]);
    expect((await kept()).get('3')?.equals(large)).toBe(true);
  });

  test('the next one finds what the former has changed, and what it took away is written again', async () => {
    const former = newStore();
    await former.save('3', large, signal);
    const next = newStore();
    await next.load(signal);
    await former.save('3', Buffer.from('small'), signal);
    expect(await next.altered(signal)).toEqual(['3']);
    await next.save('3', large, signal);
    expect((await kept()).get('3')?.equals(large)).toBe(true);
    expect(await next.altered(signal)).toEqual([]);
  });
});

describe('what people did to the Secrets', () => {
  const secret = (name: string) => member.get('secrets', `ours/${name}`) as Unstructured;
  const copy = (name: string, as: string) => {
    const { metadata, ...rest } = secret(name);
    member.put('secrets', { ...rest, metadata: { name: as, namespace: 'ours', labels: metadata.labels ?? {} } });
  };

  test.each(['pullet-state-head', 'pullet-state-3', 'a part'])(
    '%s that is gone or another is noticed, once it is',
    async (which) => {
      const store = newStore();
      await store.save('head', Buffer.from('head'), signal);
      await store.save('3', randomBytes(2 * MAX_BYTES), signal);
      await store.load(signal);
      expect(await store.altered(signal)).toEqual([]);
      const name = which === 'a part' ? (names().find((one) => one?.startsWith('pullet-state-3-')) ?? '') : which;
      const blob = which === 'pullet-state-head' ? 'head' : '3';
      const bytes = (await kept()).get(blob) ?? Buffer.from('');
      member.put('secrets', { ...secret(name), data: {} });
      expect(await store.altered(signal)).toEqual([blob]);
      await store.save(blob, bytes, signal);
      expect((await kept()).get(blob)?.equals(bytes)).toBe(true);
      expect(await store.altered(signal)).toEqual([]);
      member.remove('secrets', `ours/${name}`);
      expect(await store.altered(signal)).toEqual([blob]);
      await store.save(blob, bytes, signal);
      expect((await kept()).get(blob)?.equals(bytes)).toBe(true);
    },
  );

  test('a part that was changed goes when no Secret names it any more', async () => {
    const store = newStore();
    await store.save('3', randomBytes(2 * MAX_BYTES), signal);
    const part = names().find((one) => one?.startsWith('pullet-state-3-')) ?? '';
    member.put('secrets', { ...secret(part), data: {} });
    expect(await store.altered(signal)).toEqual(['3']);
    await store.save('3', Buffer.from('small'), signal);
    expect(await store.altered(signal)).toEqual([]);
    expect(names()).toEqual(['pullet-state-3']);
  });

  test('what is being written is not taken for changed', async () => {
    const store = newStore();
    await store.save('head', Buffer.from('one'), signal);
    let looked: Promise<string[]> | undefined;
    member.intercept((request) => {
      if (request.startsWith('update secrets')) looked ??= store.altered(signal);
    });
    await store.save('head', Buffer.from('two'), signal);
    expect(await looked).toEqual([]);
  });

  test('copies, which have the label too, are neither used nor removed', async () => {
    const large = randomBytes(2 * MAX_BYTES);
    const store = newStore();
    await store.save('head', Buffer.from('old'), signal);
    await store.save('3', large, signal);
    const part = names().find((name) => name?.startsWith('pullet-state-3-')) ?? '';
    copy('pullet-state-head', 'pullet-state-head-copy');
    copy(part, 'copy-of-a-part');
    await store.save('head', Buffer.from('new'), signal);
    expect((await store.load(signal)).get('head')?.toString()).toBe('new');
    expect(await store.altered(signal)).toEqual([]);
    expect(names()).toEqual(expect.arrayContaining(['pullet-state-head-copy', 'copy-of-a-part']));
  });

  test('a label that was changed is no reason to remove the Secret', async () => {
    const store = newStore();
    await store.save('head', Buffer.from('one'), signal);
    for (const label of ['part', '7']) {
      const { metadata, ...rest } = secret('pullet-state-head');
      member.put('secrets', { ...rest, metadata: { ...metadata, labels: { [STATE_LABEL]: label } } });
      expect([...(await kept())]).toEqual([]);
    }
    await store.save('head', Buffer.from('two'), signal);
    expect((await kept()).get('head')?.toString()).toBe('two');
  });

  test('one that was made unchangeable is made anew, and one that is refused for another reason is left', async () => {
    const store = newStore();
    await store.save('head', Buffer.from('one'), signal);
    const { uid } = secret('pullet-state-head').metadata;
    const refuse = (message: string) =>
      member.intercept((request) => {
        if (request === 'update secrets ours/pullet-state-head' && secret('pullet-state-head').metadata.uid === uid)
          throw newInvalid({ resource: 'secrets', name: 'pullet-state-head' }, [
            { reason: 'FieldValueForbidden', field: 'data', message },
          ]);
      });
    refuse('Too long: must have at most 1048576 bytes');
    await expect(store.save('head', Buffer.from('two'), signal)).rejects.toThrow('Too long');
    expect((await kept()).get('head')?.toString()).toBe('one');
    refuse('Forbidden: field is immutable when `immutable` is set');
    await store.save('head', Buffer.from('two'), signal);
    expect((await kept()).get('head')?.toString()).toBe('two');
  });
});
