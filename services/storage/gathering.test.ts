import { expect, test } from 'vitest';
import { newCommitter } from './committer.ts';
import { newGathering } from './gathering.ts';
import { newMemoryTables } from './memory-tables.ts';

/** A committer whose time is moved by hand, and whose commits end by hand. */
function newFixture() {
  let nowMs = 0;
  const timers = new Set<{ dueMs: number; task: () => void }>();
  const clock = {
    now: () => nowMs,
    setTimeout: (task: () => void, delayMs: number) => {
      const timer = { dueMs: nowMs + delayMs, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const memory = newMemoryTables();
  const sizes: number[] = [];
  let end = () => {};
  const commit: typeof memory.commit = async (records, counters) => {
    sizes.push(records.length);
    await new Promise<void>((resolve) => (end = resolve));
    await memory.commit(records, counters);
  };
  const committer = newCommitter({ ...memory, commit }, { publish: () => {}, failed: () => {} }, newGathering(clock));
  let written = 0;
  return {
    sizes,
    committer,
    write: (count: number) =>
      Array.from({ length: count }, () => committer.put(`/${written++}`, 0, () => Buffer.from('x'))),
    endCommit: async () => {
      end();
      await settled();
    },
    pass: async (ms: number) => {
      nowMs += ms;
      for (const timer of timers) if (timer.dueMs <= nowMs && timers.delete(timer)) timer.task();
      await settled();
    },
    setBack: (ms: number) => (nowMs -= ms),
    timers,
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Five at once: one is committed while the others wait, and then for the first one's next. */
async function dense(fixture: ReturnType<typeof newFixture>): Promise<void> {
  fixture.write(1);
  await settled();
  fixture.write(4);
  await fixture.endCommit();
  await fixture.pass(8);
  await fixture.endCommit();
  expect(fixture.sizes).toEqual([1, 4]);
  fixture.sizes.length = 0;
}

test('who writes one thing after the other never waits', async () => {
  const fixture = newFixture();
  for (let count = 1; count <= 20; count++) {
    const [answer] = fixture.write(1);
    await settled();
    expect(fixture.sizes).toHaveLength(count);
    await fixture.endCommit();
    expect(await answer).toMatchObject({ ok: true });
  }
  expect(fixture.timers.size).toBe(0);
});

test('three that write at once do not wait for a fourth', async () => {
  const fixture = newFixture();
  fixture.write(1);
  await settled();
  fixture.write(2);
  await fixture.endCommit();
  await fixture.endCommit();
  fixture.write(1);
  await settled();
  expect(fixture.sizes).toEqual([1, 2, 1]);
});

test('where writes come densely a commit waits some ms for more of them', async () => {
  const fixture = newFixture();
  await dense(fixture);
  fixture.write(1);
  await settled();
  await fixture.pass(5);
  fixture.write(1);
  await settled();
  expect(fixture.sizes).toEqual([]);
  await fixture.pass(3);
  expect(fixture.sizes).toEqual([2]);
});

test('it begins when as many wait as were on their way at once lately', async () => {
  const fixture = newFixture();
  await dense(fixture);
  fixture.write(4);
  await settled();
  expect(fixture.sizes).toEqual([]);
  fixture.write(1);
  await settled();
  expect(fixture.sizes).toEqual([5]);
  expect(fixture.timers.size).toBe(0);
});

test('a moment later nobody is expected any more', async () => {
  const fixture = newFixture();
  await dense(fixture);
  await fixture.pass(200);
  fixture.write(1);
  await settled();
  expect(fixture.sizes).toEqual([1]);
});

test('nor by a clock that was set back', async () => {
  const fixture = newFixture();
  await dense(fixture);
  fixture.setBack(3_600_000);
  fixture.write(1);
  await settled();
  expect(fixture.sizes).toEqual([1]);
});

test('what waits when the store is closed is committed first', async () => {
  const fixture = newFixture();
  await dense(fixture);
  const [answer] = fixture.write(1);
  await settled();
  const closed = fixture.committer.close();
  await settled();
  expect(fixture.sizes).toEqual([1]);
  await fixture.endCommit();
  await closed;
  expect(await answer).toMatchObject({ ok: true });
});
