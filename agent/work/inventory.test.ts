import { describe, expect, test } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { type Inventory, newInventory } from './inventory.ts';
import { newKept, object, open, WHOSE } from './inventory-fixture.ts';
import { decodeShard, encodeState, HEAD, shardOf } from './known-state.ts';
import type { StateStore } from './state-store.ts';

/** What an agent that is killed, or whose member is away, must not have forgotten. */

const { signal } = new AbortController();

/** A member that answers when the test says so. */
function newGate() {
  let open: () => void = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), isOpen };
}

test('an object that is about to be made is known to the next agent', async () => {
  const { store } = newKept();
  const inventory = open(store);
  await inventory.load(signal);
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  const next = open(store);
  await next.load(signal);
  expect(next.get('uid-1')?.objects).toEqual([object('a')]);
});

test('so is what the same Work was about to make before', async () => {
  const { store } = newKept();
  const inventory = open(store);
  await inventory.load(signal);
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  await inventory.intend('uid-1', WHOSE, [object('b')]);
  const next = open(store);
  await next.load(signal);
  expect(next.get('uid-1')?.objects).toEqual([object('a'), object('b')]);
});

describe('what a Work was about to make', () => {
  const leaving = { ...object('a', 'u'), isLeaving: true as const };
  const record = { ...WHOSE, generation: 2, resourceVersion: '1', objects: [leaving] };

  /** Killed after the shard was written, and before the head that says so. */
  async function killed(meanwhile: (inventory: Inventory) => Promise<void> = async () => {}): Promise<StateStore> {
    const kept = newKept();
    const inventory = open(kept.store);
    await inventory.load(signal);
    await inventory.intend('uid-1', WHOSE, [object('a')]);
    inventory.put('uid-1', record);
    let isKilled = false;
    kept.beforeSave(async (name) => {
      if (isKilled) throw new Error('killed');
      if (name !== shardOf('uid-1')) return;
      await meanwhile(inventory);
      isKilled = true;
    });
    await expect(inventory.flush(signal)).rejects.toThrow('killed');
    kept.beforeSave(() => {});
    return kept.store;
  }
  const objectsIn = async (store: StateStore): Promise<unknown> => {
    const next = open(store);
    await next.load(signal);
    return next.get('uid-1')?.objects;
  };

  test('takes nothing back of what became of it since, and was written down', async () => {
    expect(await objectsIn(await killed())).toEqual([leaving]);
  });

  test.each([
    ['', 0],
    [', by the next agent', 1],
  ])('takes nothing back of what was written down later%s, though the head could not be', async (_who, restarts) => {
    const kept = newKept();
    let inventory = open(kept.store);
    await inventory.load(signal);
    await inventory.intend('uid-1', WHOSE, [object('a')]);
    for (let n = 0; n < restarts; n += 1) {
      inventory = open(kept.store);
      await inventory.load(signal);
    }
    kept.beforeSave((name) => {
      if (name === HEAD) throw new Error('the member is away');
    });
    for (const objects of [[object('a', 'u')], [leaving]]) {
      inventory.put('uid-1', { ...record, objects });
      await expect(inventory.flush(signal)).rejects.toThrow('away');
    }
    expect(await objectsIn(kept.store)).toEqual([leaving]);
  });

  test('counts for what it was about to make meanwhile', async () => {
    const store = await killed((inventory) => inventory.intend('uid-1', WHOSE, [object('b')]));
    expect(await objectsIn(store)).toEqual([leaving, object('b')]);
  });

  test('counts for what the next agent was about to make in its place', async () => {
    const store = await killed();
    const next = open(store);
    await next.load(signal);
    await next.intend('uid-1', WHOSE, [object('a')]);
    expect(await objectsIn(store)).toEqual([object('a')]);
  });

  test('counts where an agent wrote it that told nothing of the order', async () => {
    const kept = newKept();
    kept.blobs.set(shardOf('uid-1'), await encodeState({ 'uid-1': { record } }));
    kept.blobs.set(HEAD, await encodeState({ intentions: { 'uid-1': { ...WHOSE, objects: [object('a')] } } }));
    expect(await objectsIn(kept.store)).toEqual([object('a')]);
  });
});

