import { expect, test } from 'vitest';
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
