import { expect, test } from 'vitest';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { silentLogger as log } from '../../shared/controller/silent-logger.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { newInventoryKeeper } from './inventory-keeper.ts';

async function newKept() {
  const clock = newFakeClock();
  const startMs = clock.now();
  const writtenAt: number[] = [];
  const ended = new AbortController();
  const member = { isAway: false, saysNo: false, answersAgain: (): void => {} };
  const onAnswer = (wake: () => void) => {
    member.answersAgain = wake;
    return () => {};
  };
  const lookedAt: number[] = [];
  const keeper = newInventoryKeeper(
    { clock, log, newController, wakes: [onAnswer] },
    {
      flush: async () => {
        if (member.isAway) throw new Error('the member is away');
        if (member.saysNo) return 'refused';
        writtenAt.push((clock.now() - startMs) / 1000);
        return 'kept';
      },
      lookAtKept: async () => {
        lookedAt.push((clock.now() - startMs) / 60_000);
        if (member.isAway) throw new Error('the member is away');
      },
    },
  );
  void keeper.run(ended.signal);
  await clock.advance(0);
  return { clock, keeper, member, writtenAt, lookedAt, end: () => ended.abort() };
}

test('what is kept is looked at every ten minutes, whether the member answers or not', async () => {
  const { clock, member, lookedAt, writtenAt, end } = await newKept();
  await clock.advance(10 * 60_000);
  member.isAway = true;
  await clock.advance(20 * 60_000);
  expect(lookedAt).toEqual([10, 20, 30]);
  expect(writtenAt).toEqual([]);
  end();
});

test('a change is written after two seconds, with what came meanwhile', async () => {
  const { clock, keeper, writtenAt, end } = await newKept();
  keeper.onDirty();
  await clock.advance(1000);
  keeper.onDirty();
  await clock.advance(10_000);
  expect(writtenAt).toEqual([2]);
  end();
});

test('many changes are written when they have ended, and at the latest after 15 seconds', async () => {
  const { clock, keeper, writtenAt, end } = await newKept();
  for (let change = 0; change < 800; change++) {
    keeper.onDirty();
    await clock.advance(25);
  }
  await clock.advance(10_000);
  expect(writtenAt).toHaveLength(2);
  expect(writtenAt[0]).toBeGreaterThanOrEqual(15);
  expect(writtenAt[0]).toBeLessThan(16.1);
  expect(writtenAt[1]).toBeGreaterThan(20);
  expect(writtenAt[1]).toBeLessThan(23.1);
  end();
});

test('what could not be written while the member was away is written soon after it answers again', async () => {
  const { clock, keeper, member, writtenAt, end } = await newKept();
  member.isAway = true;
  keeper.onDirty();
  await clock.advance(10 * 60_000);
  member.isAway = false;
  member.answersAgain();
  await clock.advance(2000);
  expect(writtenAt).not.toEqual([]);
  end();
});

test('what the member refused is tried again, twice a minute', async () => {
  const { clock, keeper, member, writtenAt, end } = await newKept();
  member.saysNo = true;
  keeper.onDirty();
  await clock.advance(3000);
  member.saysNo = false;
  await clock.advance(60_000);
  expect(writtenAt).toEqual([32]);
  end();
});
