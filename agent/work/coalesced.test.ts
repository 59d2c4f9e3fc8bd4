import { expect, test } from 'vitest';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { coalesced } from './coalesced.ts';

/** Questions that are answered by hand, with their number. */
function newQuestion() {
  const answers: (() => void)[] = [];
  let asked = 0;
  const ask = coalesced(() => {
    asked += 1;
    const number = asked;
    return new Promise<number>((resolve) => answers.push(() => resolve(number)));
  });
  return { ask, answer: () => answers.shift()?.(), asked: () => asked };
}

test('whoever asks while a question is under way gets the answer of a later one, which all of them share', async () => {
  const question = newQuestion();
  const first = question.ask();
  const others = [question.ask(), question.ask()];
  expect(question.asked()).toBe(1);
  question.answer();
  expect(await first).toBe(1);
  await expect.poll(question.asked).toBe(2);
  question.answer();
  expect(await Promise.all(others)).toEqual([2, 2]);
});

test('a failure is told to those who shared the question, and the next is put anyway', async () => {
  let asked = 0;
  const ask = coalesced(async () => {
    asked += 1;
    if (asked === 1) throw new Error('no answer');
    return asked;
  });
  const first = ask();
  const second = ask();
  await expect(first).rejects.toThrow('no answer');
  expect(await second).toBe(2);
});

test('with a clock the next question is put as long after an answer as that took, but no later than 20 ms', async () => {
  const clock = newFakeClock();
  const askedAt: number[] = [];
  const ask = coalesced(async () => {
    askedAt.push(clock.now());
    await new Promise<void>((resolve) => clock.setTimeout(resolve, askedAt.length === 1 ? 10 : 400));
    return askedAt.length;
  }, clock);
  const first = ask();
  const second = ask();
  await clock.advance(10);
  expect(await first).toBe(1);
  const third = ask();
  await clock.advance(410);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
  void ask();
  await clock.advance(0);
  const start = clock.now();
  expect(askedAt).toEqual([start - 420, start - 400, start]);
});

test('whoever can wait longer shares a question with more', async () => {
  const clock = newFakeClock();
  const askedAt: number[] = [];
  const start = clock.now();
  const ask = coalesced(
    async () => {
      askedAt.push(clock.now() - start);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, askedAt.length === 1 ? 10 : 20));
    },
    clock,
    { factor: 4, maxMs: 50 },
  );
  const first = ask();
  const second = ask();
  await clock.advance(10);
  await first;
  await clock.advance(60);
  await second;
  void ask();
  void ask();
  await clock.advance(70);
  expect(askedAt).toEqual([0, 50, 70, 140]);
});
