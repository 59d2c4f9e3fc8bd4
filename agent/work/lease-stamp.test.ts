import { beforeEach, describe, expect, test } from 'vitest';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import { newForbidden, newPathNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { type FakeApi, newFakeApi } from './fake-world.ts';
import { type HubHistory, newHubHistory } from './hub-history.ts';
import type { HubMark } from './inventory-record.ts';

/** What the heartbeat lease tells of a hub that went back in time, and what is written on it. */

const SEEN = 'pullet.io/seen-resource-version';
const LEASE = 'karmada-cluster/m1';

let hub: FakeApi;
/** As the member has it. */
let mark: HubMark | undefined;
let history: HubHistory;
let written: (string | undefined)[];
let commit: () => Promise<unknown>;
/** The history that is written down. */
let kept: string | undefined;
let stopping: AbortController;

beforeEach(() => {
  hub = newFakeApi();
  hub.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'hub-1' } });
  hub.rewind(1000);
  mark = { history: 'h', hub: 'hub-1', epoch: '', revision: '500', lease: { uid: 'lease-1', seen: '400' } };
  written = [];
  commit = async () => {};
  kept = 'h';
  stopping = new AbortController();
  const inventory = {
    mark: () => mark,
    raiseMark: (next: HubMark) => {
      mark = next;
    },
    commitMark: async (next: HubMark) => {
      mark = next;
      written.push(next.lease?.seen);
      const before = kept;
      kept = undefined;
      kept = (await commit()) === 'refused' ? before : next.history;
    },
    keptHistory: () => kept,
  };
  const lease = { name: 'm1', namespace: 'karmada-cluster' };
  const deps = { hub: hub.client, namespace: 'karmada-es-m1', lease, inventory, log: silentLogger };
  history = newHubHistory({ ...deps, onBreak: () => {} }, stopping.signal);
});

function lease(seen?: string, uid = 'lease-1'): Lease {
  const annotations = { other: 'stays', ...(seen === undefined ? {} : { [SEEN]: seen }) };
  const metadata = { name: 'm1', namespace: 'karmada-cluster', uid, annotations };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata };
}

function putLease(seen?: string, uid?: string): void {
  hub.put('leases', lease(seen, uid) as Unstructured);
}

describe('the lease on the hub', () => {
  test.each<[string, boolean, string | undefined, string | undefined]>([
    ['has an older stamp than it was given', true, '399', undefined],
    ['has no stamp any more', true, undefined, undefined],
    ['has a stamp that is none', true, 'version', undefined],
    ['has the stamp that it was given', false, '400', undefined],
    ['has a newer stamp, which was not written down in the member', false, '1000', undefined],
    ['is another one', false, '399', 'lease-2'],
  ])('%s: the hub went back is %s', async (_what, isBreak, seen, uid) => {
    putLease(seen, uid);
    expect((await history.confirm()) === 'h').toBe(!isBreak);
  });

  test('is missing, which proves nothing', async () => {
    expect(await history.confirm()).toBe('h');
  });

  test('may not be read, which proves nothing', async () => {
    hub.intercept((request) => {
      if (request === `get leases ${LEASE}`) throw newForbidden({ resource: 'leases' }, 'no');
    });
    expect(await history.confirm()).toBe('h');
  });

  test.each([new Error('away'), newPathNotFound()])('can not be read now: nothing is confirmed (%s)', async (error) => {
    hub.intercept((request) => {
      if (request === `get leases ${LEASE}`) throw error;
    });
    await expect(history.confirm()).rejects.toThrow(error.message);
  });

  test('proves nothing where nobody knows what it was given', async () => {
    mark = { history: 'h', hub: 'hub-1', epoch: '', revision: '500' };
    putLease();
    expect(await history.confirm()).toBe('h');
  });

  test('proves nothing where what it was given is no number', async () => {
    mark = { history: 'h', hub: 'hub-1', epoch: '', revision: '500', lease: { uid: 'lease-1', seen: 'version' } };
    putLease('1');
    expect(await history.confirm()).toBe('h');
  });

  test('ends one history: the next goes on from what is on it', async () => {
    putLease('399');
    const next = await history.confirm();
    expect([next, await history.confirm(), mark?.lease?.seen]).toEqual([mark?.history, next, '399']);
  });
});