test('what is about to be made in the place of what was there is in the record once', async () => {
  const inventory = open(newKept().store);
  await inventory.load(signal);
  await inventory.intend('uid-1', WHOSE, [object('a', 'old')]);
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  expect(inventory.get('uid-1')?.objects).toEqual([object('a')]);
});

test('what is meant to be done while the rest is being written down stays in the head until it is written too', async () => {
  const kept = newKept();
  const inventory = open(kept.store);
  await inventory.load(signal);
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  let meanwhile: Promise<void> | undefined;
  kept.beforeSave((name) => {
    if (name === shardOf('uid-1')) meanwhile ??= inventory.intend('uid-2', WHOSE, [object('b')]);
  });
  await inventory.flush(signal);
  await meanwhile;
  expect(await kept.intentions()).toEqual(['uid-2']);
  await inventory.flush(signal);
  expect(await kept.intentions()).toEqual([]);
});

test('so does what the same Work means to do meanwhile', async () => {
  const kept = newKept();
  const inventory = open(kept.store);
  await inventory.load(signal);
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  let meanwhile: Promise<void> | undefined;
  kept.beforeSave((name) => {
    if (name === shardOf('uid-1')) meanwhile ??= inventory.intend('uid-1', WHOSE, [object('b')]);
  });
  await inventory.flush(signal);
  await meanwhile;
  const next = open(kept.store);
  await next.load(signal);
  expect(next.get('uid-1')?.objects).toEqual([object('a'), object('b')]);
});

test('what could not be written down is written with the next', async () => {
  const kept = newKept();
  const inventory = open(kept.store);
  await inventory.load(signal);
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  kept.beforeSave(() => {
    throw new Error('the member is away');
  });
  await expect(inventory.flush(signal)).rejects.toThrow('away');
  kept.beforeSave(() => {});
  await inventory.flush(signal);
  expect([...kept.blobs.keys()].sort()).toEqual([shardOf('uid-1'), HEAD].sort());
});

test('the last known Works are written again with what is new, until they are forgotten', async () => {
  const { blobs, store } = newKept();
  const work: Work = {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { name: 'w', annotations: {} },
    spec: {},
  };
  const record = { ...WHOSE, generation: 1, resourceVersion: '1', objects: [] };
  blobs.set(shardOf('uid-1'), await encodeState({ 'uid-1': { record, work } }));
  const inventory = open(store);
  await inventory.load(signal);
  const known = async (): Promise<unknown[]> => {
    await inventory.flush(signal);
    return Object.values((await decodeShard(blobs.get(shardOf('uid-1')) ?? Buffer.from(''))) ?? {}).map(
      (one) => one.work,
    );
  };
  inventory.put('uid-1', { ...record, generation: 2 });
  expect(await known()).toEqual([work]);
  inventory.forgetWorks();
  inventory.put('uid-1', { ...record, generation: 3 });
  expect(await known()).toEqual([undefined]);
});

test('an inventory that can not be read is no empty one', async () => {
  const { store } = newKept();
  const away = { ...store, load: () => Promise.reject(new Error('the member is away')) };
  await expect(open(away).load(signal)).rejects.toThrow('away');
});

test('what may not be read is not written over', async () => {
  const kept = newKept();
  const first = open(kept.store);
  await first.load(signal);
  await first.intend('uid-1', WHOSE, [object('a')]);
  const told: string[] = [];
  const log = { ...silentLogger, warn: (_fields: object, message: string) => void told.push(message) };
  const unreadable = { ...kept.store, load: () => Promise.reject(newForbidden({ resource: 'secrets' }, 'no')) };
  const second = open(unreadable, log);
  expect(await second.load(signal)).toBe('refused');
  await second.intend('uid-2', WHOSE, [object('b')]);
  await second.lookAtKept(signal);
  await second.flush(signal);
  expect(await kept.intentions()).toEqual(['uid-1']);
  expect([...kept.blobs.keys()]).toEqual([HEAD]);
  expect(told).toEqual([expect.stringContaining('until there is, what is kept is neither used')]);
});

