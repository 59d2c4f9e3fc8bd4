import { beforeEach, describe, expect, test } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { type FakeApi, newFakeApi, newFakeClock } from './fake-world.ts';
import { type HubHistory, newHubHistory } from './hub-history.ts';
import type { HubMark } from './inventory-record.ts';

/** Which hub it is, and whether it has gone back in time. */

let hub: FakeApi;
let mark: HubMark | undefined;
let history: HubHistory;
let breaks: number;
let deps: Parameters<typeof newHubHistory>[0];
const { signal } = new AbortController();
/** The mark is about to be written down. */
let commit: (next: HubMark) => Promise<unknown>;
/** Whether it is. */
let isKept: boolean;

beforeEach(() => {
  hub = newFakeApi();
  hub.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'hub-1' } });
  mark = undefined;
  breaks = 0;
  commit = async () => {};
  isKept = true;
  const inventory = {
    mark: () => mark,
    raiseMark: (next: HubMark) => {
      mark = next;
    },
    commitMark: async (next: HubMark) => {
      isKept = false;
      isKept = (await commit(next)) !== 'refused';
      mark = next;
    },
    keptHistory: () => (isKept ? mark?.history : undefined),
  };
  const onBreak = (): void => {
    breaks += 1;
  };
  deps = { hub: hub.client, namespace: 'karmada-es-m1', inventory, log: silentLogger, onBreak };
  history = newHubHistory(deps, signal);
});

/** So many writes of others, which the agent does not see. */
function busyFor(writes: number): void {
  for (let write = 0; write < writes; write += 1)
    hub.put('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${write}` } } as Unstructured);
}

test('a hub that goes on is the same', async () => {
  const first = await history.confirm();
  busyFor(10);
  expect(await history.confirm()).toBe(first);
  expect([first === '', breaks]).toEqual([false, 0]);
});

test('a hub is another when its version is lower than any that it has said itself', async () => {
  const first = await history.confirm();
  busyFor(100);
  await history.confirm();
  hub.rewind(150);
  expect(await history.confirm()).not.toBe(first);
  expect(breaks).toBe(1);
});

test('a hub is another when its version is lower than that of a Work that was seen', async () => {
  const first = await history.confirm();
  history.saw('500');
  history.saw('400');
  hub.rewind(450);
  expect(await history.confirm()).not.toBe(first);
});

test('what is seen while the hub is asked counts too', async () => {
  await history.confirm();
  hub.intercept((request) => {
    if (request.startsWith('list works')) history.saw('900');
  });
  await history.confirm();
  expect(mark?.revision).toBe('900');
});

test.each([
  ['', 'epoch-1'],
  ['epoch-1', 'epoch-2'],
  ['epoch-1', ''],
])('a hub is another when the epoch of its store was "%s" and is "%s"', async (before, now) => {
  const metadata = { name: 'kube-system', uid: 'hub-1', annotations: { 'pullet.io/store-epoch': now } };
  hub.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  mark = { history: 'h', hub: 'hub-1', epoch: before, revision: '50' };
  expect(await history.confirm()).not.toBe('h');
  expect(breaks).toBe(1);
});

test('so it is for an agent that goes on from the mark of the one before, and asks the hub for it once', async () => {
  mark = { history: 'h', hub: 'hub-1', epoch: '', revision: '50' };
  expect([await history.known(), await history.known()]).toEqual(['h', 'h']);
  expect(hub.requests).toEqual(['get namespaces kube-system']);
  history.saw('500');
  hub.rewind(450);
  expect(await history.confirm()).not.toBe('h');
});

test.each([
  ['version', 'version', undefined, 'version'],
  ['version', '120', undefined, '120'],
  ['120', 'version', undefined, '120'],
  ['', '', '', ''],
  ['', '', 'later', 'later'],
  ['120', '120', 'later', '120'],
])(
  'versions that are no numbers break nothing: the mark at "%s", the hub at "%s", a Work at %s',
  async (before, now, seen, after) => {
    mark = { history: 'h', hub: 'hub-1', epoch: '', revision: before };
    const list = async () => ({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: now }, items: [] });
    hub.client.list = list as unknown as typeof hub.client.list;
    expect(await history.confirm()).toBe('h');
    history.saw(seen);
    expect([mark?.revision, breaks]).toEqual([after, 0]);
  },
);

test('what was seen before the hub was asked says nothing', async () => {
  mark = { history: 'h', hub: 'hub-1', epoch: '', revision: '50' };
  history.saw('500');
  expect(await history.confirm()).toBe('h');
});

