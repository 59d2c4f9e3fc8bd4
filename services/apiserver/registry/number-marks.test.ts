import { expect, test } from 'vitest';
import { markNumbers } from './number-marks.ts';

test.each([
  ['{"a":1,"b":-2,"c":[3, 4]}', 'integers'],
  ['{"a":1.5,"b":0.25,"c":-7.5,"d":-9223372036854775808}', 'what is as its value, or can be held'],
  ['{"a":"1.0","b":"x:1e3, 2.0","c":"\\" 1.0"}', 'texts'],
  ['{"a":1e999}', 'what can not be held at all'],
  ['{"a":"\\" :1.0', 'a text without an end'],
])('%s has no marks: %s', (json) => {
  expect(markNumbers(json)).toBeUndefined();
});

test('each number that is not as its value has a mark, and is told as it is written', () => {
  const marks = markNumbers('{"a":1.0,"b":[-1e3, 2.50,"3.0",4],"c":9223372036854775808}');
  const { a, b, c } = JSON.parse(marks?.text ?? '{}');
  expect([a, ...b, c].map((number) => Number.isInteger(number))).toEqual([false, false, false, false, true, false]);
  expect(b.slice(2)).toEqual(['3.0', 4]);
  const told = [a, b[0], b[1], c].map((number) => marks?.written(`number ${number}`));
  expect(told).toEqual(['number 1.0', 'number -1e3', 'number 2.50', 'number 9223372036854775808']);
  expect(marks?.written('number 7.5')).toBeUndefined();
});

test('of very many the last have no marks: to tell them all takes longer than to read the text', () => {
  const marks = markNumbers(`[${Array(10_002).fill('1.0').join()}]`);
  const numbers: number[] = JSON.parse(marks?.text ?? '[]');
  expect(numbers.filter((number) => number === 1)).toHaveLength(2);
  expect(marks?.written(`number ${numbers[0]}`)).toBe('number 1.0');
});