test.each([
  ['the head', HEAD],
  ['a shard', shardOf('uid-1')],
])('%s that somebody took away is written again', async (_name, name) => {
  const kept = newKept();
  let due = 0;
  const inventory = open(kept.store, silentLogger, () => {
    due += 1;
  });
  expect(await inventory.load(signal)).toBe('loaded');
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  await inventory.flush(signal);
  inventory.workChanged('uid-1'); // nothing is about to be made any more
  await inventory.flush(signal);
  const before = kept.blobs.get(name);
  kept.take(name);
  due = 0;
  await inventory.lookAtKept(signal);
  expect(due).toBe(1);
  await inventory.flush(signal);
  expect(before).toBeDefined();
  expect(kept.blobs.get(name)).toEqual(before);
  await inventory.lookAtKept(signal);
  expect(due).toBe(1);
});

test('who may not write delivers all the same, says so once, and writes all of it once the member lets it', async () => {
  const kept = newKept();
  let tries = 0;
  let isRefused = true;
  kept.beforeSave(() => {
    tries += 1;
    if (isRefused) throw newForbidden({ resource: 'secrets' }, 'exceeded quota: state');
  });
  const told: string[] = [];
  const tell = (_fields: object, message: string) => void told.push(message);
  const inventory = open(kept.store, { ...silentLogger, warn: tell, info: tell });
  await inventory.load(signal);
  for (const name of ['a', 'b', 'c']) await inventory.intend('uid-1', WHOSE, [object(name)]);
  expect(tries).toBe(1);
  expect([await inventory.flush(signal), await inventory.flush(signal)]).toEqual(['refused', 'refused']);
  expect(inventory.get('uid-1')?.objects).toEqual([object('a'), object('b'), object('c')]);
  isRefused = false;
  expect(await inventory.flush(signal)).toBe('kept');
  expect(told).toEqual([
    expect.stringContaining('no right to keep state in the member'),
    'state is kept in the member again',
  ]);
  const next = open(kept.store);
  await next.load(signal);
  expect(next.get('uid-1')?.objects).toEqual([object('a'), object('b'), object('c')]);
});

test('a mark that the member refuses is written some time later, with nothing else to write', async () => {
  const kept = newKept();
  let isRefused = true;
  kept.beforeSave(() => {
    if (isRefused) throw newForbidden({ resource: 'secrets' }, 'exceeded quota: state');
  });
  let dues = 0;
  const inventory = open(kept.store, silentLogger, () => {
    dues += 1;
  });
  await inventory.load(signal);
  const mark = { history: 'h2', hub: 'hub-1', epoch: '', revision: '5' };
  for (let times = 0; times < 3; times += 1) await inventory.commitMark(mark);
  expect([dues, inventory.keptHistory()]).toEqual([1, undefined]);
  expect(await inventory.flush(signal)).toBe('refused');
  expect(dues, 'whoever flushes knows when to do so again').toBe(1);
  isRefused = false;
  expect([await inventory.flush(signal), inventory.keptHistory()]).toEqual(['kept', 'h2']);
  const next = open(kept.store);
  await next.load(signal);
  expect([next.mark(), next.keptHistory()]).toEqual([mark, 'h2']);
});