test('another history counts only when it is written down', async () => {
  commit = async () => {
    throw new Error('the member is away');
  };
  await expect(history.confirm()).rejects.toThrow('away');
  await expect(history.known()).rejects.toThrow('away');
  expect(history.last()).toBe('');
  commit = async () => {};
  expect(await history.confirm()).not.toBe('');
});

test('a break that can not be written down is one all the same: all is looked at again, and nothing goes on before it is', async () => {
  const first = await history.confirm();
  history.saw('500');
  hub.rewind(450);
  const written: string[] = [];
  commit = async (next) => {
    mark = next; // as others see it from now on
    throw new Error('the member is away');
  };
  await expect(history.confirm()).rejects.toThrow('away');
  expect(breaks).toBe(1);
  await expect(history.known()).rejects.toThrow('away');
  commit = async (next) => void written.push(next.history);
  const second = await history.known();
  expect([second === first, written, breaks]).toEqual([false, [second], 1]);
  await history.confirm();
  expect(written, 'once').toEqual([second]);
});

test('one that the member refuses to have written down counts for this process, and is written when it may be', async () => {
  const written: string[] = [];
  commit = async () => 'refused';
  const first = await history.confirm();
  expect([first === '', await history.confirm(), await history.known()]).toEqual([false, first, first]);
  commit = async (next) => void written.push(next.history);
  for (let times = 0; times < 3; times += 1) expect(await history.confirm()).toBe(first);
  expect(written, 'once').toEqual([first]);
});

test('a hub that does not let itself be asked has no history', async () => {
  await history.confirm();
  hub.intercept((request) => {
    if (request.startsWith('list works')) throw newForbidden({ resource: 'works' }, 'no');
  });
  expect(await history.confirm()).toBe('');
});

test('a hub that does not say any more who it is is believed when that stays so, and from then on', async () => {
  const clock = newFakeClock();
  const ask = newHubHistory({ ...deps, clock }, signal).confirm;
  const MINUTE_MS = 60_000;
  await ask();
  hub.intercept((request) => {
    if (request.startsWith('list works')) throw newForbidden({ resource: 'works' }, 'no');
  });
  await expect(ask()).rejects.toThrow('does not say which one it is');
  clock.advance(60 * MINUTE_MS);
  await expect(ask(), 'what was heard long ago does not count').rejects.toThrow('does not say which one it is');
  clock.advance(MINUTE_MS);
  expect(await ask()).toBe('');
  clock.advance(60 * MINUTE_MS);
  expect(await ask(), 'it is waited for once').toBe('');
});

test('a hub that was away meanwhile has not gone on saying nothing: each time that it starts it may refuse for a moment', async () => {
  const clock = newFakeClock();
  const ask = newHubHistory({ ...deps, clock }, signal).confirm;
  await ask();
  const refuses = newForbidden({ resource: 'works' }, 'no');
  let answer: Error = refuses;
  hub.intercept((request) => {
    if (request.startsWith('list works')) throw answer;
  });
  for (const next of [refuses, new TransportError('away'), refuses]) {
    answer = next;
    await expect(ask()).rejects.toThrow(next === refuses ? 'does not say which one it is' : 'away');
    clock.advance(60_000);
  }
  expect(await ask(), 'believed when it stays so').toBe('');
  answer = new TransportError('away');
  await expect(ask()).rejects.toThrow('away');
  answer = refuses;
  expect(await ask(), 'it is waited for once').toBe('');
});

test('what another process has written down is not known before the hub has been asked', async () => {
  mark = { history: 'h', hub: 'another hub', epoch: '', revision: '50' };
  expect(await history.known()).not.toBe('h');
});

test('who asks while the hub is being asked gets an answer to a question that was put later', async () => {
  let questions = 0;
  hub.intercept((request) => {
    if (request.startsWith('list works')) questions += 1;
  });
  await Promise.all([history.confirm(), history.confirm(), history.confirm()]);
  expect(questions).toBe(2);
});