describe('a renewal', () => {
  test('leaves the stamp as it is before the hub was asked', () => {
    expect(history.stampFor(lease('399'))).toEqual({});
  });

  test('says how far the hub was seen', async () => {
    putLease('400');
    await history.confirm();
    expect(history.stampFor(lease('400'))).toEqual({ [SEEN]: '1001' });
    history.saw('1200');
    expect(history.stampFor(lease())).toEqual({});
    expect(history.stampFor(lease(undefined, 'lease-2'))).toEqual({ [SEEN]: '1200' });
  });

  test('never says less than another agent of the cluster did', async () => {
    await history.confirm();
    expect(history.stampFor(lease('1300'))).toEqual({ [SEEN]: '1300' });
  });

  test('leaves the stamp by which the hub shows that it went back, until that is written down', async () => {
    putLease('400');
    await history.confirm();
    putLease('399');
    expect(history.stampFor(lease('399'))).toEqual({});
    commit = async () => {
      throw new Error('the member is away');
    };
    await expect(history.confirm()).rejects.toThrow('away');
    expect(history.stampFor(lease('399'))).toEqual({});
    commit = async () => {};
    await history.confirm();
    expect(history.stampFor(lease('399'))).toEqual({ [SEEN]: '1002' });
  });

  test('leaves it as long as the member refuses to have that written down', async () => {
    putLease('400');
    await history.confirm();
    putLease('399');
    commit = async () => 'refused';
    expect(await history.confirm()).not.toBe('h');
    expect(history.stampFor(lease('399'))).toEqual({});
    kept = mark?.history; // with whatever was written next
    expect(history.stampFor(lease('399'))).toEqual({ [SEEN]: '1002' });
  });

  test('that the hub has taken is written down, once', async () => {
    await history.confirm();
    void history.stamped(lease('1001'));
    void history.stamped(lease('1001'));
    expect([mark?.lease, written]).toEqual([{ uid: 'lease-1', seen: '1001' }, ['1001']]);
    void history.stamped(lease('1', 'lease-2'));
    expect(mark?.lease).toEqual({ uid: 'lease-2', seen: '1' });
  });

  test('without a stamp, or with an older one, does not hide what it was given before', async () => {
    await history.confirm();
    for (const seen of [undefined, '399']) void history.stamped(lease(seen));
    expect([mark?.lease?.seen, written]).toEqual(['400', []]);
  });

  test('that can not be written down now is known all the same', async () => {
    await history.confirm();
    commit = async () => {
      throw new Error('the member is away');
    };
    void history.stamped(lease('1001'));
    putLease('1000');
    commit = async () => {};
    expect(await history.confirm()).not.toBe('h');
  });

  test('that is taken while the hub is being asked is not compared with what the lease said before, and is not forgotten', async () => {
    putLease('400');
    await history.confirm();
    hub.intercept((request) => {
      if (request.startsWith('list works')) void history.stamped(lease('1001'));
    });
    expect([await history.confirm(), mark?.lease?.seen]).toEqual(['h', '1001']);
  });

  test('says nothing, and writes nothing down, after the delivery has ended: another agent may know better', async () => {
    await history.confirm();
    stopping.abort();
    expect(history.stampFor(lease('400'))).toEqual({});
    void history.stamped(lease('1001'));
    expect([mark?.lease?.seen, written]).toEqual(['400', []]);
  });

  test('before the hub was asked is not written down: the stamp on it is to be looked at first', () => {
    void history.stamped(lease('1001'));
    expect([mark?.lease?.seen, written]).toEqual(['400', []]);
  });
});