test('what the member refuses keeps nothing else from being written', async () => {
  const kept = newKept();
  const inventory = open(kept.store);
  await inventory.load(signal);
  const uids = Array.from({ length: 64 }, (_, n) => `uid-${n}`);
  const shards = [...new Set(uids.map(shardOf))];
  const refused = new Set(shards.slice(0, 6));
  kept.beforeSave((name) => {
    if (refused.has(name)) throw newForbidden({ resource: 'secrets' }, 'exceeded quota: state');
  });
  for (const uid of uids) await inventory.intend(uid, WHOSE, [object('a')]);
  expect(await inventory.flush(signal)).toBe('refused');
  expect([...kept.blobs.keys()].sort()).toEqual([HEAD, ...shards.filter((name) => !refused.has(name))].sort());
  const unwritten = uids.filter((uid) => refused.has(shardOf(uid)));
  expect((await kept.intentions()).sort()).toEqual(unwritten.sort());
  kept.beforeSave(() => {});
  expect([await inventory.flush(signal), await kept.intentions()]).toEqual(['kept', []]);
  expect([...kept.blobs.keys()].sort()).toEqual([HEAD, ...shards].sort());
});

test('what could not be written down before is no more known the second time', async () => {
  const kept = newKept();
  const inventory = open(kept.store);
  await inventory.load(signal);
  kept.beforeSave(() => {
    throw new Error('the member is away');
  });
  const intend = (): Promise<void> => inventory.intend('uid-1', WHOSE, [object('a')]);
  await expect(intend()).rejects.toThrow('away');
  await expect(intend()).rejects.toThrow('away');
  kept.beforeSave(() => {});
  await intend();
  expect(await kept.intentions()).toEqual(['uid-1']);
});

test('what is written down already is not written once more for what another Work is about to do', async () => {
  const kept = newKept();
  const inventory = open(kept.store);
  await inventory.load(signal);
  await inventory.intend('uid-1', WHOSE, [object('a')]);
  const gate = newGate();
  let saves = 0;
  kept.beforeSave(() => {
    saves += 1;
    return gate.isOpen;
  });
  const others = inventory.intend('uid-2', WHOSE, [object('b')]);
  await inventory.intend('uid-1', WHOSE, [object('a')]); // does not wait for the other
  gate.open();
  await others;
  expect(saves).toBe(1);
});

test('what is being written down is waited for, whoever asks', async () => {
  const kept = newKept();
  const inventory = open(kept.store);
  await inventory.load(signal);
  const gate = newGate();
  kept.beforeSave(() => gate.isOpen);
  const first = inventory.intend('uid-1', WHOSE, [object('a')]);
  let isWritten = false;
  const second = inventory.intend('uid-1', WHOSE, [object('a')]).then(() => {
    isWritten = kept.blobs.has(HEAD);
  });
  gate.open();
  await Promise.all([first, second]);
  expect(isWritten).toBe(true);
});

test('an agent that is killed soon after its start has not lost what the one before was about to make', async () => {
  const kept = newKept();
  const first = open(kept.store);
  await first.load(signal);
  await first.intend('uid-1', WHOSE, [object('a')]);
  const second = open(kept.store);
  await second.load(signal);
  await second.intend('uid-2', WHOSE, [object('b')]);
  expect(await kept.intentions()).toEqual(['uid-1', 'uid-2']);
  const third = open(kept.store);
  await third.load(signal);
  expect(third.get('uid-1')?.objects).toEqual([object('a')]);
  await third.flush(signal);
  expect(await kept.intentions()).toEqual([]);
});

test('what a Work has put into the member is kept though the Work is nested too deep to be kept itself', async () => {
  const { store } = newKept();
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(9900)}1${'}'.repeat(9900)}`);
  const work = { metadata: { name: 'w' }, spec: { workload: { manifests: [deep] } } } as unknown as Work;
  const inventory = newInventory({ store, log: silentLogger, workOf: () => work, onDirty: () => {}, signal });
  await inventory.load(signal);
  inventory.put('uid', { ...WHOSE, generation: 1, resourceVersion: '1', objects: [object('a', 'u')] });
  await inventory.flush(signal);
  const next = open(store);
  await next.load(signal);
  expect(next.get('uid')?.objects).toEqual([object('a', 'u')]);
});