describe('a Work that a list shows to be older than when it was delivered', () => {
  const aged = { key: 'karmada-es-m1/w', uid: 'uid-w', resourceVersion: '150' };
  const put = (uid: string): unknown =>
    hub.put('works', { apiVersion: 'v1', kind: 'Work', metadata: { name: 'w', namespace: 'karmada-es-m1', uid } });

  test.each<[string, boolean, number, string | undefined]>([
    ['is proof that the hub went back', true, 0, 'uid-w'],
    ['is none where the list was late', false, 100, 'uid-w'],
    ['is none where it is another one by now', false, 0, 'another'],
    ['is none where it is gone by now', false, 0, undefined],
  ])('%s', async (_what, isBreak, writesBefore, uid) => {
    busyFor(writesBefore);
    if (uid) put(uid);
    busyFor(200);
    const first = await history.confirm();
    history.suspect([aged]);
    const second = await history.confirm();
    expect(second !== first).toBe(isBreak);
    expect(breaks).toBe(isBreak ? 1 : 0);
    expect(await history.confirm(), 'it is asked once').toBe(second);
    expect(hub.requests.filter((request) => request.startsWith('get works'))).toHaveLength(1);
  });

  test('is asked for until the hub has said', async () => {
    put('uid-w');
    busyFor(200);
    const first = await history.confirm();
    history.suspect([aged]);
    hub.intercept((request) => {
      if (request.startsWith('get works')) throw new Error('away');
    });
    await expect(history.confirm()).rejects.toThrow('away');
    hub.intercept(() => {});
    expect(await history.confirm()).not.toBe(first);
  });

  test('is asked for again where the hub did not say, and not where it did', async () => {
    const others = Array.from({ length: 12 }, (_, n) => ({ ...aged, key: `karmada-es-m1/gone-${n}`, uid: `uid-${n}` }));
    busyFor(200);
    const first = await history.confirm();
    history.suspect(others);
    hub.intercept((request) => {
      if (request === 'get works karmada-es-m1/gone-6') throw new Error('away');
    });
    await expect(history.confirm()).rejects.toThrow('away');
    hub.intercept(() => {});
    hub.requests.length = 0;
    expect(await history.confirm()).toBe(first);
    const asked = hub.requests.filter((request) => request.startsWith('get works'));
    expect(asked).toEqual(['6', '10', '11'].map((n) => `get works karmada-es-m1/gone-${n}`));
  });

  test('is asked for again where a list shows it to be older still while the hub is being asked', async () => {
    put('uid-w');
    busyFor(200);
    const first = await history.confirm();
    history.suspect([{ ...aged, resourceVersion: '50' }]);
    hub.intercept((request) => {
      if (request.startsWith('get works')) history.suspect([aged]);
    });
    expect(await history.confirm()).toBe(first);
    hub.intercept(() => {});
    expect(await history.confirm()).not.toBe(first);
  });

  test('is proof though the hub could not be asked for another', async () => {
    put('uid-w');
    busyFor(200);
    const first = await history.confirm();
    history.suspect([{ ...aged, key: 'karmada-es-m1/away', uid: 'uid-away' }, aged]);
    hub.intercept((request) => {
      if (request === 'get works karmada-es-m1/away') throw new Error('away');
    });
    expect(await history.confirm()).not.toBe(first);
  });

  test('is asked for until the hub has said, also after a list that shows another to be older, or none', async () => {
    put('uid-w');
    busyFor(200);
    const first = await history.confirm();
    history.suspect([aged]);
    history.suspect([{ ...aged, key: 'karmada-es-m1/gone', uid: 'uid-gone' }]);
    history.suspect([{ ...aged, resourceVersion: '50' }]);
    history.suspect([]);
    expect(await history.confirm()).not.toBe(first);
  });

  test('ends one history, also where another list shows it while the hub is being asked', async () => {
    put('uid-w');
    busyFor(200);
    await history.confirm();
    history.suspect([aged]);
    hub.intercept((request) => {
      if (request.startsWith('get works')) history.suspect([aged]);
    });
    const second = await history.confirm();
    expect([await history.confirm(), breaks]).toEqual([second, 1]);
  });

  test('is found among many that were written again meanwhile; and all of them are done with then', async () => {
    const others = Array.from({ length: 12 }, (_, n) => ({ ...aged, key: `karmada-es-m1/gone-${n}`, uid: `uid-${n}` }));
    put('uid-w');
    busyFor(200);
    const first = await history.confirm();
    history.suspect([...others, aged, ...others.map((one) => ({ ...one, key: aged.key, uid: `${one.uid}-later` }))]);
    const second = await history.confirm();
    expect(second).not.toBe(first);
    hub.requests.length = 0;
    expect(await history.confirm()).toBe(second);
    expect(hub.requests).toEqual(['get namespaces kube-system']);
  });
});
