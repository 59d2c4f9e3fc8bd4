import { expect, test, vi } from 'vitest';
import { newFakeClock } from '../../../shared/controller/fake-clock.ts';
import { silentLogger } from '../../../shared/controller/silent-logger.ts';
import { newRefresher } from './refresher.ts';

interface Answer {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Each look goes on until its answer is given. */
function newLooks() {
  const clock = newFakeClock();
  const answers: Answer[] = [];
  const refresh = vi.fn(() => {
    const answer = newAnswer();
    answers.push(answer);
    return answer.promise;
  });
  const refresher = newRefresher(refresh, { clock, log: silentLogger });
  return { clock, refresh, refresher, answer: (look: number) => answers[look] };
}

function newAnswer(): Answer {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

test('changes that come together are one look, and those that go on coming do not put it off', async () => {
  const { clock, refresh, refresher } = newLooks();
  for (let change = 0; change < 10; change++) {
    refresher.soon(500);
    await clock.advance(60);
  }
  expect(refresh).toHaveBeenCalledTimes(1);
});

test('a look waits for the one before', async () => {
  const { clock, refresh, refresher, answer } = newLooks();
  refresher.soon(500);
  await clock.advance(500);
  refresher.soon(500);
  await clock.advance(5000);
  expect(refresh).toHaveBeenCalledTimes(1);
  answer(0)?.resolve();
  await clock.advance(0);
  expect(refresh).toHaveBeenCalledTimes(2);
});

test('one that fails is tried again', async () => {
  const { clock, refresh, refresher, answer } = newLooks();
  refresher.soon(0);
  await clock.advance(0);
  answer(0)?.reject(new Error('away'));
  await clock.advance(2000);
  expect(refresh).toHaveBeenCalledTimes(2);
});

test('one that fails because all is stopped leaves no timer', async () => {
  const { clock, refresh, refresher, answer } = newLooks();
  refresher.soon(0);
  await clock.advance(0);
  refresher.stop();
  answer(0)?.reject(new Error('stopped'));
  await clock.advance(10_000);
  expect(refresh).toHaveBeenCalledTimes(1);
  expect(clock.pending()).toBe(0);
});
